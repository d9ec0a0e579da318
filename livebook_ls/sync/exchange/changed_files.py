"""What becomes of a file that somebody else has changed, for all that is known."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.settings import Settings
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.complete_read import looks_cut_off
from livebook_ls.sync.exchange import overwritten_save, torn_reads, write_back
from livebook_ls.sync.exchange.autosaves import Autosaves
from livebook_ls.sync.exchange.delivery import Delivery
from livebook_ls.sync.exchange.outcome import Arrival
from livebook_ls.sync.exchange.overwritten_save import ProtectedSave
from livebook_ls.sync.exchange.own_turn import OwnTurn
from livebook_ls.sync.exchange.write_back import Aftermath
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.held_saves import HeldSaves
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import SETTLED, NotebookLink, State
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling import findings
from livebook_ls.sync.telling.findings import Finding

# Sends the file as it is, with a save that is protected and what is told once that is done.
Sync = Callable[[NotebookLink, ProtectedSave | None, tuple[Finding, ...]], Awaitable[None]]


class ChangedFiles:
    """Accounts for changes of files that no save of ours explains."""

    def __init__(
        self,
        talk: Talk,
        settings: Callable[[], Settings],
        has_newer: Callable[[str], bool],
        kept: KeptTexts,
        turn: OwnTurn,
        arrival: Arrival,
        delivery: Delivery,
        autosaves: Autosaves,
        held: HeldSaves,
        sync: Sync,
    ) -> None:
        self._talk = talk
        self._settings = settings
        self._has_newer = has_newer
        self._kept = kept
        self._turn = turn
        self._arrival = arrival
        self._delivery = delivery
        self._autosaves = autosaves
        self._held = held
        self._sync = sync

    async def look(self, link: NotebookLink) -> None:
        """Account for what the file has now, in a turn of our own."""
        found, reading = await self._turn.read(link, None, is_editors=False)
        known = link.known
        text = known.text if known else None
        if reading is None or known is None or text is None:
            return
        if not link.has_session:
            await self._look_for_session(link, text, reading)
            return
        save = await self._autosaves.unconfirmed(link, self._has_newer)
        if save is not None and save.undo(found):
            await self._sync(link, save, (findings.put_back(),))
            return
        if save is not None and await self._autosaves.undo(link, found, reading, save.text):
            await self._sync(link, save, ())
            return
        # What was accounted for last: others may have changed the file since the editor did.
        before = link.held or NotebookText(text)
        aftermath = await self._arrival.compare(link, before, reading)
        if self._has_newer(link.path):
            # The editor has saved meanwhile, and that save accounts for the file.
            return
        if self.is_settled(link):
            self._held.account_for_settled(link.path)
            await self._sync(link, None, ())
            return
        if await self._lies_over_held(link, found, reading):
            # The file stays as the person wrote it, who is still to decide.
            if overwritten_save.put_held_back(link, found):
                link.version = notebook_file.version(link.path)
                link.awaits_write_back = False
            elif (held := overwritten_save.held_text(link)) is not None:
                # As on a full disk: the next look tries again.
                overwritten_save.tell_loss(link, held, reading)
            return
        # Of a write that has failed nothing was held that anybody has saved.
        was_cut_off = link.state is State.HELD and overwritten_save.held_text(link) is None
        was_settled = link.state in SETTLED or was_cut_off
        # Another of ours has accounted for it, which may not know of our save.
        is_shared = link.common is not None and link.common.text == reading.text
        if await self._autosaves.is_one(link, reading, before, aftermath):
            if await self._autosaves.account(link, found, reading):
                await self._sync(link, None, ())
            elif not was_settled:
                overwritten_save.tell_loss(link, text, reading)
            elif is_shared:
                overwritten_save.notice_loss(link, reading)
            return
        is_late = (
            aftermath is Aftermath.OVERWRITTEN
            and before.text == text
            and overwritten_save.may_come_late(link, write_back.patience_s(before))
            and not self._kept.was_just_written(link.path, reading.text)
        )
        if is_late:
            # A late write-back of an earlier save.
            if overwritten_save.put_back(link, self._kept, found, text):
                await self._sync(link, None, (findings.put_back(),))
        elif await torn_reads.is_wiped(self._talk, link, reading, before):
            # Another of ours may have seen a newer text than we have.
            newest = next(iter(self._kept.versions(link.path)), None)
            lost = (self._kept.text(newest) if newest else None) or before.text
            if NotebookText(lost).notebook.sections:
                notebook_file.put_back(link.path, found, lost.encode("utf-8"), None)
            link.held = reading
            await self._sync_followed(link)
        elif aftermath is not Aftermath.SAME:
            await self._follow(link, found, reading, before)
        else:
            now = await self._arrival.keep_file(link, found)
            link.held, link.awaits_write_back = reading, False
            # What was said of a text that only the disk had is over with that text.
            await self._delivery.review(link, reading)
            kept = NotebookText(text) if now.data == known.data else reading
            await self._arrival.tell(link, before, kept, None)
            link.lineage.found(now.text or text, reading, link.editors_text)
            await self._arrival.share(link, kept)
            overwritten_save.notice_loss(link, kept)
            if not was_settled and kept is reading:
                overwritten_save.tell_loss(link, text, reading)

    def is_settled(self, link: NotebookLink) -> bool:
        """Whether another of ours has settled the conflict for which this one holds a save back,
        and that was not looked at yet.
        """
        text = overwritten_save.held_text(link) if link.merge is not None else None
        return text is not None and self._held.is_settled(link.path, text)

    async def _lies_over_held(
        self, link: NotebookLink, found: notebook_file.Snapshot, reading: NotebookText
    ) -> bool:
        """Whether the session has saved over a text that is held back from it; of one that has the
        file's text from before, as by a checkout, only its page tells whether that or somebody else
        has brought that back.
        """
        if overwritten_save.lies_over_held(link, self._kept, reading):
            return True
        if not overwritten_save.holds_session(link, reading):
            return False
        return await self._autosaves.has_just_saved(link, found)

    async def _look_for_session(self, link: NotebookLink, text: str, reading: NotebookText) -> None:
        """Tell of a save that was held, with no session there, where one that others have opened
        since has written over it; what others wrote themselves is kept.
        """
        if text == reading.text:
            return
        is_met = False
        if link.state is State.HELD:
            with contextlib.suppress(LivebookError):
                is_met = await self._talk.meet_session(link)
            # Where sessions aren't listed, the form tells who wrote it.
            is_met = is_met or reading.is_form_of(NotebookText(text))
        if is_met:
            overwritten_save.tell_loss(link, text, reading)
        else:
            # An editor that doesn't take it over saves its own text over it.
            self._kept.keep(link.path, reading.text, VersionOrigin.FOUND)

    async def _follow(
        self,
        link: NotebookLink,
        found: notebook_file.Snapshot,
        reading: NotebookText,
        before: NotebookText,
    ) -> None:
        """Somebody else has written the file: its session follows, where that is wanted."""
        link.motion.notice()
        overwritten_save.notice_loss(link, reading)
        if await self._is_cut_off(link, reading, before):
            link.source = None
            link.enter(State.HELD, findings.cut_off())
        elif not self._settings().sync_on_external_change:
            await self._arrival.tell_difference(link, reading, before)
        elif link.motion.rest_s:
            await self._sync_followed(link)
        else:
            link.known = found if link.follows_disk else link.known
            if await self._delivery.send(link, found, reading):
                await self._sync_followed(link)

    async def _is_cut_off(
        self, link: NotebookLink, reading: NotebookText, before: NotebookText
    ) -> bool:
        """Whether a write of the file has failed, be it Livebook's own of what people typed."""
        if reading.text.endswith("\n"):
            return False
        session = await self._talk.session_text(link, is_needed=True)
        wholes = (before.text, *((session.text,) if session is not None else ()))
        return any(looks_cut_off(reading.text, it) for it in wholes)

    async def _sync_followed(self, link: NotebookLink) -> None:
        known = link.known
        await self._sync(link, None, ())
        if not link.follows_disk:
            # The editor still has what it had.
            link.known = known
