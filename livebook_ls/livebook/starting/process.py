"""Livebook as a process of its own: started on the user's word, and ended only by it.

It outlives whoever started it, so its output goes to a file that nobody has to keep reading. That
file holds Livebook's token, so it is the user's alone.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from livebook_ls.livebook.errors import NotInstalled, StartFailed
from livebook_ls.livebook.starting.search_path import search_path

logger = logging.getLogger(__name__)

_ADDRESS = re.compile(r"Application running at (https?://\S+)")
# Another Livebook listens at that address, and the program has ended.
_OTHER = re.compile(r"Livebook already running on (https?://\S+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_TOKEN = re.compile(r"(token=)[^\s&]+")
# Of what Erlang says at its end, this is about Erlang.
_NOISE = re.compile(r"\[os_mon\]|Crash dump is being written")
_ERROR = re.compile(r"\berror\b|\*\* \(|terminat(ed|ing)\b", re.IGNORECASE)
_PREFIX = re.compile(r"^(\S+ [\d:.]+ )?(\[error\] |ERROR!!! (\[Livebook\] )?)")
_LONGEST_REASON = 300
_OUTPUT_LIMIT_BYTES = 1_000_000
_STOP_S = 10.0


class Launch:
    """A process that was started as Livebook, and what it has said."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self.output = output
        self._process = process

    @property
    def process_id(self) -> int:
        """The process, which leads a group of its own."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code; None while it runs."""
        return self._process.poll()

    @property
    def address(self) -> str | None:
        """Where it says that it listens, with its token; None until it has said so."""
        return self._said(_ADDRESS)

    @property
    def other(self) -> str | None:
        """Where it says that another Livebook listens already."""
        return self._said(_OTHER)

    @property
    def reason(self) -> str:
        """Why it ends: the first error that it told, else the last thing that it said, without a
        token; empty where it said nothing.
        """
        lines = [line.strip() for line in self.text.splitlines()]
        said = [line for line in lines if line and not _NOISE.match(line)]
        errors = (line for line in said if _ERROR.search(line))
        line = _PREFIX.sub("", next(errors, said[-1] if said else ""))
        return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]}…"

    @property
    def text(self) -> str:
        """What it has said so far, without its token."""
        return _TOKEN.sub(r"\1…", self._said_all)

    @property
    def _said_all(self) -> str:
        try:
            with self.output.open("rb") as file:
                said = file.read(_OUTPUT_LIMIT_BYTES).decode("utf-8", "replace")
        except OSError:
            return ""
        return _COLOUR.sub("", said)

    def stop(self) -> None:
        """End it with all that it started: it is asked first, then made to."""
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))
            self._process.wait(_STOP_S)
        self.forget()

    def forget(self) -> None:
        """Remove the file of what it said; it has ended."""
        with contextlib.suppress(OSError):
            self.output.unlink()

    def _said(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.search(self._said_all)
        return found[1] if found else None

    def _signal(self, number: signal.Signals) -> None:
        if sys.platform == "win32":
            self._process.terminate()
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def launch(command: Sequence[str], environ: Mapping[str, str]) -> Launch:
    """Start `command` and wait for nothing; raises NotInstalled or StartFailed."""
    environ = dict(environ) | {"PATH": search_path(environ)}
    if os.name == "posix":
        # Erlang ends without one, and not every client hands one on.
        environ.setdefault("HOME", str(Path.home()))
    program: str | None = shutil.which(Path(command[0]).expanduser(), path=environ["PATH"])
    if program is None:
        raise NotInstalled(command[0])
    descriptor, name = tempfile.mkstemp(prefix="livebook-", suffix=".log")
    try:
        process = _start([program, *command[1:]], environ, descriptor)
    except OSError as error:
        Path(name).unlink()
        raise StartFailed(f"{program}: {error.strerror}") from None
    finally:
        os.close(descriptor)
    logger.info("Started %s as process %s, whose output goes to %s", program, process.pid, name)
    return Launch(process, Path(name))


def _start(
    command: Sequence[str], environ: Mapping[str, str], output: int
) -> subprocess.Popen[bytes]:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    return subprocess.Popen(  # noqa: S603 — the user's own setting, and without a shell
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        # Nothing in a workspace decides which Elixir is run.
        cwd=Path.home(),
        start_new_session=True,
        creationflags=flags,
    )
