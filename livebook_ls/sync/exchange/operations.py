"""Attach, open, sync and look at one notebook: every front acts through these and no other way.

Each operation has the notebook to itself, among all of ours on this machine, sends nothing that
the guard holds back, ends in a state with its findings, and raises nothing but what cancels it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.settings import Settings
from livebook_ls.sync.canonical.before_save import Form, canonical_form
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.complete_read import same_text
from livebook_ls.sync.exchange import overwritten_save, torn_reads, write_back
from livebook_ls.sync.exchange.autosaves import Autosaves
from livebook_ls.sync.exchange.changed_files import ChangedFiles
from livebook_ls.sync.exchange.delivery import Delivery
from livebook_ls.sync.exchange.lost_texts import DroppedSaves
from livebook_ls.sync.exchange.outcome import Arrival
from livebook_ls.sync.exchange.overwritten_save import ProtectedSave
from livebook_ls.sync.exchange.own_turn import OwnTurn, replace
from livebook_ls.sync.exchange.session_memory import SessionMemory
from livebook_ls.sync.exchange.session_merge import SessionMerge, choose
from livebook_ls.sync.exchange.two_steps import TwoSteps
from livebook_ls.sync.failures import of_error, told
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.held_saves import HeldSaves
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.step_journal import StepJournal
from livebook_ls.sync.keeping.turns import Turns
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.long_waits import told_if_long
from livebook_ls.sync.telling import findings, keeping_findings, merge_findings, session_findings
from livebook_ls.sync.telling.findings import Finding

# A write-back may land over a save, and the next one over the save that was put back; a session
# may have read a file that was just being written.
_MOST_ROUNDS = 4
# What an editor asks first of all is not about the session, and needs the processor.
_FIRST_ANSWERS_S = 0.1
_CHOICE = "choice"


class Operations:
    """The operations, over one Livebook."""

    def __init__(
        self,
        talk: Talk,
        settings: Callable[[], Settings],
        has_newer: Callable[[str], bool],
        folder: StateFolder,
        live: LiveSessions,
    ) -> None:
        self._talk = talk
        self._settings = settings
        self._has_newer = has_newer
        self._live = live
        self._turns = turns = Turns(folder)
        self.kept = kept = KeptTexts(folder)
        self.steps = TwoSteps(talk, StepJournal(folder), kept, turns)
        self._held = HeldSaves(folder, kept)
        self._memory = SessionMemory(talk, kept, self.steps, self._held)
        self._turn = OwnTurn(talk, has_newer, turns, self._memory, self.steps, kept, live)
        self._arrival = Arrival(talk, settings, has_newer, self.steps.is_open, self._shared, kept)
        self.merging = merging = SessionMerge(talk, settings, kept, turns, live)
        self._dropped = DroppedSaves(talk, live, merging)
        ways = talk, settings, self._arrival, self.steps
        self._delivery = Delivery(*ways, kept, turns, live, merging)
        arrival, delivery = self._arrival, self._delivery
        self.autosaves = autosaves = Autosaves(talk, settings, kept, arrival, delivery, live)
        own = self._turn, arrival, delivery, autosaves, self._held
        self._changed_files = ChangedFiles(talk, settings, has_newer, kept, *own, self._sync)
        self.is_settled = self._changed_files.is_settled

    async def attach(self, link: NotebookLink) -> None:
        """Find the notebook's session, or open one where the settings allow it by themselves."""
        async with told(link), self._turn.taken(link):
            await self._attach(link)

    async def attach_soon(self, link: NotebookLink) -> None:
        """Attach when an editor has just opened it, whose first questions come before."""
        await clock.sleep(_FIRST_ANSWERS_S)
        await self.attach(link)

    async def reload(self, link: NotebookLink) -> None:
        """Account for a file that its editor has loaded anew."""
        async with told(link), self._turn.taken(link, can_wait=True):
            saved, _ = await self._turn.read(link, None, is_editors=False)
            link.known = link.as_loaded(saved) if link.known else None
            await self._look(link)

    async def open(self, link: NotebookLink) -> None:
        """Open the notebook's session: asked for by the user, so also where that reformats."""
        async with told(link), self._turn.taken(link):
            saved, reading = await self._read(link)
            if reading is not None and await self._delivery.may_open(link, reading):
                if await self._delivery.open(link, saved, reading):
                    await self._sync(link, None)
                await self._talk.learn_login(link)
        link.tries_again = False  # Another try would take the answer away from whoever asked.

    async def sync(self, link: NotebookLink, expected: str | None = None) -> None:
        """Make the session follow the file; open a session where the rules of `attach` do.

        `expected` is the text that an editor says it saved.
        """
        await write_back.let_pass(link)
        save = None
        if expected is not None:
            save = self._protected(link, expected)
            overwritten_save.forget_loss(link)
            link.stand(_CHOICE, ())
        with told_if_long(link, self._has_newer):
            async with told(link), self._turn.taken(link, save) as save:
                self._talk.look_ahead(link)
                save = save or await self.autosaves.unconfirmed(link, self._has_newer)
                note = link.lineage.saved(expected) if expected is not None else ()
                await self._sync(link, save, note)

    async def settle_merge(self, link: NotebookLink, name: str | None, take: Take | None) -> None:
        """Settle one conflict of a merge that is held, or all that are left; the save goes through
        with the last. Without a choice: make the merge that was offered.
        """
        async with told(link), self._turn.taken(link):
            if not self._can_be_had_back(link, take):
                return
            if take is not None and (link.merge is None or self.is_settled(link)):
                link.stand(_CHOICE, (merge_findings.settled_elsewhere(),))
                if link.merge is not None:
                    await self._sync(link, None)
                return
            held = choose(link, name, take)
            if held is None:
                return
            saved, reading = await self._turn.read(link, None, is_editors=False)
            if reading is None:
                return
            # Where the file has changed, what was chosen counts for what is still as it was.
            is_whole = held.is_settled and reading.text == held.ours.text
            if is_whole:
                self._held.note_settled(link.path, held.ours.text)
            if not is_whole or await self._delivery.send_settled(link, saved, reading, held):
                await self._sync(link, None)

    async def rewrite(self, link: NotebookLink, change: Callable[[str], str]) -> bool:
        """Write what `change` makes of the file's text, and sync that; whether it was written.

        For fronts that edit files themselves. Nothing is written where `change` raises, which is
        the caller's, nor where the file has just changed. Raises NotWrittenError where it can't be.
        """
        await write_back.let_pass(link)
        is_written = False
        async with told(link), self._turn.taken(link):
            saved, reading = await self._turn.read(link, None)
            if reading is None:
                return False
            text = change(reading.text)
            data = text.encode("utf-8")
            self.kept.keep(link.path, reading.text, VersionOrigin.FOUND)
            is_written = data == saved.data or replace(link, saved, data)
            if is_written:
                self.kept.keep(link.path, text, VersionOrigin.SAVED)
                await self._sync(link, self._protected(link, text))
        return is_written

    async def sync_in_two_steps(self, link: NotebookLink) -> None:
        """Make the session follow by way of a text that brings every cell, where one sync loses."""
        async with told(link), self._turn.taken(link):
            saved, reading = await self._read(link)
            if reading is None:
                return
            session = await self._talk.session_text(link, is_needed=True)
            is_edited = await self.merging.edits(link, reading, session) is not None
            if is_edited or await self._delivery.send_in_steps(link, saved, reading, session):
                await self._sync(link, None)

    async def look(self, link: NotebookLink) -> None:
        """Account for a change of the file that no save of ours explains."""
        async with told(link), self._turn.taken(link, can_wait=True):
            await self._look(link)

    async def shows_session(self, link: NotebookLink) -> bool:
        """Whether Livebook shows what the session holds that is known of the notebook."""
        with contextlib.suppress(LivebookError):
            return await self._talk.session_text(link, is_needed=True) is not None
        return False

    async def canonical(self, link: NotebookLink, text: str, timeout_s: float = 30.0) -> Form:
        """`text` in Livebook's form, or why there is none; the file is not touched."""
        try:
            return await canonical_form(self._talk, link, text, timeout_s)
        except LivebookError as error:
            return Form(None, of_error(error))

    async def finish(self) -> None:
        """Wait until nothing is under way that must not be left halfway."""
        await self.steps.finish()

    async def _look(self, link: NotebookLink) -> None:
        # One that had no text yet is as one that was just opened.
        await (self._changed_files.look(link) if link.known else self._attach(link))

    async def _attach(self, link: NotebookLink) -> None:
        saved, reading = await self._read(link)
        if reading is None:
            return
        if self._memory.is_behind(link, reading):
            if link.url is None and link.has_session:
                await self._talk.learn_session(link)
            await self._sync(link, None)
        elif (theirs := self._memory.edited(link)) is not None:
            # Looking at a notebook changes nothing: its next save is merged with that.
            await self._talk.learn_session(link)
            await self._arrival.tell(link, reading, reading, theirs)
        elif await self._delivery.attach(link, saved, reading):
            await self._sync(link, None)

    async def _read(self, link: NotebookLink) -> tuple[notebook_file.Snapshot, NotebookText | None]:
        """The file, with the time that its editor knows again where it was only touched."""
        waiting = overwritten_save.waiting_save(link, self.kept, self._has_newer)
        saved, reading = await self._turn.read(link, None)
        if reading is not None:
            overwritten_save.note_read(link, waiting, reading)
        known = link.known or saved
        if reading is not None and known != saved and known.data == saved.data:
            saved = await self._arrival.keep_file(link, saved)
        return saved, reading

    def _can_be_had_back(self, link: NotebookLink, take: Take | None) -> bool:
        """Whether what this choice would replace can be had back then; that it can't be is told."""
        held = link.merge
        link.stand(_CHOICE, ())
        if held is None or take in (None, Take.BOTH):
            return True
        replaced, origin = held.theirs, VersionOrigin.BROWSER
        if take is Take.THEIRS:
            replaced, origin = held.ours, VersionOrigin.SAVED
        is_kept = self.kept.keep(link.path, replaced.text, origin)
        if not is_kept:
            link.stand(_CHOICE, (keeping_findings.choice_not_kept(),))
        return is_kept

    def _protected(self, link: NotebookLink, text: str) -> ProtectedSave:
        return ProtectedSave(link, text, self.kept, self._has_newer)

    async def _sync(
        self, link: NotebookLink, save: ProtectedSave | None, note: tuple[Finding, ...] = ()
    ) -> None:
        """Send the file as it is, again and again until the session is known to hold it."""
        link.is_reopened = False
        for _ in range(_MOST_ROUNDS):
            await self._live.typing_pause(link, partial(self._is_disturbed, link, save))
            # Without a word of its editor the file may have what that has not taken over yet.
            is_editors = save is not None or link.editors_text is None
            saved, reading = await self._turn.read(link, save, is_editors=is_editors)
            if reading is None:
                return
            if save is not None and save.was_put_back:
                note = (findings.put_back(),)
            save = None if link.lineage.is_made(reading.text) else save
            if save is not None and not same_text(reading.text, save.text):
                if not link.pinned.is_replaced(save.text):
                    if save.undo(saved):
                        note = (findings.put_back(),)
                        continue
                    if await self.autosaves.undo(link, saved, reading, save.text):
                        continue
                    before = NotebookText(save.text)
                    if await torn_reads.is_wiped(self._talk, link, reading, before):
                        overwritten_save.put_back(link, self.kept, saved, save.text)
                        link.held = reading
                        continue
                if notebook_file.version(link.path) != saved.version:
                    # Livebook may have saved again, while this was undone.
                    continue
                link.motion.notice()  # A newer save may be on disk before its message is here.
                save.give_way(reading.text)
                note = ()
                if reading.text not in link.saves and not self._has_newer(link.path):
                    overwritten_save.tell_loss(link, save.text, reading)
            if link.lineage.has_dropped and await self._dropped.bring_back(link, saved, reading):
                continue
            if not await self._delivery.send(link, saved, reading, note):
                return
            if save is not None and link.lineage.has_merged(save.text):
                # The session has it by what was made of it.
                save = None
            # Livebook's form of an earlier save landed over this one, and was replaced by it, or
            # people went on in the browser.
            if link.was_put_back or link.is_reopened:
                note = (findings.put_back(),) if link.was_put_back else ()
            link.was_put_back = False
        link.tries_again = True
        link.enter(State.FAILED, session_findings.not_taken(link.url), *link.notes)

    async def _is_disturbed(self, link: NotebookLink, save: ProtectedSave | None) -> bool:
        """Whether a newer save waits, or another of ours, or somebody has written over this one."""
        if self._has_newer(link.path) or self._turns.is_wanted(link.path):
            return True
        return save is not None and await asyncio.to_thread(save.is_written_over)

    def _shared(self, link: NotebookLink, reading: NotebookText) -> None:
        """File and session are known to hold the same text."""
        self.kept.share(link.path, reading.text, link.session_path)
        link.common = self.kept.common(link.path)
        if not link.awaits_write_back:
            self.steps.end(link.path)
