"""One session: a notebook in memory that follows its file when told to, and saves itself.

Like Livebook's, a session handles one message after the other in a thread of its own,
while a save runs beside it. So a second save never starts during the first.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from queue import Empty, SimpleQueue

from livebook_ls.standin.sessions.hold_points import HoldPoint, HoldPoints
from livebook_ls.standin.sessions.import_export import (
    ExportRaisesError,
    Format,
    Held,
    ImportRaisesError,
)
from livebook_ls.standin.sessions.paths import ReadFailedError, read_bytes

# Livebook writes in blocks too; another process can see every step.
_BLOCK_BYTES = 4096
_VISIT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long things take: `autosave_s` replaces a notebook's own interval, unless it is never.

    A save begins `save_s` after its cause.
    """

    autosave_s: float = 5.0
    save_s: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """What a session holds, and what it has done."""

    id: str
    path: str
    held: Held
    is_stamped: bool
    is_dirty: bool = True
    saves: int = 0
    imports: int = 1
    last_saved: bytes | None = None

    @property
    def text(self) -> str:
        """The notebook in canonical form, without a stamp."""
        return self.held.text

    @property
    def is_approximate(self) -> bool:
        """Whether it is uncertain what the last sync came to."""
        return self.held.is_approximate


class _Message(Enum):
    SYNC = "sync"
    TICK = "tick"
    SAVE = "save"
    CLOSE = "close"
    EDIT = "edit"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class _Saved:
    """A save ended; `content` is None when it failed."""

    content: bytes | None


