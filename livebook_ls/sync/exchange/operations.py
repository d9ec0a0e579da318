"""Attach, open, sync and look at one notebook: every front acts through these and no other way.

Each operation holds the link's lock, sends nothing that the guard holds back, ends in a state with
its findings, and raises nothing but what cancels it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.settings import OpenOnDidOpen, Settings, TwoStepSync
from livebook_ls.sync.canonical.before_save import Form, canonical_form
from livebook_ls.sync.canonical.stamp_verification import finding_of, stamp_standing
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.complete_read import (
    StillChangingError,
    looks_cut_off,
    read_when_stable,
    same_text,
)
from livebook_ls.sync.exchange import overwritten_save, write_back
from livebook_ls.sync.exchange.outcome import Arrival
from livebook_ls.sync.exchange.two_steps import first_step
from livebook_ls.sync.exchange.write_back import Aftermath
from livebook_ls.sync.failures import fail, of_error
from livebook_ls.sync.guarding.guard import Verdict, judge
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.running_cells import keep_running
from livebook_ls.sync.guarding.sync_losses import foresee
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling import findings, stamps
from livebook_ls.sync.telling.findings import Finding

# A write-back may land over a save, and the next one over the save that was put back.
_MOST_PUT_BACKS = 3


class Operations:
    """The operations, over one Livebook."""

    def __init__(
        self,
        talk: Talk,
        settings: Callable[[], Settings],
        has_newer: Callable[[str], bool],
        live: LiveSessions,
    ) -> None:
        self._talk = talk
        self._live = live
        self._settings = settings
        self._has_newer = has_newer
        self._arrival = Arrival(talk, settings, has_newer)

    async def attach(self, link: NotebookLink) -> None:
        """Find the notebook's session, or open one where the settings allow it by themselves."""
        async with self._border(link):
            saved, reading = await self._read(link, None)
            if reading is not None:
                await self._attach(link, saved, reading)

    async def open(self, link: NotebookLink) -> None:
        """Open the notebook's session: asked for by the user, so also where that reformats."""
        async with self._border(link):
            saved, reading = await self._read(link, None)
            if (
                reading is not None
                and await self._may_send(link, reading)
                and await self._keeps_stamp(link, reading)
            ):
                await self._open(link, saved, reading)
                await self._talk.learn_login(link)
        # Whoever asked is told; another try without being asked would take the answer away.
        link.tries_again = False

    async def sync(self, link: NotebookLink, expected: str | None = None) -> None:
        """Make the session follow the file; open a session where the rules of `attach` do.

        `expected` is the text that an editor says it saved.
        """
        await write_back.let_pass(link)
        async with self._border(link):
            note: tuple[Finding, ...] = ()
            for _ in range(_MOST_PUT_BACKS):
                saved, reading = await self._read(link, expected)
                if reading is None:
                    return
                if expected is not None and not same_text(reading.text, expected):
                    if overwritten_save.undo(link, saved, expected):
                        note = (findings.put_back(),)
                        continue
                    # A newer save may be on disk before its message is here.
                    is_ours = reading.text in link.saves or self._has_newer(link.path)
                    gone = () if is_ours else NotebookText(expected).gone_in(reading)
                    note = (findings.overwritten(gone),) if gone else ()
                if not await self._send(link, saved, reading, note):
                    break
                # Livebook's form of an earlier save landed over this one, and was replaced by it.
                note = (findings.put_back(),)
            wants_steps = self._settings().two_step_sync is TwoStepSync.AUTO
            if wants_steps and link.state is State.HELD and reading is not None:
                await self._sync_in_steps(link, saved, reading)

    async def sync_in_two_steps(self, link: NotebookLink) -> None:
        """Make the session follow by way of a text that brings every cell, where one sync loses."""
        async with self._border(link):
            saved, reading = await self._read(link, None)
            if reading is not None:
                await self._sync_in_steps(link, saved, reading)

    async def look(self, link: NotebookLink) -> None:
        """Account for a change of the file that no save of ours explains."""
        async with self._border(link):
            found, reading = await self._read(link, None, is_editors=False)
            known = link.known
            text = known.text if known else None
            if reading is None or not link.has_session or known is None or text is None:
                return
            # What was accounted for last: others may have changed the file since the editor did.
            before = link.held or NotebookText(text)
            aftermath = await self._arrival.compare(link, before, reading)
            if self._has_newer(link.path):
                # The editor has saved meanwhile, and that save accounts for the file.
                return
            is_late = before.text == text and overwritten_save.may_come_late(
                link, write_back.patience_s(before)
            )
            if aftermath is Aftermath.OVERWRITTEN and is_late:
                # A late write-back of an earlier save.
                if notebook_file.put_back(link.path, found, known.data, None):
                    saved, _ = await self._read(link, text)
                    await self._send(link, saved, before, (findings.put_back(),))
            elif aftermath in (Aftermath.OVERWRITTEN, Aftermath.CHANGED):
                if looks_cut_off(reading.text, before.text):
                    link.enter(State.HELD, findings.cut_off())
                elif self._settings().sync_on_external_change:
                    link.known = found if link.follows_disk else known
                    await self._send(link, found, reading, ())
            else:
                await self._arrival.keep_file(link, found)
                link.held, link.awaits_write_back = reading, False
                await self._arrival.tell(link, before, reading, None)

    async def canonical(self, link: NotebookLink, text: str, timeout_s: float = 30.0) -> Form:
        """`text` in Livebook's form, or why there is none; the file is not touched."""
        try:
            return await canonical_form(self._talk, link, text, timeout_s)
        except LivebookError as error:
            return Form(None, of_error(error))

    def adopt(self, link: NotebookLink, rewritten: notebook_file.Snapshot) -> None:
        """The editor has taken over the file as Livebook rewrote it, into its buffer."""
        if link.known is not None and self._settings().keep_file:
            notebook_file.put_time_back(link.path, rewritten, link.known.version.mtime_ns)
        now = notebook_file.version(link.path)
        if now is not None and now.size == rewritten.version.size:
            link.known = notebook_file.Snapshot(rewritten.data, now)
            link.version = now

    async def _attach(
        self, link: NotebookLink, saved: notebook_file.Snapshot, reading: NotebookText
    ) -> None:
        if not await self._may_send(link, reading):
            return
        mode = self._settings().open_on_did_open
        is_harmless = mode is OpenOnDidOpen.SAFE and (
            await self._talk.opens_harmlessly(link, reading)
        )
        if is_harmless or mode is OpenOnDidOpen.ALWAYS:
            if await self._keeps_stamp(link, reading):
                await self._open(link, saved, reading)
        elif await self._talk.ask_session(link):
            await self._talk.learn_session(link)
            await self._arrival.settle(link, saved, reading)
        else:
            link.enter(State.DETACHED, findings.not_open(reformats=not is_harmless), *link.notes)

    async def _open(
        self, link: NotebookLink, saved: notebook_file.Snapshot, reading: NotebookText
    ) -> None:
        link.begin(State.OPENING)
        if await self._talk.ask_elsewhere(link):
            # A second session on one file, by another path or Livebook, would fight over it.
            await self._talk.learn_session(link)
            await self._arrival.settle(link, saved, reading)
            return
        await self._talk.learn_session(link)
        link.note_opened(reading)
        # The session may have been there before, and hold something else.
        await self._arrival.tell(link, reading, reading, await self._talk.session_text(link))

    async def _send(
        self,
        link: NotebookLink,
        saved: notebook_file.Snapshot,
        reading: NotebookText,
        note: tuple[Finding, ...],
    ) -> bool:
        """Guard, call, settle; whether the save must be sent again, since it was put back."""
        may_send, session = await asyncio.gather(
            self._may_send(link, reading, note), self._talk.session_text(link)
        )
        link.browser = await self._talk.think(lambda: _edited(link.held, session))
        if link.browser is not None:
            # What the session really holds decides what a sync makes of it.
            link.held = session
            may_send = await self._may_send(link, reading, note)
        if not may_send:
            return False
        link.begin(State.SYNCING)
        link.note_sent(reading.text)
        if await self._talk.ask_session(link):
            if not link.has_session:
                await self._talk.learn_session(link)
            # Else it is not asked again: if this text ended the session, that would make another.
            return await self._arrival.settle(link, saved, reading)
        if link.was_attached and not link.follows_disk:
            # Livebook was restarted, or the session closed in the browser.
            if link.has_given_up_stamp or await self._keeps_stamp(link, reading):
                await self._open(link, saved, reading)
        else:
            await self._attach(link, saved, reading)
        return False

    async def _sync_in_steps(
        self, link: NotebookLink, saved: notebook_file.Snapshot, reading: NotebookText
    ) -> None:
        """Put the text between into the file, sync, and put the final text back come what may."""
        held = link.held
        foresight = await self._talk.think(lambda: foresee(held, reading))
        halfway = foresight.halfway if foresight else None
        if halfway is not None:
            link.held = None
            if not await self._may_send(link, reading):
                return
            link.enter(State.SYNCING)
            await first_step(self._talk, link, saved, halfway)
            saved, _ = await self._read(link, reading.text)
        await self._send(link, saved, reading, ())

    async def _may_send(
        self, link: NotebookLink, reading: NotebookText, note: tuple[Finding, ...] = ()
    ) -> bool:
        """Whether the guard lets the text pass; what it says stays on the link either way."""
        guard, consent, held = self._settings().guard, link.consent, link.held

        def decide() -> Verdict:
            return judge(reading, foresee(held, reading), guard, consent)

        verdict = await self._talk.think(decide)
        live = self._live.of(link)
        if live is not None and not consent.covers(reading.text):
            verdict = keep_running(verdict, live.notebook, reading.notebook)
        link.notes, link.source = (*verdict.findings, *note), reading.document.source
        if verdict.is_held:
            link.enter(State.HELD, *link.notes)
            return False
        if link.has_given_up_stamp:
            return True
        stamp = finding_of(await stamp_standing(self._talk, link, reading))
        link.notes = (stamp, *link.notes) if stamp else link.notes
        return True

    async def _keeps_stamp(self, link: NotebookLink, reading: NotebookText) -> bool:
        """Whether the file's stamp outlives an open, or its loss was agreed to."""
        if await self._talk.is_stamp_valid(link, reading):
            return True
        if link.consent.covers(reading.text):
            link.has_given_up_stamp = True
            link.saves.append(reading.text)
            return True
        link.enter(State.HELD, stamps.open_drops_stamp(), *link.notes)
        return False

    async def _read(
        self, link: NotebookLink, expected: str | None, *, is_editors: bool = True
    ) -> tuple[notebook_file.Snapshot, NotebookText | None]:
        """The file as it will be sent; without a reading it was told that it can't be."""
        last = len(link.known.data) if link.known else None
        saved = await read_when_stable(link.path, expected=expected, last_size=last)
        link.version = saved.version
        if is_editors:
            link.known = saved
        text = saved.text
        if text is None:
            link.enter(State.HELD, findings.not_utf8())
            return saved, None
        return saved, NotebookText(text, await self._talk.parser_for(link, text))

    @asynccontextmanager
    async def _border(self, link: NotebookLink) -> AsyncIterator[None]:
        """One operation at a time, and every expected failure told as a finding."""
        async with link.lock:
            try:
                yield
            except (LivebookError, StillChangingError, OSError) as error:
                fail(link, error)


def _edited(held: NotebookText | None, session: NotebookText | None) -> NotebookText | None:
    """What the session holds, if that is known and says something else than we know of it."""
    if held is None or session is None or session.says_same(held):
        return None
    return session
