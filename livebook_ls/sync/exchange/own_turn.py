"""A notebook to oneself, among all of ours on this machine: its file read and written then."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from livebook_ls.notebook.hazards.nothing_written import only_nuls
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.complete_read import (
    StillChangingError,
    SupersededError,
    read_when_stable,
    same_text,
)
from livebook_ls.sync.exchange.overwritten_save import ProtectedSave, review_loss
from livebook_ls.sync.exchange.session_memory import SessionMemory
from livebook_ls.sync.exchange.two_steps import TwoSteps
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.turns import Turns
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.swapped_names import SwappedNames, forget_swap, leads_elsewhere
from livebook_ls.sync.telling import findings
from livebook_ls.sync.telling.findings import Finding

# So many characters are read from a file that was just written in less than a thread takes.
_SHORT = 20_000
Read = Callable[[str], notebook_file.Snapshot]


class NotWrittenError(Exception):
    """A file can't be written, as on a full disk; the text is the system's reason."""


class OwnTurn:
    """Takes turns; `has_newer` says whether a newer save of a notebook waits."""

    def __init__(
        self,
        talk: Talk,
        has_newer: Callable[[str], bool],
        turns: Turns,
        memory: SessionMemory,
        steps: TwoSteps,
        kept: KeptTexts,
        live: LiveSessions,
    ) -> None:
        self._talk = talk
        self._has_newer = has_newer
        self._turns = turns
        self._memory = memory
        self._steps = steps
        self._kept = kept
        self._swapped = SwappedNames(talk, live)

    @asynccontextmanager
    async def taken(
        self, link: NotebookLink, save: ProtectedSave | None = None, *, can_wait: bool = False
    ) -> AsyncIterator[ProtectedSave | None]:
        """One at a time, with whatever a dead process had begun ended before; one that `can_wait`
        lets a newer save go first, and raises SupersededError. Without a `save` the file counts as
        it is when that is asked; so it does where the name leads to another file than that has, so
        that the turn is given none.
        """
        found = _FoundText(link, self._kept)

        async def meanwhile() -> None:
            if can_wait and self._has_newer(link.path):
                raise SupersededError
            if save is not None:
                await asyncio.to_thread(save.look)
            else:
                await self._keep(found)

        if save is None and link.lock.locked():
            await self._keep(found)
        async with link.lock, _released(link), self._turns.taken(link.path, meanwhile=meanwhile):
            if self._swapped.is_given_up(link, self._turns.real_file(link.path)):
                found, save = _FoundText(link, self._kept), await _own(link, save)
            elif save is not None:
                forget_swap(link)
            is_left = self._turns.is_left(link.path)
            if is_left and save is None:
                await self._keep(found)
            await self._turns.wait_out(link.path)
            await self._memory.recall(link)
            if is_left and link.has_session:
                # Nobody of ours knows what came of that.
                self._talk.looks.forget(link)
                session = await self._talk.session_text(link, is_needed=True)
                link.seen, link.held = session, session or link.held
            await self._steps.resume(link, None if save is None else save.text)
            found.review()
            try:
                yield save
            finally:
                self._memory.note(link)

    async def _keep(self, found: _FoundText) -> None:
        """Keep what is found in the file, but for what two steps have put there."""
        if not found.is_kept and not self._steps.is_open(found.path):
            await asyncio.to_thread(found.keep)

    async def read(
        self, link: NotebookLink, save: ProtectedSave | None, *, is_editors: bool = True
    ) -> tuple[notebook_file.Snapshot, NotebookText | None]:
        """The file as it will be sent; without a reading it was told that it can't be."""
        saved = await read_when_stable(
            link.path,
            expected=None if save is None else save.text,
            last_size=len(link.known.data) if link.known else None,
            rest_s=link.motion.rest_s,
            is_superseded=partial(self._has_newer, link.path),
            read=_off_the_loop(notebook_file.read) if save is None else _at_hand(save),
        )
        if leads_elsewhere(link):
            # What was known when the turn began is of another file: the next one begins anew.
            raise StillChangingError
        link.version = saved.version
        text = saved.text
        hazard = only_nuls(text or "")
        if hazard is not None:
            # What the editor is known to have is still the last that anybody has written.
            _hold_no_text(link, findings.of_no_text(hazard))
            return saved, None
        is_told = is_editors and not link.lineage.is_made(text or "")
        if is_told and not _is_only_touched(link, saved, save):
            link.known = saved if save is not None else link.as_loaded(saved)
        if text is None:
            _hold_no_text(link, findings.not_utf8())
            return saved, None
        reading = link.buffer.reading_of(text, await self._talk.parser_for(link, text))
        self._memory.look_for_left(link, reading)
        review_loss(link, reading)
        return saved, reading


