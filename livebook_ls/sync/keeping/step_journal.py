"""What a sync in two steps is about to do, written down before the user's file or its session is
touched.

Whoever comes next, after a death at any point, finds it here: server, hook or command line.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from livebook_ls import clock
from livebook_ls.sync.keeping.state_folder import (
    StateFolder,
    is_session,
    read_state,
    write_private,
)

_JOURNAL = "two-steps.json"
# What no system has as a file's time; and what is no text for a file.
_LATEST_NS = 2**62
_LATEST_S = _LATEST_NS / 1e9
_SURROGATE = re.compile("[\ud800-\udfff]")


class JournalNotWrittenError(OSError):
    """Nothing could be written down, as on a full disk, and so nothing may be begun."""


class StepsNotMendedError(OSError):
    """The file can't be written, as on a full disk, and so has the text between still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEntry:
    """The text that the file had and gets again, with its time; the text between; what the session
    held before, and its path.

    `is_halfway_held`: the session was seen to hold the text between. `is_by_page`: it gets that by
    its page, and the file has it only where the session saves it. `begun_s` is a time since 1970,
    `tries` how often it was begun.
    """

    path: str
    final: str
    mtime_ns: int
    halfway: str
    before: str
    session_path: str | None
    begun_s: float
    is_halfway_held: bool = False
    is_by_page: bool = False
    tries: int = 1


class StepJournal:
    """The entries of all notebooks; at most one each, which ends when file and session are one."""

    def __init__(self, folder: StateFolder) -> None:
        self._folder = folder

    def begin(self, entry: StepEntry) -> None:
        """Write down what is about to be done; raises JournalNotWrittenError."""
        # The link by which it is open may be gone when somebody reads this.
        lasting = replace(entry, path=os.path.realpath(entry.path))
        content = json.dumps(asdict(lasting)).encode("ascii")
        try:
            write_private(self._file(entry.path), content, survives_power_loss=True)
        except OSError as error:
            raise JournalNotWrittenError(error.errno, error.strerror) from None

    def note_halfway(self, entry: StepEntry) -> None:
        """The session holds the text between; without that note the step is made once more."""
        with contextlib.suppress(OSError):
            self.begin(replace(entry, is_halfway_held=True, begun_s=clock.unix_s()))

    def find(self, path: str) -> StepEntry | None:
        """What was begun with the notebook at `path` and has not ended, by that path."""
        entry = _read(self._file(path))
        return None if entry is None else replace(entry, path=path)

    def all(self) -> list[StepEntry]:
        """What was begun with any notebook and has not ended."""
        found = map(_read, map(str, self._folder.notebooks.glob(f"*/{_JOURNAL}")))
        return [it for it in found if it is not None]

    def end(self, path: str) -> None:
        """File and session are one, or somebody else has written the file."""
        with contextlib.suppress(OSError):
            Path(self._file(path)).unlink()

    def _file(self, path: str) -> str:
        return self._folder.file(path, _JOURNAL)


def _read(file: str) -> StepEntry | None:
    found = read_state(file)
    try:
        entry = StepEntry(**found) if isinstance(found, dict) else None
    except TypeError:
        return None
    return entry if entry is not None and _makes_sense(entry) else None


def _makes_sense(entry: StepEntry) -> bool:
    """Whether the fields, which may be anything, are what they are called, and can be written."""
    given: dict[str, object] = asdict(entry)
    texts = [given[it] for it in ("path", "final", "halfway", "before")]
    return (
        all(isinstance(it, str) for it in texts)
        and _is_name(entry.path)
        and not any(_SURROGATE.search(it) for it in (entry.final, entry.halfway))
        and is_session(given["session_path"])
        and type(entry.mtime_ns) is int
        and abs(entry.mtime_ns) <= _LATEST_NS
        and type(entry.begun_s) in (int, float)
        and abs(entry.begun_s) <= _LATEST_S
        and type(entry.tries) is int
        and type(entry.is_halfway_held) is bool
        and type(entry.is_by_page) is bool
    )


def _is_name(path: str) -> bool:
    """Whether the system can be asked for it."""
    try:
        return b"\0" not in os.fsencode(path)
    except ValueError:
        return False
