"""What a client sends, but for what can't be read: that is answered where it asks for something,
and counts as an error where it answers something.

The SDK lets go of such messages without a word, and who waits for an answer waits for ever.
"""

from __future__ import annotations

import contextvars
import json
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any

import mcp_types as types
from mcp.shared.message import SessionMessage
from pydantic import ValidationError

from livebook_ls import bounded_json

if TYPE_CHECKING:
    from mcp.shared._stream_protocols import ReadStream, WriteStream

_HALF = (
    "Nothing was done, for the message has half of a surrogate pair, which is no character. Send "
    "it again without that."
)
_NO_MESSAGE = "Nothing was done, for this is no message of the protocol."


class ReadableMessages:
    """A stream of messages; of those that can't be read, requests are answered on `outgoing`, and
    answers to our own are errors in their place.
    """

    def __init__(
        self,
        incoming: ReadStream[SessionMessage | Exception],
        outgoing: WriteStream[SessionMessage],
    ) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    @property
    def last_context(self) -> contextvars.Context | None:
        """Where the SDK looks for the sender's context."""
        return getattr(self._incoming, "last_context", None)

    async def receive(self) -> SessionMessage | Exception:
        """The next message."""
        return await self._next(self._incoming.receive)

    async def aclose(self) -> None:
        """Read no more."""
        await self._incoming.aclose()

    def __aiter__(self) -> ReadableMessages:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        return await self._next(self._incoming.__anext__)

    async def __aenter__(self) -> ReadableMessages:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _next(
        self, read: Callable[[], Awaitable[SessionMessage | Exception]]
    ) -> SessionMessage | Exception:
        while True:
            item = await read()
            found = _found(item) if isinstance(item, ValidationError) else None
            if found is None:
                return item
            error = SessionMessage(_error(found))
            if "method" not in found:
                return error
            await self._outgoing.send(error)


def _error(found: dict[str, Any]) -> types.JSONRPCError:
    """The error in the place of an answer: ours to a request, or the client's to ours."""
    sentence = _HALF if _has_half(found) else _NO_MESSAGE
    error = types.ErrorData(code=types.INVALID_REQUEST, message=sentence)
    return types.JSONRPCError(jsonrpc="2.0", id=found["id"], error=error)


def _found(unread: ValidationError) -> dict[str, Any] | None:
    """A request or an answer, as it stands in a line that is no message; None for all else."""
    try:
        found = _decoded(unread)
        asked = found["id"]
        # An answer has it once more.
        str(asked).encode("utf-8")
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    is_known = isinstance(found, dict) and type(asked) in (int, str)
    return found if is_known and isinstance(found.get("method", ""), str) else None


def _decoded(unread: ValidationError) -> Any:  # noqa: ANN401 — whatever a client sends
    for it in unread.errors(include_url=False, include_context=False):
        if it["type"] == "json_invalid":
            # Python's own reader takes also what is no text.
            return bounded_json.decoded(it["input"])
        if it["type"] == "missing":
            # What it is no message of, it is whole.
            return it["input"]
    return None


def _has_half(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
