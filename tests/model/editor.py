"""Somebody with an editor: a buffer, a file, and a server of ours that hears of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from livebook_ls.settings import Settings
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks
from tests.model.chronicle import Chronicle
from tests.model.process import Process

_FORM_WITHIN_S = 0.4
_PIECES_S = 0.001


class Writing(Enum):
    """How an editor writes files."""

    IN_PLACE = "in place"
    REPLACING = "another file in its place"
    IN_PIECES = "emptied first"


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody was told of a notebook, by the codes of it, and when."""

    at_s: float
    path: str
    codes: tuple[str, ...]


class Editor:
    """One editor on one notebook. What it is told is kept in `told`."""

    def __init__(
        self,
        path: Path,
        start: Callable[[], Process],
        settings: Settings,
        environ: Mapping[str, str],
        chronicle: Chronicle,
    ) -> None:
        self._chronicle = chronicle
        self.path = path
        self._start = start
        self._settings = settings
        self._environ = environ
        self.told: list[Told] = []
        # The file as it was loaded or saved last, and the text that is shown.
        self.loaded = b""
        self.buffer = ""
        self.is_open = False
        self.begin()

    def begin(self) -> None:
        """Start the server, and open the notebook if it is there."""
        self.process = self._start()

        def make() -> None:
            self.notebooks = Notebooks(self._settings, self._environ, self._hear)

        self.process.tell(make)
        self.process.agenda.run(0.0)
        self.process.begin(self.notebooks.mend_files())
        self.open()

    def open(self) -> None:
        """Load the file and tell, unless it is just being written."""
        if self.path.exists() and self.path.stat().st_size > 0:
            self._load()
            self.is_open = True
            self.process.tell(self.notebooks.did_open, str(self.path))

    @property
    def is_dirty(self) -> bool:
        """Whether something was typed since."""
        return self.buffer.encode() != self.loaded

    @property
    def link(self) -> NotebookLink | None:
        """What the server knows of the notebook."""
        return self.notebooks.links.get(str(self.path))

    def notice(self) -> None:
        """Take over what has become of the file, as editors do where nothing was typed."""
        is_there = self.path.exists() and self.path.stat().st_size > 0
        if self.is_open and not self.is_dirty and is_there:
            self._load()

    def save(self, writing: Writing, may_write: Callable[[], bool] = lambda: True) -> str | None:
        """Save as editors do, and tell; the text that was saved, None where it was not to be
        written by then.
        """
        path = str(self.path)
        text = self.buffer
        self.process.tell(self.notebooks.will_save, path)
        form = self.process.finish(self.notebooks.quiet_form(path, text, _FORM_WITHIN_S))
        if not may_write():
            return None
        self.buffer = form or text
        data = self.buffer.encode()
        if writing is Writing.REPLACING:
            self._chronicle.replace(self.path, data)
        elif writing is Writing.IN_PIECES:
            self._chronicle.write(self.path, b"")
            self.process.agenda.run(_PIECES_S)
            self._chronicle.write(self.path, data)
        else:
            self._chronicle.write(self.path, data)
        self.loaded = data
        if not self.is_open:
            self.is_open = True
            self.process.tell(self.notebooks.did_open, path)
        self.process.tell(self.notebooks.did_save, path, self.buffer)
        self._chronicle.note(f"{self.process.name} heard of the save of {self.path.name}")
        # The message is in the server's hands.
        self.process.agenda.run(0.0)
        return self.buffer

    def rename(self, new: Path) -> None:
        """Give the notebook another name, as a file tree does."""
        old = self.path
        self.path.rename(new)
        self.path = new
        self.process.tell(self.notebooks.did_close, str(old))
        self.process.tell(self.notebooks.did_open, str(new))
        self.process.tell(self.notebooks.did_rename, str(old), str(new))

    def end(self) -> None:
        """End the server in order."""
        self.process.finish(self.notebooks.close())
        self.process.kill()

    def _load(self) -> None:
        self.loaded = self.path.read_bytes()
        self.buffer = self.loaded.decode()

    def _hear(self, link: NotebookLink) -> None:
        codes = tuple(it.code for it in link.findings)
        self.told.append(Told(self.process.agenda.now_s, link.path, codes))
        self._chronicle.note(f"{self.process.name} told {link.state.value} {codes}")
