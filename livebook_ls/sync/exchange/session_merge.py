"""A save made one with what people edited in its session meanwhile: before it is written, or after.

What is merged here is only written and noted; whether it may be sent, `delivery` asks the guard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import chain, takewhile

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.settings import MergeMode, Settings
from livebook_ls.sync.canonical.before_save import canonical_form
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange.overwritten_save import unsent
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.turns import Turns
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.merging.held_merge import HeldMerge, hold_merge
from livebook_ls.sync.merging.own_texts import read_instead, read_save, without_own_conflicts
from livebook_ls.sync.merging.session_edits import (
    has_all_of,
    has_lost_sections,
    has_read_unsent,
    is_edited,
    is_one_of,
    is_passed,
    is_passed_unheard,
)
from livebook_ls.sync.telling import keeping_findings, merge_findings
from livebook_ls.sync.telling.findings import Finding

_STAMP_S = 1.0


@dataclass(frozen=True, slots=True)
class MergedFile:
    """A file with a merged text, and what is told of that."""

    saved: notebook_file.Snapshot
    reading: NotebookText
    note: tuple[Finding, ...]


class SessionMerge:
    """Merges, where the settings and the user want that; errors are those of `Talk`."""

    def __init__(
        self,
        talk: Talk,
        settings: Callable[[], Settings],
        kept: KeptTexts,
        turns: Turns,
        live: LiveSessions,
    ) -> None:
        self._talk = talk
        self._settings = settings
        self._kept = kept
        self._turns = turns
        self._live = live

    async def edits(
        self, link: NotebookLink, reading: NotebookText, session: NotebookText | None
    ) -> NotebookText | None:
        """What the session, or the file by its doing, has and `reading` was not made of, if
        anything; None where no merge is wanted, and where it was agreed to replace it. `session`
        is what it was just seen to hold. Where it isn't shown, its last autosave counts.
        """
        if not self.is_wanted(link, reading):
            return None
        await self._note_read(link, session)
        made = link.lineage.made
        # Of one that is gone, as after a restart, only what is in conflict is left.
        theirs = session or (link.held if link.hides_session else link.left)
        # What nobody has saved in an editor of this file the session may have written itself.
        is_saved = link.follows_disk or reading.text in link.saves
        is_unsent = is_saved and not link.swallowed.is_instead
        if made and (theirs is None or (is_unsent and has_read_unsent(theirs, reading, link.sent))):
            theirs = made.base
        if theirs is None:
            return None
        await self._settle_loaded(link, session)
        base, seen = await self._base(link, reading), theirs
        theirs = await self._talk.think(lambda: link.swallowed.put_back(seen), reading)
        unnoted = self._unnoted(link, reading)
        if await self._talk.think(lambda: _is_news(link, base, theirs, reading, unnoted), reading):
            return theirs
        link.swallowed.forget()
        return None

    async def look(
        self, link: NotebookLink, reading: NotebookText
    ) -> tuple[NotebookText | None, NotebookText | None]:
        """What the session holds before `reading` goes into it, as far as shown; else as `meet`."""
        if link.has_session:
            # Also where it is slow, and not merged with: what is replaced must be kept.
            session = await self._talk.session_text(link, is_needed=True)
            is_there = session is not None or link.is_slow_to_show
            if is_there or not await self._talk.lacks_session(link):
                return session, None
            # It was closed, and may have been opened anew.
            link.detach()
        session, met = await self.meet(link, reading)
        if session is not None and link.lineage.base is None:
            link.lineage.settle_loaded(session)
        return session, met

    async def meet(
        self, link: NotebookLink, reading: NotebookText
    ) -> tuple[NotebookText | None, NotebookText | None]:
        """What a session that others have opened holds, before it is told to read the file; and
        the same if it can only be kept and offered back, for nobody knows what it goes out from, or
        no merge is wanted: then it is kept. None, too, where there is none, or it isn't shown.
        """
        if link.has_session or not await self._talk.meet_session(link):
            return None, None
        session = await self._talk.session_text(link, is_needed=True)
        if session is None:
            return None, None
        if self.is_wanted(link, reading):
            if link.lineage.base is None and link.saved_over is not None:
                # It was opened from what the editor had until this save.
                link.lineage.settle_loaded(NotebookText(link.saved_over))
            if link.lineage.base is not None:
                return session, None
        link.seen = session
        if not await self._talk.think(lambda: session.gone_in(reading), reading):
            return session, None
        self._kept.keep(link.path, session.text, VersionOrigin.BROWSER)
        return session, None if await self._talk.is_older(link, session) else session

    def is_wanted(self, link: NotebookLink, reading: NotebookText) -> bool:
        """Whether this text is to be merged with what people edited, and not to replace that."""
        return self._settings().merge is not MergeMode.NEVER and not link.consent.covers(
            reading.text
        )

    def may_replace(self, link: NotebookLink, reading: NotebookText) -> bool:
        """Whether what `reading` replaces in the session can be had back, or needn't: that was
        agreed to. Else the save is held, which is told.
        """
        if link.browser is None:
            return True
        is_kept = self._kept.keep(link.path, link.browser.text, VersionOrigin.BROWSER)
        if is_kept or link.consent.covers(reading.text):
            return True
        link.enter(State.HELD, keeping_findings.browser_not_kept(), *link.notes)
        return False

    async def merge(
        self, link: NotebookLink, reading: NotebookText, theirs: NotebookText
    ) -> HeldMerge:
        """Both made one, with what was chosen already."""
        base, before = await self._base(link, reading), link.merge
        others = [it for it in unsent(link) if it != reading.text]
        base = await self._talk.think(lambda: read_save(others, theirs, base)) or base
        merge = await self._talk.think(lambda: hold_merge(base, reading, theirs))
        if merge.open_conflicts:
            typed = self._live.typed(link)
            merge = await self._talk.think(lambda: merge.with_typing(typed))
        if merge.open_conflicts:
            own = self._kept.brought(link.path), tuple(link.sent)
            merge = await self._talk.think(lambda: without_own_conflicts(base, merge, *own))
        is_begun = before is not None and not before.is_only_offered
        is_asked = self._settings().merge is MergeMode.ASK and not is_begun
        is_nothing = merge.merged.is_clean and merge.text == reading.text
        return replace(merge.recalling(before), is_only_offered=is_asked and not is_nothing)

    async def before_save(self, link: NotebookLink, text: str) -> HeldMerge | None:
        """The merge to save instead of `text`, which has all of the session's; None where nothing
        was edited there, or a person has to decide.
        """
        if self._settings().merge is not MergeMode.AUTO or link.lock.locked():
            return None
        reading, session = link.buffer.reading_of(text), await self._talk.session_text(link)
        theirs = await self.edits(link, reading, session)
        if theirs is None:
            return None
        merge = await self.merge(link, reading, theirs)
        if not merge.is_settled:
            return None
        self._kept.keep(link.path, theirs.text, VersionOrigin.BROWSER)
        return merge

    def promise(self, link: NotebookLink, merge: HeldMerge, text: str) -> None:
        """The editor is told to save this form of the merged text."""
        note = merge_findings.came_in(NotebookText(merge.text).gone_in(merge.ours))
        link.lineage.promise(text, merge.theirs, note)

    async def write(
        self, link: NotebookLink, saved: notebook_file.Snapshot, merge: HeldMerge
    ) -> MergedFile | None:
        """The merged text in the file, where `saved` was; None where that could not be done: it is
        told, but for a file that has just changed.
        """
        link.merge, link.left, ours = None, None, merge.ours
        link.swallowed.note_merged()
        if merge.text == ours.text:
            # What the session has and this lacks was seen, and is not wanted.
            link.lineage.make(ours.text, merge.theirs, ours.text)
            if link.editors_text not in (None, ours.text):
                link.lineage.bring(ours.text)
            return MergedFile(saved, ours, ())
        reading = NotebookText(merge.text, ours.parser)
        if reading.has_stamp:
            reading = await self._stamped(link, reading)
        if not notebook_file.put_back(link.path, saved, reading.text.encode("utf-8"), None):
            if notebook_file.version(link.path) == saved.version:
                link.enter(State.HELD, merge_findings.not_written(), *link.notes)
            return None
        now = notebook_file.read(link.path)
        link.version = now.version
        link.lineage.make(reading.text, merge.theirs, ours.text)
        told = await self._talk.think(lambda: merge_findings.came_in(reading.gone_in(ours)))
        return MergedFile(now, reading, (told,))

    async def _settle_loaded(self, link: NotebookLink, session: NotebookText | None) -> None:
        """Have a merge start from what the editor has loaded, where that was the session's."""
        loaded, base, is_its = link.lineage.loaded, link.lineage.base, is_passed
        if loaded is None and not link.saves:
            # Whoever has no editor has edited that, and not heard who types in the browser.
            loaded, is_its = link.saved_over, is_passed_unheard
        if loaded is None or session is None:
            return
        reading, typed = NotebookText(loaded), self._live.typed(link)
        are_one = await self._talk.think(lambda: is_its(reading, session, base, typed))
        link.lineage.settle_loaded(reading if are_one else None)

    async def _base(self, link: NotebookLink, reading: NotebookText) -> NotebookText | None:
        made = link.lineage.made
        if made and made.text != reading.text and link.swallowed.has_last_sent(made.text):
            # What that sync made of the session is not what the editor goes out from.
            return link.lineage.base_of(reading.text)
        known = link.lineage.base_of(reading.text)
        if known is not None and link.lineage.is_since_sync(known):
            return known
        return await self._talk.think(lambda: link.swallowed.base_beside(known), reading)

    async def _note_read(self, link: NotebookLink, session: NotebookText | None) -> None:
        """Note which save Livebook has read in place of what was merged before, if any."""
        merged = link.swallowed.sent
        saved = link.lineage.made_of(merged.text) if merged is not None else None
        since = list(takewhile(lambda it: it != saved, reversed(link.saves)))
        if session is None or merged is None or saved is None or not since:
            return
        base = NotebookText(saved)
        read = await self._talk.think(lambda: read_instead(since, merged, base, session), merged)
        if read is not None:
            link.swallowed.note_read(read, base)

    def _unnoted(self, link: NotebookLink, reading: NotebookText) -> Iterable[str]:
        """What one of ours may have brought the session, which ended before it could note that; but
        what an editor of ours has saved doesn't go out from it, as what others write does.
        """
        is_left = reading.text not in link.saves and self._turns.is_left(link.path)
        return self._kept.written_since_shared(link.path) if is_left else ()

    async def _stamped(self, link: NotebookLink, reading: NotebookText) -> NotebookText:
        """The same text in Livebook's form with a fresh stamp, where that can be had."""
        try:
            form = await canonical_form(self._talk, link, reading.text, _STAMP_S)
        except LivebookError:
            return reading
        return NotebookText(form.text, reading.parser) if form.text is not None else reading