class StandInSession:
    """A session for one path, alive until a sync reads what the importer raises on."""

    def __init__(
        self,
        *,
        view: SessionView,
        notebook_format: Format,
        interval_s: float | None,
        timing: Timing,
        hold_points: HoldPoints,
        on_end: Callable[[StandInSession], None],
    ) -> None:
        self.view = view
        self._format = notebook_format
        self._interval_s = interval_s
        self._timing = timing
        self._hold_points = hold_points
        self._on_end = on_end
        # Called with the notebook's text whenever the session holds another one.
        self.on_sync: Callable[[str], None] = lambda _: None
        self.on_edit: Callable[[str], None] = lambda _: None
        # Called whenever it turns whether the session has something that is not saved.
        self.on_dirt: Callable[[SessionView], None] = lambda _: None
        # The notebook's text with the outputs that are kept in its file.
        self.with_kept_outputs: Callable[[str], str] = lambda text: text
        self._inbox: SimpleQueue[_Message | _Saved] = SimpleQueue()
        self._edits: SimpleQueue[tuple[bytes, bool]] = SimpleQueue()
        self._visits: SimpleQueue[threading.Event] = SimpleQueue()
        self._saver: threading.Thread | None = None
        self._killed = threading.Event()
        self._has_ended = False
        self._outstanding = 0
        self._settled = threading.Condition()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to live."""
        self._thread.start()

    def sync(self) -> None:
        """Have the session read its file, some time soon."""
        self._hold_points.come_to(HoldPoint.SYNC, self._killed.is_set)
        self._tell(_Message.SYNC)

    def edit(self, content: bytes, *, is_typed: bool = False) -> None:
        """Hold this notebook from now on, as when a person edits it in the browser; its pages are
        told that it `is_typed`, else nothing but what it is now.
        """
        self._edits.put((content, is_typed))
        self._tell(_Message.EDIT)

    def export(self) -> SessionView:
        """What it holds once it has handled all that it was told before, or has ended."""
        seen = threading.Event()
        self._visits.put(seen)
        self._tell(_Message.VISIT)
        if self._has_ended:
            self._let_visitors_go()
        seen.wait(_VISIT_S)
        return self.view

    def _let_visitors_go(self) -> None:
        """Nobody waits for what a session that has ended would have said."""
        with contextlib.suppress(Empty):
            while True:
                self._visits.get_nowait().set()

    def save(self) -> None:
        """Write the file, as when a person saves in the browser: at once, unless nothing is new."""
        self._tell(_Message.SAVE)

    def close(self) -> None:
        """Save if need be and end, as when a person closes the session."""
        self._tell(_Message.CLOSE)
        self._thread.join()

    def kill(self) -> None:
        """End at once without a save, as when Livebook stops."""
        self._killed.set()
        self._hold_points.wake()
        self._tell(_Message.TICK)
        self._thread.join()

    def wait_settled(self, timeout_s: float) -> bool:
        """Wait until nothing is left to read or to write; whether that came about in time."""
        with self._settled:
            return self._settled.wait_for(lambda: self._outstanding == 0, timeout_s)

    def _tell(self, message: _Message) -> None:
        self._count(1)
        self._inbox.put(message)

    def _count(self, change: int) -> None:
        with self._settled:
            self._outstanding += change
            self._settled.notify_all()

    def _run(self) -> None:
        next_tick = self._next_tick()
        while not self._killed.is_set():
            try:
                message = self._inbox.get(timeout=_until(next_tick))
            except Empty:
                self._save_if_dirty()
                next_tick = self._next_tick()
                continue
            is_alive = self._handle(message)
            self._count(-1)
            if not is_alive:
                break
        self._has_ended = True
        self._let_visitors_go()
        self._on_end(self)
        # A save that is under way outlives its session.
        if self._saver is not None:
            self._saver.join()
        with self._settled:
            self._outstanding = 0
            self._settled.notify_all()

    def _next_tick(self) -> float | None:
        return None if self._interval_s is None else time.monotonic() + self._interval_s

    def _handle(self, message: _Message | _Saved) -> bool:
        """Do what the message says; whether the session is still alive after it."""
        if isinstance(message, _Saved):
            self._note_saved(message.content)
            return True
        match message:
            case _Message.SYNC:
                return self._sync()
            case _Message.SAVE:
                self._save_if_dirty()
            case _Message.EDIT:
                content, is_typed = self._edits.get()
                self._take(self._format.read(content))
                (self.on_edit if is_typed else self.on_sync)(self.view.text)
            case _Message.VISIT:
                with contextlib.suppress(Empty):
                    self._visits.get_nowait().set()
            case _Message.CLOSE:
                self._save_if_dirty()
                return False
        return True

    def _sync(self) -> bool:
        try:
            content = read_bytes(self.view.path)
        except ReadFailedError:
            return True
        if content == self.view.last_saved:
            return True
        try:
            self._take(self._format.sync(self.view.held, content))
        except ImportRaisesError:
            return False
        self.on_sync(self.view.text)
        if self._interval_s is not None:
            self._save_if_dirty()
        return True

    def _take(self, held: Held) -> None:
        view, is_new = self.view, held.text != self.view.text
        is_dirty = view.is_dirty or is_new
        self._go_on(replace(view, held=held, is_dirty=is_dirty, imports=view.imports + 1))

    def _save_if_dirty(self) -> None:
        if not self.view.is_dirty or self._saver is not None:
            return
        self._saver = threading.Thread(target=self._save, args=(self.view,), daemon=True)
        self._count(1)
        self._saver.start()

    def _save(self, view: SessionView) -> None:
        self._killed.wait(self._timing.save_s)
        self._hold_points.come_to(HoldPoint.SAVE, self._killed.is_set)
        if self._killed.is_set():
            return
        content: bytes | None = None
        try:
            held = replace(view.held, text=self.with_kept_outputs(view.text))
            content = self._format.write(held, is_stamped=view.is_stamped)
            self._write_file(Path(view.path), content)
        except (ExportRaisesError, OSError):
            # A session that cannot save stays dirty, says nothing, and tries again.
            content = None
        self._inbox.put(_Saved(content))

    def _write_file(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb", buffering=0) as file:
            self._hold_points.come_to(HoldPoint.WRITE, self._killed.is_set)
            for start in range(0, len(content), _BLOCK_BYTES):
                file.write(content[start : start + _BLOCK_BYTES])

    def _note_saved(self, content: bytes | None) -> None:
        self._saver = None
        if content is not None:
            saves = self.view.saves + 1
            self._go_on(replace(self.view, is_dirty=False, saves=saves, last_saved=content))

    def _go_on(self, view: SessionView) -> None:
        has_turned = view.is_dirty != self.view.is_dirty
        self.view = view
        if has_turned:
            self.on_dirt(view)


def _until(moment: float | None) -> float | None:
    return None if moment is None else max(0.0, moment - time.monotonic())
