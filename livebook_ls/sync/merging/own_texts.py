"""Conflicts with what a session has not from people, but from a text that one of ours has brought.

That was no choice of anybody's against what was saved, so that nobody has to decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.held_merge import HeldMerge, hold_merge
from livebook_ls.sync.merging.rejoining import joined
from livebook_ls.sync.merging.session_edits import has_all_of


def without_own_conflicts(
    base: NotebookText | None, merge: HeldMerge, saves: Iterable[str], brought: Iterable[str]
) -> HeldMerge:
    """The merge without its conflicts, where they are of that kind; else as it is.

    `saves` are what the editor has saved and nobody has sent, the newest first; `brought` are what
    any of our processes has saved or found, asked for only where it is needed.
    """
    settled = settled_since_read(base, merge, saves)
    if settled is None and any(merge.theirs.is_form_of(NotebookText(it)) for it in brought):
        settled = settled_among_ours(base, merge)
    return settled or merge


def settled_since_read(
    base: NotebookText | None, merge: HeldMerge, saves: Iterable[str]
) -> HeldMerge | None:
    """The merge without its conflicts, where the session has read one of these `saves` in the place
    of another that it was told of: then what was saved since goes out from that one.
    """
    for save in map(NotebookText, saves):
        if has_all_of(merge.theirs, save, base):
            since = hold_merge(save, merge.ours, merge.theirs)
            return None if since.open_conflicts else since
    return None


def settled_among_ours(base: NotebookText | None, merge: HeldMerge) -> HeldMerge | None:
    """The merge without its conflicts, where not people have brought into the session what it
    holds, but another of our processes; None where something of that would get lost.
    """
    ours, theirs = merge.ours, merge.theirs
    if not theirs.gone_in(ours):
        return hold_merge(theirs, ours, theirs)
    both = joined(base.body, theirs.body, ours.text) if base is not None else None
    if both is None or theirs.gone_in(NotebookText(both)):
        return None
    return replace(hold_merge(ours, ours, NotebookText(both)), theirs=theirs)
