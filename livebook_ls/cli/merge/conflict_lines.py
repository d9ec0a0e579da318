"""Conflicts in words: where each is, and what is in conflict."""

from __future__ import annotations

from collections.abc import Iterator

from livebook_ls.cli.terminal import printable
from livebook_ls.notebook.merging.conflict import Conflict, ConflictKind
from livebook_ls.notebook.merging.merge import Merged
from livebook_ls.notebook.source import Source

STALE = "The stamp was made for another text. `livebook-ls restamp` makes it valid again."
_WORDS = {
    ConflictKind.LINES: "both sides changed these lines",
    ConflictKind.CELLS: "both sides have other cells here",
    ConflictKind.DELETED_BY_US: "deleted in ours, changed in theirs",
    ConflictKind.DELETED_BY_THEM: "changed in ours, deleted in theirs",
    ConflictKind.NAME: "both sides changed this name",
    ConflictKind.METADATA: "both sides changed these attributes",
}


def conflict_lines(merged: Merged, ours: str, name: str) -> Iterator[str]:
    """A line for each conflict, with its place in our text."""
    source = Source(ours)
    for it in merged.conflicts:
        line = source.line_at(it.span.start) + 1
        section = f" in “{printable(it.section)}”" if it.section else ""
        yield f"{name}:{line}: {_WORDS[it.kind]}{section}"


def described(it: Conflict, ours: str, theirs: str) -> dict[str, object]:
    """A conflict as plain data; lines count from 1."""
    return {
        "kind": it.kind.value,
        "section": it.section,
        "line": Source(ours).line_at(it.span.start) + 1,
        "theirs_line": Source(theirs).line_at(it.theirs_span.start) + 1,
        "ours": it.ours,
        "theirs": it.theirs,
        "base": it.base,
        "can_keep_both": it.can_keep_both,
    }
