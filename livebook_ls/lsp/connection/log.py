"""How log lines are written, and where: none ever holds what a notebook says.

Our own lines name calls, states and files. Those of other packages may hold whole messages of the
protocol, and those of errors what was being handled, so of these only the form is kept.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import stat
import sys
import traceback
from pathlib import Path
from typing import TextIO

OURS = "livebook_ls"
_UNWRITABLE = "The log can't be written to %s: %s"
# Where a pipe takes anything it takes this, whatever the characters (POSIX has 512 bytes at least).
_PIECE_CHARACTERS = getattr(select, "PIPE_BUF", 512) // 4
logger = logging.getLogger(__name__)


class Discreet(logging.Formatter):
    """Writes a record without anything that was being handled when it was made."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, and below it the places where an error passed."""
        parts = [self.formatTime(record)] if self.usesTime() else []
        parts += [record.levelname, message_of(record)]
        return " ".join(parts)


def message_of(record: logging.LogRecord) -> str:
    """What a record says; of other packages' records only their form."""
    is_ours = record.name.split(".")[0] == OURS
    said = record.getMessage() if is_ours else f"{record.name}: {record.msg}"
    error = record.exc_info[1] if record.exc_info else None
    return "\n".join([said, *(_passed(error) if error else ())])


def set_up(log_file: str | None) -> None:
    """Log to stderr what is wrong, and to `log_file` everything."""
    stderr = _Stderr(sys.stderr)
    stderr.setLevel(logging.WARNING)
    stderr.setFormatter(Discreet("%(message)s"))
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    root.addHandler(stderr)
    logging.getLogger(OURS).setLevel(logging.INFO)
    # Of a line that can't be written, logging would tell with all that was being handled.
    logging.raiseExceptions = False
    if log_file is not None:
        try:
            root.addHandler(open_file(Path(log_file).expanduser()))
        except OSError as error:
            # An editor that can't start its server over this would say nothing of use.
            logger.warning(_UNWRITABLE, log_file, error.strerror)


def open_file(path: Path) -> logging.Handler:
    """Writes records behind what is in the file, which only its user may read. Raises OSError."""
    # A pipe that nobody reads would keep the server from starting.
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        # Names of notebooks are the user's own business, also where the file was there before.
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            with contextlib.suppress(PermissionError):
                path.chmod(0o600)
    finally:
        os.close(descriptor)
    handler = _LogFile(path, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(Discreet("%(asctime)s %(message)s"))
    return handler


class _Stderr(logging.StreamHandler[TextIO]):
    """A stream that nobody may read: what it doesn't take is lost, and nobody waits for it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write as much of it as is taken at once."""
        line = f"{self.format(record)}{self.terminator}"
        try:
            for at in range(0, len(line), _PIECE_CHARACTERS):
                if not _takes_more(self.stream):
                    return
                self.stream.write(line[at : at + _PIECE_CHARACTERS])
                self.flush()
        except (OSError, ValueError):
            self.handleError(record)


def _takes_more(stream: TextIO) -> bool:
    if sys.platform == "win32":
        return True
    pipe = select.poll()
    try:
        pipe.register(stream, select.POLLOUT)
    except (OSError, ValueError):
        # It is none of the system's, or closed.
        return True
    return bool(pipe.poll(0))


class _LogFile(logging.FileHandler):
    """A file whose lines may be lost, as on a full disk; the first that is lost is told."""

    _is_told = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 — as inherited
        """Tell others why, and go on: there may be room for the next line."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError) and not self._is_told:
            self._is_told = True
            logger.warning(_UNWRITABLE, self.baseFilename, error.strerror)


def _passed(error: BaseException) -> list[str]:
    """The kind of an error and the places that it passed; its words may quote a notebook."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {it.filename}:{it.lineno} in {it.name}" for it in frames]
    return [f"  {type(error).__name__}", *places]
