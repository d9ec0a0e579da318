"""A sync by way of a text between, where a single one would lose a section or a cell.

Livebook reads files only, so the text between stands in the file for as long as it takes. What was
meant is written down before the file is touched, and the file gets it back whatever happens: from
us, or from whoever comes next after a death at any point.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace

from livebook_ls import clock
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.complete_read import same_text
from livebook_ls.sync.exchange import write_back
from livebook_ls.sync.exchange.interrupted_steps import is_unedited, mend
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import CommonText, KeptTexts
from livebook_ls.sync.keeping.step_journal import StepEntry, StepJournal, StepsNotMendedError
from livebook_ls.sync.keeping.turns import Turns, TurnTakenError
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk

logger = logging.getLogger(__name__)

# How long the session is waited for until it is known to hold the text between, at the least.
_SEEN_WITHIN_S = 5.0
_LOOK_AGAIN_S = 0.3
# A write-back comes within this, and its patience, where Livebook doesn't show that it is still to
# come; else it is waited for that much longer.
_LATE_S = 1.0
_LATEST_S = 5.0
_MOST_TRIES = 3


class TwoSteps:
    """The first step, and the end of those that were interrupted."""

    def __init__(self, talk: Talk, journal: StepJournal, kept: KeptTexts, turns: Turns) -> None:
        self._talk = talk
        self.journal = journal
        self._kept = kept
        self._turns = turns
        self._under_way: set[asyncio.Task[bool]] = set()

    async def undisturbed(self, steps: Coroutine[None, None, bool]) -> bool:
        """What `steps` come to; not even the end of whoever asked interrupts them: what is
        cancelled has ended first.
        """
        task = asyncio.create_task(steps)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            task.add_done_callback(lambda it: it.cancelled() or it.exception())
            raise

    async def finish(self) -> None:
        """Wait until nothing of that is under way."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def bring(
        self, link: NotebookLink, saved: notebook_file.Snapshot, halfway: str, before: NotebookText
    ) -> bool:
        """Have the session read `halfway` from the file that has `saved`; whether it is known to.

        `before` is what it holds. Whether or not, the file is as it was at the end. Only a session
        that is known to hold the text between may read the final one. Raises Livebook's errors, and
        OSError.
        """
        entry = StepEntry(
            path=link.path,
            final=saved.data.decode("utf-8"),
            mtime_ns=saved.version.mtime_ns,
            halfway=halfway,
            before=before.body,
            session_path=link.session_path,
            begun_s=clock.unix_s(),
        )
        return await self._bring(link, saved, entry)

    async def resume(self, link: NotebookLink, expected: str | None = None) -> None:
        """End what a process that died, or that never saw its first step arrive, had begun.

        `expected` is what an editor says it saved since. The file is whole after this, and
        `link.held` says what the session holds where that could be found out. Raises Livebook's
        errors, and OSError.
        """
        entry = self.journal.find(link.path)
        if entry is None:
            return
        # Livebook's form of these may still come, over whatever is there by then.
        link.sent.extend((entry.before, entry.halfway))
        newest = await self._wait_out(link, entry, expected)
        session = await self._session_text(link, entry)
        if newest != entry.final:
            # Newer work: the text that was meant can be had back, but it is not put over this.
            self._kept.keep(entry.path, entry.final, VersionOrigin.SAVED)
            self.journal.end(entry.path)
            if session is not None and is_unedited(session, entry, newest):
                # So it may follow the newer work.
                link.held, link.session_path = session, entry.session_path
                link.lineage.recall(session)
                link.common = CommonText(session.text, entry.session_path)
        elif session is not None:
            own = entry.halfway if entry.is_halfway_held else entry.before
            is_own = is_unedited(session, entry, entry.final)
            link.held, link.seen = session, None if is_own else session
            link.lineage.recall(session if is_own else NotebookText(own))
            is_final = session.says_same(NotebookText(entry.final))
            if is_final and await self._has_saved(link, entry) is not False:
                self.journal.end(entry.path)
        elif entry.is_halfway_held:
            link.held = NotebookText(entry.halfway)
            link.lineage.recall(link.held)
        elif entry.is_by_page or entry.tries >= _MOST_TRIES:
            self.journal.end(entry.path)
        else:
            again = replace(entry, tries=entry.tries + 1, begun_s=clock.unix_s())
            await self._bring(link, notebook_file.read(link.path), again)

    async def mend_files(self) -> None:
        """Give every file that a dead process left halfway its text again; asks no Livebook."""
        for path in [it.path for it in self.journal.all()]:
            try:
                async with self._turns.taken(path, within_s=0.0):
                    if entry := self.journal.find(path):
                        await self._mend(entry)
            except StepsNotMendedError as error:
                # Whoever opens it is told, and has it mended once that can be done.
                logger.warning("A text between two steps can't be put back: %s", error.strerror)
            except (OSError, TurnTakenError):
                # The file is gone, or one of ours is at it right now.
                continue

    async def mend_file(self, path: str) -> None:
        """Give the file its text again where its session has saved the one between over it. Raises
        OSError.
        """
        if entry := self.journal.find(path):
            await self._mend(entry)

    async def follow(self, old: str, new: str) -> None:
        """The notebook was moved: a text between that went with it gives way to the one meant."""
        entry = self.journal.find(old)
        if entry is None:
            return
        self._kept.keep(new, entry.final, VersionOrigin.SAVED)
        try:
            async with self._turns.taken(new):
                await self._mend(replace(entry, path=new))
        except (OSError, TurnTakenError) as error:
            logger.warning("A text between two steps can't be put back: %s", type(error).__name__)
        else:
            self.journal.end(old)

    def is_open(self, path: str) -> bool:
        """Whether something was begun with the notebook at `path` and has not ended."""
        return self.journal.find(path) is not None

    def was_begun_for(self, path: str, text: str) -> bool:
        """Whether two steps to bring exactly this text were begun and have not ended."""
        entry = self.journal.find(path)
        return entry is not None and entry.final == text and not entry.is_by_page

    def end(self, path: str) -> None:
        """File and session are known to be one."""
        self.journal.end(path)

    async def _bring(
        self, link: NotebookLink, saved: notebook_file.Snapshot, entry: StepEntry
    ) -> bool:
        between = NotebookText(entry.halfway)
        self._kept.keep(link.path, entry.final, VersionOrigin.SAVED)
        self.journal.begin(entry)
        data = entry.halfway.encode("utf-8")
        # With the time that editors know: none shall ask, and any write of Livebook's shows.
        if not notebook_file.put_back(link.path, saved, data, entry.mtime_ns):
            self.journal.end(entry.path)
            return False
        step, is_held, is_over = notebook_file.read(link.path), False, False
        link.note_sent(entry.halfway)
        try:
            if await self._talk.ask_session(link):
                if link.url is None:
                    await self._talk.learn_session(link)
                is_held = await self._is_seen(link, step, between)
            else:
                is_over = True
        except asyncio.CancelledError:
            # This process ends: what Livebook still writes must not land over the text after it.
            write_back.hold_up(link.path, step, between, _LATE_S)
            with contextlib.suppress(OSError):
                await self._mend(entry)
            raise
        except Exception:
            await self._mend(entry)
            raise
        try:
            await self._mend(entry)
        finally:
            if is_held:
                self.journal.note_halfway(entry)
        if is_over:
            self.journal.end(entry.path)
        if is_held:
            link.held = between
            link.lineage.rebase(between)
        return is_held

    async def _is_seen(
        self, link: NotebookLink, step: notebook_file.Snapshot, between: NotebookText
    ) -> bool:
        """Whether the session shows that it holds the text between: by its write-back, which may
        come late on a busy machine, or by its export.

        What only the export shows Livebook has yet to write, over whatever the file has by then.
        """
        patience = write_back.patience_s(between)
        began_s = clock.monotonic_s()
        deadline_s = began_s + max(_SEEN_WITHIN_S, 3 * patience)
        is_held = False
        while clock.monotonic_s() < deadline_s:
            if between.autosaves:
                written = await write_back.write_back(link.path, step, between, patience)
                found = written.found
                text = found.text
                is_written = found.version != step.version and text is not None
                if is_written and NotebookText(text or "").is_form_of(between):
                    return True
            session = await self._talk.session_text(link)
            if session is None and not between.autosaves:
                return False
            is_held = session is not None and session.says_same(between)
            if is_held and not await self._is_awaited(link, between, began_s):
                return True
            patience = _LOOK_AGAIN_S
            await clock.sleep(write_back.QUIET_S)
        return is_held

    async def _is_awaited(self, link: NotebookLink, sent: NotebookText, since_s: float) -> bool:
        """Whether Livebook is still to write what was `sent`; a guess where it doesn't show it."""
        if not sent.autosaves:
            return False
        has_saved = await self._talk.has_saved(link)
        if has_saved is not None:
            return not has_saved
        return clock.monotonic_s() - since_s < _LATE_S + write_back.patience_s(sent)

    async def _wait_out(self, link: NotebookLink, entry: StepEntry, expected: str | None) -> str:
        """Let a write-back of Livebook's pass that may be under way, as after a step by the file;
        the text that the file has.

        Whatever it lands over is put back: the text that was meant, or somebody's newer work.
        """
        late_s = _LATE_S + 2 * write_back.patience_s(NotebookText(entry.halfway))
        left_s = 0.0 if entry.is_by_page else entry.begun_s + late_s - clock.unix_s()
        until_s = clock.monotonic_s() + min(max(left_s, 0.0), late_s)
        if expected is not None and not same_text(entry.final, expected):
            entry = replace(entry, final=expected)
        while True:
            newest = await self._newest(entry)
            if newest is None:
                return ""
            entry, now_s = newest, clock.monotonic_s()
            if now_s >= until_s:
                is_awaited = not entry.is_by_page and await self._has_saved(link, entry) is False
                if not is_awaited or now_s >= until_s + _LATEST_S:
                    # It may have written just as it was asked.
                    newest = await self._newest(entry)
                    return newest.final if newest else ""
            await clock.sleep(_LOOK_AGAIN_S / 10)

    async def _newest(self, entry: StepEntry) -> StepEntry | None:
        """The same with what somebody has saved since, if anything, and the file mended; None where
        that is no text.
        """
        newer = await self._mend(entry)
        if newer is None:
            return entry
        if newer.text is None:
            return None
        return replace(entry, final=newer.text, mtime_ns=newer.version.mtime_ns)

    async def _mend(self, entry: StepEntry) -> notebook_file.Snapshot | None:
        """The same as `mend`; where that fails the text that was meant can be had back."""
        try:
            return await mend(entry)
        except StepsNotMendedError:
            self._kept.keep(entry.path, entry.final, VersionOrigin.SAVED)
            raise

    async def _has_saved(self, link: NotebookLink, entry: StepEntry) -> bool | None:
        """Whether the session of then has written all that it holds, where that is shown."""
        with self._session_of(link, entry):
            return await self._talk.has_saved(link)

    async def _session_text(self, link: NotebookLink, entry: StepEntry) -> NotebookText | None:
        """What the session of then holds, where that is shown."""
        with self._session_of(link, entry):
            return await self._talk.session_text(link)

    @contextmanager
    def _session_of(self, link: NotebookLink, entry: StepEntry) -> Iterator[None]:
        """Look at the session of then, where the link knows of none."""
        known = link.session_path
        link.session_path = known or entry.session_path
        try:
            yield
        finally:
            link.session_path = known