class _FoundText:
    """What the file has while its turn is waited for: Livebook may write over it until then."""

    def __init__(self, link: NotebookLink, kept: KeptTexts) -> None:
        self.path = link.path
        self.is_kept = False
        self._link = link
        self._kept = kept
        self._text: str | None = None

    def keep(self) -> None:
        """Keep it, where somebody has written it: what any of ours has, or Livebook by its doing,
        can be had back, and must not be taken for newer than a save that it lies over.
        """
        self.is_kept = True
        with contextlib.suppress(OSError):
            text = notebook_file.read(self.path).text
            if text and not self._is_known(text):
                self._text = text
                self._kept.keep(self.path, text, VersionOrigin.FOUND)

    def _is_known(self, text: str) -> bool:
        common, held = self._kept.common(self.path), self._link.held
        known = [
            *self._link.sent,
            *([common.text] if common else ()),
            *([held.text] if held else ()),
        ]
        reading = NotebookText(text)
        return self._kept.was_written(self.path, text) or any(
            reading.is_form_of(NotebookText(it)) for it in known
        )

    def review(self) -> None:
        """Have what was lost of it told, unless somebody of ours has written what is there now."""
        if not self._text:
            return
        with contextlib.suppress(OSError):
            now = notebook_file.read(self.path).text
            is_written_over = now is not None and now != self._text
            if is_written_over and not self._kept.was_just_written(self.path, now or ""):
                self._link.lost_save = NotebookText(self._text)


def replace(link: NotebookLink, saved: notebook_file.Snapshot, data: bytes) -> bool:
    """`notebook_file.replace`; what it raises is the caller's, and no failure of the link's."""
    try:
        return notebook_file.replace(link.path, saved, data)
    except OSError as error:
        raise NotWrittenError((error.strerror or type(error).__name__).lower()) from None


async def _own(link: NotebookLink, save: ProtectedSave | None) -> ProtectedSave | None:
    """The save where the file that the name leads to by now has it; else it was another's."""
    if save is None:
        return None
    found = await asyncio.to_thread(notebook_file.read, link.path)
    if found.text is None or not same_text(found.text, save.text):
        return None
    link.was_saved(save.text)
    return save


@asynccontextmanager
async def _released(link: NotebookLink) -> AsyncIterator[None]:
    """Let go of the file at the end, where it was pinned."""
    try:
        yield
    finally:
        link.pinned.release()


def _hold_no_text(link: NotebookLink, finding: Finding) -> None:
    """What is held is no text, to which nothing could be put back."""
    link.source = None
    link.enter(State.HELD, finding)


def _off_the_loop(read: Read) -> Callable[[str], Awaitable[notebook_file.Snapshot]]:
    return lambda path: asyncio.to_thread(read, path)


def _at_hand(save: ProtectedSave) -> Callable[[str], Awaitable[notebook_file.Snapshot]]:
    """A short text that was just saved is read at once: a thread takes ten times as long, and what
    is asked of the file around it would hang in the same way.
    """
    if len(save.text) > _SHORT:
        return _off_the_loop(save.read)

    async def read(path: str) -> notebook_file.Snapshot:
        return save.read(path)

    return read


def _is_only_touched(
    link: NotebookLink, found: notebook_file.Snapshot, save: ProtectedSave | None
) -> bool:
    """Whether its editor knows these bytes, and has said nothing of another time."""
    known = link.known
    return save is None and not link.follows_disk and known is not None and known.data == found.data