def hold(link: NotebookLink, merge: HeldMerge) -> None:
    """Tell what is to be decided, until it is."""
    link.merge, link.source = merge, merge.ours.document.source
    if merge.is_only_offered:
        told = [merge_findings.offered(merge.theirs.gone_in(merge.ours))]
    else:
        left = merge.open_conflicts
        told = [
            merge_findings.conflict(name, it, number, len(left))
            for number, (name, it) in enumerate(left, 1)
        ]
    link.enter(State.HELD, *told, *link.notes)


def choose(link: NotebookLink, name: str | None, take: Take | None) -> HeldMerge | None:
    """The merge that the link holds once one of its conflicts is settled, or all, or once it is
    made that was only offered; None where it waits for more, which is told, or there is none.
    """
    held = link.merge
    if held is None:
        return None
    link.merge = held = replace(held, is_only_offered=False)
    if take is not None:
        link.merge = held = held.taking(name, take)
        if held.open_conflicts:
            hold(link, held)
            return None
    return held


def _is_news(
    link: NotebookLink,
    base: NotebookText | None,
    theirs: NotebookText,
    reading: NotebookText,
    left: Iterable[str],
) -> bool:
    if base is None:
        return not (has_lost_sections(reading, theirs) or has_all_of(theirs, reading))
    if not is_edited(base, theirs) or is_one_of(theirs, chain(unsent(link), left)):
        # Told of a save, Livebook may have read the one after it, which was never sent.
        return False
    if link.held is not None and not link.awaits_write_back and not is_edited(base, link.held):
        # It was seen to hold the base: what it held before that, people have brought back.
        return True
    # A session that is late with what it was sent, by a process that died, is no work of people's;
    # what was merged is, as long as the editor doesn't have it.
    return not is_one_of(theirs, [it for it in link.sent if not link.lineage.is_of_session(it)])
