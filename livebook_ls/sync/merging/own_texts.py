"""What a session has not from people, but from a text that one of ours has brought.

That was no choice of anybody's against what was saved: it takes nothing back, and is no conflict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from livebook_ls.notebook.merging.conflict import ConflictKind
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.both_typed import typed_on
from livebook_ls.sync.merging.held_merge import HeldMerge, hold_merge
from livebook_ls.sync.merging.rejoining import joined
from livebook_ls.sync.merging.session_edits import has_all_of


def read_save(
    saves: Iterable[str], session: NotebookText, base: NotebookText | None
) -> NotebookText | None:
    """The first of these saves that the session has all of, given what both go out from: told of
    one before it, Livebook has read it in the place of that. What was saved since goes out from it.
    """
    return next((it for it in map(NotebookText, saves) if has_all_of(session, it, base)), None)


def read_instead(
    saves: Iterable[str], merged: NotebookText, made_of: NotebookText, session: NotebookText
) -> NotebookText | None:
    """The first of these `saves` that Livebook has read, told to read what was `merged`, which was
    `made_of` a save that they go out from: the session has all of it, and not all of what came in.
    """
    if has_all_of(session, merged, made_of):
        return None
    return read_save(saves, session, made_of)


def without_own_conflicts(
    base: NotebookText | None,
    merge: HeldMerge,
    brought: Iterable[str],
    sent: Collection[str],
) -> HeldMerge:
    """The merge without its conflicts, where the session holds just one of the texts that any of
    our processes has `brought`, by saving or finding them, or in conflict has only lines that it
    was `sent`; else as it is.
    """
    is_of_ours = any(merge.theirs.is_form_of(NotebookText(it)) for it in brought)
    settled = settled_among_ours(base, merge) if is_of_ours else None
    return settled or with_own_lines(base, merge, sent) or merge


def with_own_lines(
    base: NotebookText | None, merge: HeldMerge, sent: Iterable[str]
) -> HeldMerge | None:
    """The merge without its conflicts, where all that the session has in them are new lines that it
    was `sent`, and the other side has new ones at the same place: both, one after the other. None
    where there is anything else.
    """
    ours, theirs = merge.ours, merge.theirs
    lines = {line.strip() for it in sent for line in it.splitlines()}
    are_own = all(
        it.kind is ConflictKind.LINES
        and not it.base.strip()
        and lines.issuperset(map(str.strip, it.theirs.splitlines()))
        for _, it in merge.open_conflicts
    )
    if base is None or merge.takes or not are_own:
        return None
    both = NotebookText(typed_on(base.body, theirs.body, ours.text))
    return replace(hold_merge(ours, ours, both), theirs=theirs)


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
