"""Texts on which Livebook raises: a sync of one kills the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.hazard import Hazard, QuickFix, Severity, lines_removal, replacement
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.model import Failure, Notebook
    from livebook_ls.notebook.source import Source

_PREFIX = "livebook:"
_ADVICE = {
    "invalid-json": "This comment is not valid JSON; mend or remove it",
    "no-object": "This comment must hold a JSON object; mend or remove it",
    "misplaced-smart": "No Elixir code block follows this smart cell's comment directly; "
    "remove the comment or put the code below it",
    "misplaced-stamp": "A stamp must be the last comment of the file; remove this one",
    "misplaced-metadata": "Nothing that takes attributes follows this comment directly; "
    "remove it, or move it above a cell or heading",
    "smart-cell-part": "This smart cell's comment is incomplete; mend it, "
    "or remove it to keep a code cell",
    "smart-cell-attrs": "This smart cell's attributes can't be decoded; mend them, "
    "or remove the comment to keep a code cell",
    "smart-cell-chunks": "This smart cell's chunks must be a list of lists; mend them, "
    "or remove the comment to keep a code cell",
    "bad-parent": "A branch needs the number of a section that exists; mend or remove it",
    "unknown-file-system": "This comment names a kind of file storage that Livebook "
    "does not know; mend or remove the entry",
    "bad-autosave-interval": "The autosave interval must be a whole number of seconds; "
    "mend or remove it",
    "no-hub": "The hub must not be null; name one or remove the attribute",
    "bad-stamp-offset": "The stamp's offset must be a whole number of bytes; remove the stamp",
    "stamp-cuts-character": "The stamp is stale and its offset falls inside a character; "
    "remove it, or restamp the notebook",
    "malformed-stamp": "The stamp lacks its version or token; remove it",
    "broken-tag": "The > of this HTML tag stands inside quotes; close the tag on this line "
    "or write &gt;",
    "fatal-attributes": "These attributes follow a rule or quote, which Livebook can't write; "
    "remove them",
}
_INERT = frozenset(("invalid-json", "no-object"))
_KEYS = {
    "bad-parent": "branch_parent_index",
    "unknown-file-system": "file_entries",
    "bad-autosave-interval": "autosave_interval_s",
    "no-hub": "hub_id",
}


def crash_hazards(source: Source, notebook: Notebook) -> Iterator[Hazard]:
    """A hazard for each failure."""
    for failure in notebook.failures:
        advice = _ADVICE.get(failure.code, "Livebook can't read this; mend or remove it")
        message = f"{advice}: Livebook would crash on it and lose the session."
        fix = _fix(source, notebook, failure)
        yield Hazard(failure.code, Severity.CRASH, failure.span, message, fix)


def undecodable_hazard() -> Hazard:
    """The hazard of bytes that are not UTF-8, at the start of a text that can't be shown."""
    message = "This file is not UTF-8; save it as UTF-8: Livebook would crash on it."
    return Hazard("not-utf-8", Severity.CRASH, Span(0, 0), message)


def _fix(source: Source, notebook: Notebook, failure: Failure) -> QuickFix | None:
    code, span = failure.code, failure.span
    if code in _INERT:
        return inert_comment(source, span)
    if code == "broken-tag":
        return _escaped_tag(source, span)
    if code == "fatal-attributes":
        return _without_attributes(source, span)
    if code in _KEYS:
        return _without_key(source, notebook, span, _KEYS[code])
    if code.endswith("stamp") or "stamp" in code:
        return lines_removal("Remove the stamp", source, span)
    return lines_removal("Remove the comment", source, span)


def inert_comment(source: Source, span: Span) -> QuickFix | None:
    """Make a comment one that Livebook keeps without reading it."""
    first = source.starts[source.line_at(span.start)]
    start = source.text.find(_PREFIX, first)
    if start == -1:
        return None
    end = start
    while source.text.startswith(_PREFIX, end):
        end += len(_PREFIX)
        while source.text[end : end + 1] in (" ", "\t"):
            end += 1
    return replacement("Make it an ordinary comment", Span(start, end), "")


def _escaped_tag(source: Source, span: Span) -> QuickFix:
    line = source.text[span.start : span.end]
    places = [at for at, character in enumerate(line) if character == ">"]
    changes = tuple(
        Replacement(Span(span.start + at, span.start + at + 1), "&gt;") for at in places
    )
    return QuickFix("Write > as &gt;", changes)


def _without_attributes(source: Source, span: Span) -> QuickFix | None:
    start = source.text.rfind("{:", span.start, span.end)
    if start == -1:
        return None
    if not source.text[span.start : start].strip():
        return lines_removal("Remove the attributes", source, span)
    return replacement("Remove the attributes", Span(start, span.end), "")


def _without_key(source: Source, notebook: Notebook, span: Span, key: str) -> QuickFix | None:
    comments = [notebook.metadata_comment, *(it.metadata_comment for it in notebook.sections)]
    for comment in comments:
        if comment is None or comment.json_span != span or not isinstance(comment.value, dict):
            continue
        kept = {name: value for name, value in comment.value.items() if name != key}
        if not kept:
            return lines_removal("Remove the comment", source, comment.span)
        return replacement(f'Remove "{key}"', comment.json_span, to_json(kept))
    return None
