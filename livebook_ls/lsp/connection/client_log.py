"""The log as the client keeps it, by `window/logMessage`."""

from __future__ import annotations

import asyncio
import logging
import threading

from lsprotocol import types

from livebook_ls.lsp.connection.log import message_of
from livebook_ls.lsp.connection.trace import Tracing

_KINDS = (
    (logging.ERROR, types.MessageType.Error),
    (logging.WARNING, types.MessageType.Warning),
    (logging.INFO, types.MessageType.Info),
)


class ClientLog(logging.Handler):
    """Tells the client every record, by `window/logMessage`, from whatever thread it comes."""

    def __init__(self, trace: Tracing) -> None:
        super().__init__(logging.DEBUG)
        self._trace = trace
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._is_telling = False

    def attach(self) -> None:
        """Begin to tell; called on the loop that sends."""
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        logging.getLogger().addHandler(self)

    def detach(self) -> None:
        """Tell nothing more: the client may be gone."""
        logging.getLogger().removeHandler(self)
        self._loop = None

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of `record` as soon as the loop can, since only it may send."""
        if self._is_telling and threading.get_ident() == self._thread:
            # What goes wrong while telling is not told: that would go wrong again, for ever.
            return
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell, record)

    def _tell(self, record: logging.LogRecord) -> None:
        if self._loop is None:
            return
        self._is_telling = True
        try:
            self._trace.tell(_kind(record.levelno), message_of(record))
        except Exception:
            # Of the log itself: to log that would come here again.
            self.detach()
        finally:
            self._is_telling = False


def _kind(level: int) -> types.MessageType:
    return next((kind for least, kind in _KINDS if level >= least), types.MessageType.Log)
