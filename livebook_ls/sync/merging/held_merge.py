"""A merge that a person has to decide: its three texts, its conflicts, and what was chosen so far.

The file stays as the person wrote it until the last conflict is settled.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from livebook_ls.notebook.merging.conflict import Conflict, Take
from livebook_ls.notebook.merging.merge import Merged
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.session_edits import merged_with_session, typed_cells


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMerge:
    """`ours` is what was saved, `theirs` what the session holds; `takes` are by conflicts' names.

    Where it `is_only_offered`, nobody has asked yet for it to be made.
    """

    ours: NotebookText
    theirs: NotebookText
    merged: Merged
    names: tuple[str, ...]
    takes: Mapping[str, Take] = field(default_factory=dict)
    is_only_offered: bool = False

    @property
    def open_conflicts(self) -> tuple[tuple[str, Conflict], ...]:
        """The conflicts that are left, by their names, in the order of the text."""
        return tuple(it for it in self._named if it[0] not in self.takes)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to be decided."""
        return not self.is_only_offered and not self.open_conflicts

    @property
    def text(self) -> str:
        """The merged text, with ours wherever nothing was chosen; a stamp in it may be stale."""
        at = {name: number for number, name in enumerate(self.names)}
        return self.merged.resolved({at[name]: take for name, take in self.takes.items()}).text

    def taking(self, name: str | None, take: Take) -> HeldMerge:
        """The same with one conflict settled, or with all that are left; both sides of it only
        where both can be kept.
        """
        chosen = {
            it: take
            for it, conflict in self.open_conflicts
            if name in (None, it) and (take is not Take.BOTH or conflict.can_keep_both)
        }
        return replace(self, takes={**self.takes, **chosen}, is_only_offered=False)

    def recalling(self, before: HeldMerge | None) -> HeldMerge:
        """The same with what was chosen of conflicts that were in an earlier merge, too."""
        known = before.takes if before else {}
        chosen = {it: known[it] for it in self.names if it in known}
        return replace(self, takes={**self.takes, **chosen})

    def with_typing(self, typed: Collection[str]) -> HeldMerge:
        """The same with the session's version of each cell that has in ours what was `typed` in the
        session before: an autosave had brought it there, and whoever typed it has gone on.
        """
        passed = [it.source_span for it in typed_cells(self.ours, typed)]
        taken = {
            name: Take.THEIRS
            for name, it in self.open_conflicts
            # What was added at the end stands behind the last line's end.
            if any(cell.start <= it.span.start <= it.span.end <= cell.end + 1 for cell in passed)
        }
        return replace(self, takes={**self.takes, **taken})

    @property
    def _named(self) -> Iterator[tuple[str, Conflict]]:
        return zip(self.names, self.merged.conflicts, strict=True)


def hold_merge(base: NotebookText | None, ours: NotebookText, theirs: NotebookText) -> HeldMerge:
    """The merge of a save with what the session holds, nothing of it decided yet."""
    merged = merged_with_session(base, ours.text, theirs)
    return HeldMerge(ours=ours, theirs=theirs, merged=merged, names=tuple(_names(merged)))


def _names(merged: Merged) -> Iterator[str]:
    """A name for each conflict, which it has again in a later merge where nothing of it changed."""
    seen: Counter[str] = Counter()
    for it in merged.conflicts:
        content = "\0".join((it.kind.value, it.section, it.base, it.ours, it.theirs))
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        yield f"{digest}.{seen[digest]}"
        seen[digest] += 1
