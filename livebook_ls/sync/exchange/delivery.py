"""A text brought into its session: judged, sent, and settled, by two steps where one would lose.

What may be sent is decided here and nowhere else; each way ends with the link in a state. Errors
are Livebook's, and OSError.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from livebook_ls import clock
from livebook_ls.livebook.errors import NotRunning, Refused
from livebook_ls.settings import OpenOnDidOpen, Settings, TwoStepSync
from livebook_ls.sync.canonical.stamp_verification import finding_of, stamp_standing
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.notebook_file import Snapshot
from livebook_ls.sync.exchange.outcome import Arrival
from livebook_ls.sync.exchange.session_memory import look_over, replaced_by
from livebook_ls.sync.exchange.session_merge import SessionMerge, hold
from livebook_ls.sync.exchange.two_steps import TwoSteps
from livebook_ls.sync.exchange.ways_round import WaysRound, by_itself
from livebook_ls.sync.guarding.guard import Verdict, judge
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.in_session.long_updates import LongUpdates
from livebook_ls.sync.in_session.run_guard import RunGuard
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.turns import Turns
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.merging.held_merge import HeldMerge
from livebook_ls.sync.telling import findings, session_findings, stamps
from livebook_ls.sync.telling.findings import Finding

# A request has gone out by then, also on a busy machine.
_TOLD_AFTER_S = 0.003


class Delivery:
    """Brings texts into sessions, over one Livebook."""

    def __init__(
        self,
        talk: Talk,
        settings: Callable[[], Settings],
        arrival: Arrival,
        steps: TwoSteps,
        kept: KeptTexts,
        turns: Turns,
        live: LiveSessions,
        merging: SessionMerge,
    ) -> None:
        self._talk = talk
        self._settings = settings
        self._arrival = arrival
        self._steps = steps
        self._kept = kept
        self._turns = turns
        self._runs, self._long = RunGuard(talk, live), LongUpdates(talk, live, steps.journal)
        self._merging = merging
        self._ways = WaysRound(talk, arrival, self.may_send, self.may_open)

    async def attach(self, link: NotebookLink, saved: Snapshot, reading: NotebookText) -> bool:
        """Find the session, or open one where the settings allow it; whether to send again."""
        if not await self.may_send(link, reading):
            return False
        mode = self._settings().open_on_did_open
        is_harmless = mode is OpenOnDidOpen.SAFE and (
            await self._talk.opens_harmlessly(link, reading)
        )
        if is_harmless or mode is OpenOnDidOpen.ALWAYS:
            keeps_stamp = await self._keeps_stamp(link, reading)
            return keeps_stamp and await self.open(link, saved, reading)
        _, met = await self._merging.meet(link, reading)
        if met is not None:
            # Looking at a notebook replaces nothing.
            link.keeps_form = True
            return await self._arrival.settle_open(link, saved, reading)
        if await self._talk.ask_session(link):
            await self._talk.learn_session(link)
            link.keeps_form = True
            return await self._arrival.settle(link, saved, reading)
        link.enter(State.DETACHED, findings.not_open(reformats=not is_harmless), *link.notes)
        return False

    async def open(self, link: NotebookLink, saved: Snapshot, reading: NotebookText) -> bool:
        """Open the session, or find it; whether to send again."""
        link.begin(State.OPENING)
        if await self._talk.ask_elsewhere(link):
            # A second session on one file, by another path or Livebook, would fight over it.
            await self._talk.learn_session(link)
            link.keeps_form = True
            return await self._arrival.settle(link, saved, reading)
        await self._talk.learn_session(link)
        link.note_opened(reading)
        self._keep(link, reading)
        return await self._arrival.settle_open(link, saved, reading)

    async def send(
        self,
        link: NotebookLink,
        saved: Snapshot,
        reading: NotebookText,
        note: tuple[Finding, ...] = (),
    ) -> bool:
        """Guard, call, settle; whether it must be sent again, from the file as it is then."""
        if self._talk.looks.at_rest(link) is None:
            may_send, (session, met) = await asyncio.gather(
                self.may_send(link, reading, note), self._merging.look(link, reading)
            )
        else:
            # Nothing is to be waited for, and tasks take longer than that.
            may_send = await self.may_send(link, reading, note)
            session, met = await self._merging.look(link, reading)
        theirs = await self._merging.edits(link, reading, session)
        if theirs is not None:
            return await self._send_merged(link, saved, reading, theirs, note)
        link.merge, link.browser = None, met or replaced_by(link, reading.text)
        is_merged = self._merging.is_wanted(link, reading)
        if await look_over(self._talk, link, reading, session, is_merged=is_merged):
            may_send = await self.may_send(link, reading, note)
        if not self._merging.may_replace(link, reading):
            return False
        return await self._send_judged(link, saved, reading, may_send=may_send)

    async def send_in_steps(
        self,
        link: NotebookLink,
        saved: Snapshot,
        reading: NotebookText,
        session: NotebookText | None,
    ) -> bool:
        """The same by way of a text between, where there is one and it is needed, and not merged
        with what the `session` was just seen to hold.
        """
        link.browser = replaced_by(link, reading.text)
        is_merged = self._merging.is_wanted(link, reading)
        await look_over(self._talk, link, reading, session, is_merged=is_merged)
        if not self._merging.may_replace(link, reading):
            return False
        return await self._steps.undisturbed(self._by_steps(link, saved, reading))

    async def may_send(
        self, link: NotebookLink, reading: NotebookText, note: tuple[Finding, ...] = ()
    ) -> bool:
        """Whether the guard lets the text pass; what it says stays on the link either way."""
        verdict = await self._runs.judged(link, reading, await self._judge(link, reading))
        came_in = (it for it in link.came_in if it not in note)
        link.notes = (*verdict.findings, *note, *came_in)
        link.source = reading.document.source
        if verdict.is_held:
            # Only the file has it, which the session may yet write.
            self._kept.keep(link.path, reading.text, VersionOrigin.FOUND)
            link.enter(State.HELD, *link.notes)
            return False
        if link.has_given_up_stamp:
            return True
        stamp = finding_of(await stamp_standing(self._talk, link, reading))
        link.notes = (stamp, *link.notes) if stamp else link.notes
        return True

    async def may_open(self, link: NotebookLink, reading: NotebookText) -> bool:
        """Whether the guard lets the text pass, and its stamp outlives an open or is given up."""
        return await self.may_send(link, reading) and await self._keeps_stamp(link, reading)

    async def review(self, link: NotebookLink, reading: NotebookText) -> None:
        """Say of a text that the session holds already what is to be said, and nothing else."""
        verdict = await self._judge(link, reading)
        link.notes = (*(() if verdict.is_held else verdict.findings), *link.came_in)
        link.source = reading.document.source

    async def _send_merged(
        self,
        link: NotebookLink,
        saved: Snapshot,
        reading: NotebookText,
        theirs: NotebookText,
        note: tuple[Finding, ...],
    ) -> bool:
        """The same with what people edited in the browser, once that is one with what was saved."""
        self._kept.keep(link.path, theirs.text, VersionOrigin.BROWSER)
        link.held = None
        is_sound = await self.may_send(link, reading, note)
        # What the session really holds decides what a sync makes of it.
        link.held, link.browser = theirs, None
        if not is_sound:
            return False
        merge = await self._merging.merge(link, reading, theirs)
        if not merge.is_settled:
            self._keep(link, reading)
            hold(link, merge)
            return False
        return await self.send_settled(link, saved, reading, merge, note)

    async def send_settled(
        self,
        link: NotebookLink,
        saved: Snapshot,
        reading: NotebookText,
        merge: HeldMerge,
        note: tuple[Finding, ...] = (),
    ) -> bool:
        """Put a merge of `reading` in which nothing is left to decide into the file, and send it;
        whether it must be sent again.
        """
        self._keep(link, reading)
        written = await self._merging.write(link, saved, merge)
        if written is None:
            return link.state is not State.HELD
        note = (*written.note, *note)
        may_send = await self.may_send(link, written.reading, note)
        # Told with whatever state comes of it, also where another round or operation tells that.
        link.came_in = written.note
        return await self._send_judged(link, written.saved, written.reading, may_send=may_send)

    async def _send_judged(
        self, link: NotebookLink, saved: Snapshot, reading: NotebookText, *, may_send: bool
    ) -> bool:
        if not may_send:
            if await self._ways.is_reopened(link, saved, reading):
                return link.state is State.DIFFERS  # Another of ours may have opened it.
            if wants_steps := await self._ways.is_given_section(link, reading):
                link.enter(State.SYNCING)
            wants_steps = wants_steps or self._settings().two_step_sync is TwoStepSync.AUTO
            # What was begun for this very text is finished, whoever comes and whatever they set.
            wants_steps = wants_steps or self._steps.was_begun_for(link.path, reading.text)
            steps = partial(self._by_steps, link, saved, reading)
            return wants_steps and await self._steps.undisturbed(steps())
        return await self._call(link, saved, reading)

    async def _judge(self, link: NotebookLink, reading: NotebookText) -> Verdict:
        guard, consent, held, url = self._settings().guard, link.consent, link.held, link.url
        foresee = link.buffer.foresee
        return await self._talk.think(
            lambda: judge(reading, foresee(held, reading), guard, consent, url), reading
        )

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

    async def _call(self, link: NotebookLink, saved: Snapshot, reading: NotebookText) -> bool:
        self._keep(link, reading)
        if not await self._long.are_brought(link, saved, reading):
            return False
        if not link.pinned.pin(link.path, saved):
            # Livebook reads what is there by then, and nobody has judged that.
            await self._steps.mend_file(link.path)
            link.motion.notice()
            return True
        link.note_sent(reading.text)
        link.swallowed.look(link.held, reading)
        self._turns.note_call(link.path)
        # To tell the editor takes as long as the request, which goes first.
        told = clock.later(_TOLD_AFTER_S, partial(link.begin, State.SYNCING))
        try:
            is_there = await self._talk.ask_session(link)
        except (NotRunning, Refused):
            # Nobody was told to read it, so that nobody must be waited for.
            self._turns.note_settled(link.path)
            raise
        finally:
            told.cancel()
        link.begin(State.SYNCING)
        if is_there:
            # Whatever comes now, the session goes on from this.
            link.lineage.synced(reading.text, reading.text, reading, link.editors_text)
            if link.url is None:
                await self._talk.learn_session(link)
            # Else it is not asked again: if this text ended the session, that would make another.
            again = await self._arrival.settle(link, saved, reading)
            self._turns.note_settled(link.path)
            self._long.note_synced(link)
            return again
        self._turns.note_settled(link.path)
        self._steps.end(link.path)
        if link.was_attached and not link.follows_disk:
            # Livebook was restarted, or the session closed in the browser.
            keeps_stamp = link.has_given_up_stamp or await self._keeps_stamp(link, reading)
            return keeps_stamp and await self.open(link, saved, reading)
        return await self.attach(link, saved, reading)

    async def _by_steps(self, link: NotebookLink, saved: Snapshot, reading: NotebookText) -> bool:
        held = link.held
        foresight = await self._talk.think(lambda: link.buffer.foresee(held, reading))
        halfway = foresight.halfway if foresight else None
        if held is None or halfway is None:
            return link.state is not State.HELD and await self.send(link, saved, reading)
        with by_itself(link):
            if not await self.may_send(link, reading):
                return False
        between = NotebookText(halfway)
        if ended := await self._runs.ended_by_steps(link, held, between, reading):
            link.enter(State.HELD, ended, *link.notes)
            return False
        if not await self._long.are_brought(link, saved, between):
            return False
        link.enter(State.SYNCING)
        held, link.held, link.seen = link.held or held, None, None
        if not await self._steps.bring(link, saved, halfway, held):
            link.tries_again = True
            link.enter(State.FAILED, session_findings.steps_not_seen(link.url), *link.notes)
            return False
        now = notebook_file.read(link.path)
        # Somebody may have saved meanwhile: then that is what is read and judged next.
        return now.data != saved.data or await self._call(link, now, reading)

    def _keep(self, link: NotebookLink, reading: NotebookText) -> None:
        origin = VersionOrigin.FOUND if link.follows_disk else VersionOrigin.SAVED
        self._kept.keep(link.path, reading.text, origin)
