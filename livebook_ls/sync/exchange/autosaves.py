"""A file that its own session has written, with what people edited there: nothing is sent for that.

Whoever has the file in an editor takes it over, or has it merged with what was typed meanwhile.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from livebook_ls import clock
from livebook_ls.settings import MergeMode, Settings
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.notebook_file import Snapshot
from livebook_ls.sync.exchange import overwritten_save
from livebook_ls.sync.exchange.delivery import Delivery
from livebook_ls.sync.exchange.outcome import Arrival
from livebook_ls.sync.exchange.overwritten_save import ProtectedSave
from livebook_ls.sync.exchange.write_back import Aftermath, put_time_back
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import SETTLED, UNDER_WAY, NotebookLink, State
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.merging.held_merge import HeldMerge
from livebook_ls.sync.merging.session_edits import (
    has_all_of,
    has_lost_sections,
    is_edited,
    is_older,
    is_passed,
)

# Times of files may lag behind the clock by a tick.
_TICK_S = 0.02


class Autosaves:
    """Tells them from others' work, and accounts for them; errors are those of `Talk`."""

    def __init__(
        self,
        talk: Talk,
        settings: Callable[[], Settings],
        kept: KeptTexts,
        arrival: Arrival,
        delivery: Delivery,
        live: LiveSessions,
    ) -> None:
        self._talk = talk
        self._settings = settings
        self._kept = kept
        self._arrival = arrival
        self._delivery = delivery
        self._live = live

    async def is_one(
        self,
        link: NotebookLink,
        reading: NotebookText,
        before: NotebookText,
        aftermath: Aftermath,
    ) -> bool:
        """Whether Livebook wrote what was read, with what people edited in the session.

        `before` is what the file was accounted for with, and `aftermath` what it is to that.
        """
        if self._settings().merge is MergeMode.NEVER and not self._is_held(link, reading):
            return False
        merge = link.merge
        is_chosen = merge is not None and not reading.is_form_of(merge.ours)
        if not is_chosen and aftermath is not Aftermath.CHANGED:
            return False
        if is_chosen and self._kept.was_written(link.path, reading.text):
            return False
        session = await self._talk.session_text(link)
        if session is not None and session.body == reading.body:
            # Just this it holds, also where reading it would not come to the same. It has no
            # section left where it has read a file that was just being written.
            return not has_lost_sections(before, session)
        if merge is not None and is_chosen:
            # What the person has to decide about is known to be in the session.
            return reading.is_canonical and not await self._talk.think(
                lambda: _goes_on_from(merge, reading, session)
            )
        if session is None:
            return False
        if not await self._talk.think(lambda: reading.is_canonical and is_edited(before, reading)):
            return False
        base, typed = link.lineage.base, self._live.typed(link)
        # What people go on from is newer than what was there before: an older text that somebody
        # has brought back into the file lacks only what the session has more.
        return await self._talk.think(
            lambda: (
                has_all_of(session, reading)
                or (not is_older(reading, before) and is_passed(reading, session, base, typed))
            )
        )

    async def unconfirmed(
        self, link: NotebookLink, has_newer: Callable[[str], bool]
    ) -> ProtectedSave | None:
        """What the editor saved last, where another try must see to it: a session that holds it may
        have written an earlier text over it before Livebook answered, and one that doesn't may have
        written what people typed there.
        """
        save = overwritten_save.not_taken(link)
        if save is None:
            return None
        try:
            found = notebook_file.read(link.path)
        except OSError:
            return None
        if found.text is None or found.text == save:
            return None
        session = await self._talk.session_text(link, is_needed=True)
        if session is None:
            return None
        is_there = await self._talk.think(lambda: session.says_same(NotebookText(save)))
        if is_there and self._kept.was_just_written(link.path, found.text):
            return None
        reading = NotebookText(found.text)
        if not is_there and not await self._has_saved(link, found, reading, session):
            return None
        return ProtectedSave(link, save, self._kept, has_newer)

    async def undo(
        self, link: NotebookLink, found: Snapshot, reading: NotebookText, wanted: str
    ) -> bool:
        """Put back what an editor saved and the session has just written over; whether it had.

        What it wrote is in the session, with which the save is merged then.
        """
        session = await self._talk.session_text(link, is_needed=True)
        if session is None or not await self._has_saved(link, found, reading, session):
            return False
        self._kept.keep(link.path, reading.text, VersionOrigin.BROWSER)
        link.held = reading
        return overwritten_save.put_back(link, self._kept, found, wanted)

    async def has_just_saved(self, link: NotebookLink, found: Snapshot) -> bool:
        """Whether what was `found`, and is what the session holds, was written by that, as its page
        tells.
        """
        age_s = clock.unix_s() - found.version.mtime_ns / 1e9 + _TICK_S
        has_saved = await self._live.has_saved(link, clock.monotonic_s() - age_s)
        # Else it has written it once more, after somebody else.
        return has_saved and notebook_file.version(link.path) == found.version

    async def _has_saved(
        self, link: NotebookLink, found: Snapshot, reading: NotebookText, session: NotebookText
    ) -> bool:
        """Whether the session has written what was read: what people have edited there, or, as its
        page tells, what it had before.
        """
        base, typed = link.lineage.base, self._live.typed(link)
        # What is held may be just that by now.
        before = [it for it in (link.held, base) if it is not None]
        if self._settings().merge is MergeMode.NEVER or not before:
            return False
        if not await self._talk.think(lambda: reading.is_canonical):
            return False
        # Just what it holds, and nobody else has written, it has saved, whatever we knew of it.
        is_its = session.body == reading.body and not self._kept.was_written(
            link.path, reading.text
        )
        if is_its or await self._talk.think(
            lambda: (
                any(is_edited(it, reading) for it in before)
                and is_passed(reading, session, base, typed)
            )
        ):
            return True
        return session.body == reading.body and await self.has_just_saved(link, found)

    async def account(self, link: NotebookLink, found: Snapshot, reading: NotebookText) -> bool:
        """Note what the file has now; whether it must be synced, since a save is held in whose
        place it was written.
        """
        is_held = link.merge is not None or self._is_held(link, reading)
        self._kept.keep(link.path, reading.text, VersionOrigin.BROWSER)
        link.held = reading
        # The file stays as it was, of which the person is still to decide.
        if is_held and overwritten_save.put_held_back(link, found):
            return True
        now = await self._arrival.keep_file(link, found)
        link.awaits_write_back = False
        link.lineage.found(now.text or reading.text, reading, link.editors_text)
        await self._delivery.review(link, reading)
        # Told although the state is the same: the editor has to look at the file.
        link.begin(State.SYNCING)
        link.enter(State.IN_SYNC, *link.notes)
        await self._arrival.share(link, reading)
        return False

    async def calm(self, link: NotebookLink, to_save: str) -> bool:
        """Give the file the time that its editor knows, where nothing of what was written into it
        since gets lost by what it is about to save: that has it all, or the session does, which is
        merged with it. Then the editor need not ask. Whether that was done; nothing else changes.
        """
        now, known = notebook_file.version(link.path), link.known
        if known is None or now is None or now.mtime_ns <= known.version.mtime_ns:
            return False
        if not self._settings().keep_file:
            return False
        if await self._talk.think(lambda: put_time_back(link.path, known, NotebookText(to_save))):
            return True
        session, typed = await self._talk.session_text(link), self._live.typed(link)
        return session is not None and await self._talk.think(
            lambda: put_time_back(link.path, known, session, typed)
        )

    def _is_held(self, link: NotebookLink, reading: NotebookText) -> bool:
        """Whether the guard holds back what the file had, and nobody else has written this in its
        place.
        """
        if overwritten_save.held_text(link) is None:
            return False
        return not self._kept.was_written(link.path, reading.text)

    def note_editor_has(self, link: NotebookLink, text: str) -> None:
        """The editor holds this text: it may have loaded what the session has written over a save
        that waits, before that was seen.
        """
        is_waiting = link.unsent_since_s != float("inf") and link.state in SETTLED | UNDER_WAY
        if is_waiting and text not in link.saves and not link.lineage.is_made(text):
            with contextlib.suppress(OSError):
                if _may_have(link, text) and notebook_file.read(link.path).text == text:
                    link.lineage.load_over(text)
        link.note_editor_has(text)

    def adopt(self, link: NotebookLink, rewritten: Snapshot) -> None:
        """The editor has taken over the file as Livebook rewrote it, into its buffer."""
        if link.known is not None and self._settings().keep_file:
            notebook_file.put_time_back(link.path, rewritten, link.known.version.mtime_ns)
        now = notebook_file.version(link.path)
        if now is not None and now.size == rewritten.version.size:
            link.known = Snapshot(rewritten.data, now)
            link.version = now
        # Also where somebody has written the file since.
        link.lineage.take_in(rewritten.text or "")


def _may_have(link: NotebookLink, text: str) -> bool:
    """Whether the file, which others have written, may say this."""
    now = notebook_file.version(link.path)
    return now not in (None, link.version) and now.size == len(text.encode(errors="replace"))


def _goes_on_from(merge: HeldMerge, reading: NotebookText, session: NotebookText | None) -> bool:
    """Whether somebody has written this who had the save that waits before them: it has all of
    that, which the session hasn't, or lacks what the session has.
    """
    ours, theirs = merge.ours, session or merge.theirs
    return not ours.gone_in(reading) and bool(ours.gone_in(theirs) or theirs.gone_in(reading))
