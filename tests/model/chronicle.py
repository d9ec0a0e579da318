"""Who has written what into the notebooks' files, and when: by their bytes, seen at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from livebook_ls import clock
from livebook_ls.sync.disk import notebook_file
from tests.model.agenda import Agenda
from tests.model.words import words_in

PEOPLE = "people"
LIVEBOOK = "Livebook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file's content was another than before; `by` is a process of ours, people or Livebook."""

    at_s: float
    path: Path
    by: str
    before: bytes
    after: bytes

    def __str__(self) -> str:
        more, less = (
            sorted(
                words_in(one.decode("utf-8", "replace"))
                - words_in(other.decode("utf-8", "replace"))
            )
            for one, other in ((self.after, self.before), (self.before, self.after))
        )
        return f"{self.by}: {self.path.name} {len(self.after)} bytes, more {more}, less {less}"


class Chronicle:
    """All changes of the files, and what else happened."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        # Looks at what the process has written that is at work just now.
        self.look_at_work: Callable[[], object] = lambda: None
        self._seen: dict[Path, tuple[notebook_file.Version | None, bytes]] = {}
        self.changes: list[Change] = []
        self.lines: list[str] = []

    def follow(self, path: Path) -> None:
        """Look after one file more, which is not there yet."""
        self._seen.setdefault(path, (None, b""))

    def write(self, path: Path, data: bytes) -> None:
        """Write as people and their programs do, in place, with a time of this world."""
        mode = "r+b" if path.exists() else "wb"
        with self.writing(PEOPLE), path.open(mode, buffering=0) as file:
            file.write(data)
            file.truncate()
            now_ns = clock.unix_ns()
            os.utime(file.fileno(), ns=(now_ns, now_ns))

    def replace(self, path: Path, data: bytes) -> None:
        """Put another file in the place of this one, as git does."""
        beside = path.with_suffix(".new")
        self.write(beside, data)
        with self.writing(PEOPLE):
            beside.replace(path)

    @contextmanager
    def writing(self, writer: str) -> Iterator[None]:
        """What is written meanwhile is of this one, what was before of whoever is at work."""
        self.look_at_work()
        yield
        self.look(writer)

    def note(self, line: str) -> None:
        """Something has happened."""
        self.lines.append(f"{self._agenda.now_s:9.4f} {line}")

    def look(self, writer: str) -> None:
        """Whatever has changed since the last look was written by this one."""
        for path, (version, before) in self._seen.items():
            now = notebook_file.version(str(path), version)
            if now == version:
                continue
            after = path.read_bytes() if now else b""
            self._seen[path] = now, after
            if after != before:
                change = Change(
                    at_s=self._agenda.now_s, path=path, by=writer, before=before, after=after
                )
                self.changes.append(change)
                self.note(str(change))
