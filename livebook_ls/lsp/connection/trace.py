"""The traffic with the client, as it asks to see it: names and times, never what a message says."""

from __future__ import annotations

import logging
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from livebook_ls import clock
from livebook_ls.lsp.connection import log
from livebook_ls.settings import Trace

logger = logging.getLogger(__name__)

# To trace what carries the trace would never end.
_OWN = frozenset({"window/logMessage", "$/logTrace"})
_RANK = (Trace.OFF, Trace.MESSAGES, Trace.VERBOSE)


class Tracing:
    """Notes each message's name, and when `verbose` its document; silent while `off`."""

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self._by_setting = Trace.OFF
        self._by_client = Trace.OFF
        self._asked: dict[object, tuple[str, float]] = {}

    def set_by_setting(self, wanted: Trace) -> None:
        """What the setting `livebook.trace` says."""
        self._by_setting = wanted
        self._apply()

    def set_by_client(self, wanted: str | None) -> None:
        """What `initialize` or `$/setTrace` says."""
        self._by_client = Trace(wanted) if wanted in {it.value for it in Trace} else Trace.OFF
        self._apply()

    def received(self, message: Any) -> None:  # noqa: ANN401 — any message of the protocol
        """Note what came from the client."""
        if self._level is Trace.OFF:
            return
        method, number = getattr(message, "method", None), getattr(message, "id", None)
        if method is None:
            logger.debug("<- answer %s", number)
            return
        if number is not None:
            self._asked[number] = method, clock.monotonic_s()
        logger.debug("<- %s%s", method, self._about(getattr(message, "params", None)))

    def sent(self, message: Any) -> None:  # noqa: ANN401 — any message of the protocol
        """Note what goes to the client; answers are dictionaries."""
        method = getattr(message, "method", None)
        number = message.get("id") if isinstance(message, dict) else None
        if self._level is Trace.OFF or method in _OWN:
            return
        if method is not None:
            logger.debug("-> %s%s", method, self._about(getattr(message, "params", None)))
        elif asked := self._asked.pop(number, None):
            logger.debug(
                "-> %s answered in %.1f ms", asked[0], (clock.monotonic_s() - asked[1]) * 1e3
            )

    def tell(self, kind: types.MessageType, text: str) -> None:
        """Tell the client a line of the log, in the way in which it asked for it."""
        if kind is types.MessageType.Log and self._by_client is not Trace.OFF:
            self._server.log_trace(types.LogTraceParams(message=text))
        else:
            self._server.window_log_message(types.LogMessageParams(type=kind, message=text))

    @property
    def _level(self) -> Trace:
        return max(self._by_setting, self._by_client, key=_RANK.index)

    def _apply(self) -> None:
        level = logging.INFO if self._level is Trace.OFF else logging.DEBUG
        logging.getLogger(log.OURS).setLevel(level)

    def _about(self, params: Any) -> str:  # noqa: ANN401 — the parameters of any message
        """Which document a message is about, where that is wanted."""
        if self._level is not Trace.VERBOSE:
            return ""
        document = getattr(params, "text_document", params)
        uri, version = getattr(document, "uri", None), getattr(document, "version", None)
        # Other addresses are pages to show, which may carry Livebook's token.
        if not isinstance(uri, str) or not uri.startswith("file:"):
            return ""
        return f" uri={uri}" + (f" version={version}" if version is not None else "")
