"""What others save into the copy while it runs, kept as soon as it is there.

The copy's session saves over it by itself, every few seconds and where somebody types in the
browser, and nothing could bring it back then.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Collection, Iterator
from types import TracebackType

from livebook_ls.cli.earlier_texts import EarlierTexts
from livebook_ls.cli.terminal import complain
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.notebook_file import Snapshot, Version
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.session_edits import has_all_of, is_passed

# The session may save over it at any time.
_LOOK_EVERY_S = 0.02

_KEPT = (
    "Others have changed it during the run. What they saved is kept: `livebook-ls restore {}` "
    "lists it."
)

# What the session holds, and what was lately typed there.
AskSession = Callable[[], Awaitable[tuple[str, Collection[str]]]]


class OthersSaves:
    """Watches the copy at `path`, in which `text` was written, as long as the block runs; that
    there were such saves is told at its end.

    `known` is the version of the file that is accounted for by then.
    """

    def __init__(self, path: str, text: str, known: Version | None, session: AskSession) -> None:
        self.session = session
        # The last one that can't be had back.
        self.unkept: Snapshot | None = None
        self._path = path
        self._text = text
        self._known = known
        self._earlier = EarlierTexts()
        self._has_kept = False
        self._is_over = threading.Event()
        self._found: asyncio.Queue[Snapshot | None] = asyncio.Queue()

    async def __aenter__(self) -> OthersSaves:
        self._looking = asyncio.create_task(self._look(asyncio.get_running_loop()))
        self._accounting = asyncio.create_task(self._account())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            await self.end()
        else:
            # A session that can't be asked is not waited for.
            self._is_over.set()
            self._accounting.cancel()
            await asyncio.wait((self._looking, self._accounting))
        self.tell(_KEPT)

    async def end(self) -> None:
        """Look no more, once all that was there is accounted for."""
        self._is_over.set()
        await self._looking
        await self._accounting

    def keep(self, seen: Snapshot) -> bool:
        """Keep what others have saved; whether it can be had back."""
        is_kept = self._earlier.keep(self._path, seen)
        self._has_kept |= is_kept
        if not is_kept:
            self.unkept = seen
        elif self.unkept is not None and self.unkept.data == seen.data:
            self.unkept = None
        return is_kept

    def tell(self, sentence: str) -> None:
        """Say once what became of saves of others, where there were any."""
        if self._has_kept:
            complain(f"{self._path}: {sentence.format(self._path)}")
        self._has_kept = False

    def is_sessions(self, seen: Snapshot, shown: str, typed: Collection[str]) -> bool:
        """Whether the copy has what was written here, or what its session has saved by itself on
        the way to what it has `shown` since.
        """
        if seen.text is None or seen.text == self._text:
            return seen.text is not None
        now, then = NotebookText(seen.text), NotebookText(self._text)
        # Who types in the browser has gone on there since it was saved.
        return now.is_canonical and is_passed(now, NotebookText(shown), then, typed)

    async def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have all that comes into the file found, by a thread of its own: the loop may be busy
        for longer than that lies there.
        """

        def look() -> None:
            for seen in self._seen():
                loop.call_soon_threadsafe(self._found.put_nowait, seen)

        try:
            await asyncio.to_thread(look)
        finally:
            self._found.put_nowait(None)

    def _seen(self) -> Iterator[Snapshot]:
        """The file's contents, one after the other, whole as far as that can be told."""
        known, last = self._known, None
        is_last_look = False
        while not is_last_look:
            is_last_look = self._is_over.wait(_LOOK_EVERY_S)
            version = notebook_file.version(self._path, known)
            now = None
            if version is not None and version != known:
                with contextlib.suppress(OSError):
                    now = notebook_file.read(self._path)
                    known = now.version
            # What goes on as it began was just being written.
            if last is not None and not (now and now.data.startswith(last.data)):
                yield last
            last = now
        if last is not None:
            yield last

    async def _account(self) -> None:
        while (seen := await self._found.get()) is not None:
            if not await self._is_sessions(seen):
                await asyncio.to_thread(self.keep, seen)

    async def _is_sessions(self, seen: Snapshot) -> bool:
        """The same, of a session that is asked only where the copy says something else."""
        if await asyncio.to_thread(self._says_as_written, seen):
            return True
        try:
            shown, typed = await self.session()
        except LivebookError:
            return False
        return await asyncio.to_thread(self.is_sessions, seen, shown, typed)

    def _says_as_written(self, seen: Snapshot) -> bool:
        if seen.text is None or seen.text == self._text:
            return seen.text is not None
        now = NotebookText(seen.text)
        return now.is_canonical and has_all_of(NotebookText(self._text), now)
