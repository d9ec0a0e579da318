"""The answer to `initialize` before anything else is loaded, where it is the first message.

A client waits for it with its window; whatever it sends next waits in the pipe. Any other
beginning, and any `initialize` that may be refused, is left to the server.
"""

from __future__ import annotations

import json

from livebook_ls import bounded_json
from livebook_ls.lsp.client.introduction import secret
from livebook_ls.lsp.connection.capabilities import initialize_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from livebook_ls.lsp.connection.framing import NotOurProtocolError
    from livebook_ls.lsp.documents.open_text import OpenText

_LARGEST_INTEGER = 2**31 - 1
_TRACES = (None, "off", "messages", "verbose")


class Beginning:
    """How a connection began: its first message, empty at its end, or why it was `refused`.

    `answered` has the methods of the requests that were answered before the server was there, by
    id; `readings` what was read for them, by the notebook's URI.
    """

    def __init__(
        self,
        message: bytes = b"",
        refused: NotOurProtocolError | None = None,
    ) -> None:
        self.message = message
        self.answered: dict[int | str, str] = {}
        self.readings: dict[str, OpenText] = {}
        self.refused = refused


def answer_first(message: bytes, write: Callable[[bytes], object]) -> int | str | None:
    """Answer `message` if that can be done; the id of the request that was answered, else None."""
    request = read_message(message)
    params = request.get("params")
    number = request_id(request)
    if request.get("jsonrpc") != "2.0" or request.get("method") != "initialize" or number is None:
        return None
    if not isinstance(params, dict) or not is_understood(params):
        return None
    write(framed({"id": number, "jsonrpc": "2.0", "result": initialize_result(params)}))
    return number


def read_message(message: bytes) -> dict[str, Any]:
    """The object that a message is; an empty one for anything else."""
    try:
        found = bounded_json.decoded(message)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def request_id(request: dict[str, Any]) -> int | str | None:
    """The id of a request; None where it has none that LSP allows."""
    number = request.get("id")
    return number if isinstance(number, str) or _is_integer(number) else None


def framed(message: dict[str, Any]) -> bytes:
    """A message with its header."""
    body = json.dumps(message).encode("ascii")
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def is_understood(params: dict[str, Any]) -> bool:
    """Whether the server will surely take `initialize` with `params`."""
    number, trace = params.get("processId"), params.get("trace")
    return (
        isinstance(params.get("capabilities"), dict)
        and (number is None or _is_integer(number))
        and all(_is_text(params.get(it)) for it in ("rootUri", "rootPath", "locale"))
        and (trace is None or (isinstance(trace, str) and trace in _TRACES))
        and _is_client_info(params.get("clientInfo"))
        and _are_folders(params.get("workspaceFolders"))
        and "workDoneToken" not in params
        and not secret(params)
    )


def _is_integer(value: object) -> bool:
    return type(value) is int and abs(value) <= _LARGEST_INTEGER


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_client_info(value: object) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and isinstance(value.get("name"), str)
        and _is_text(value.get("version"))
    )


def _are_folders(value: object) -> bool:
    return value is None or (
        isinstance(value, list)
        and all(
            isinstance(it, dict)
            and isinstance(it.get("uri"), str)
            and isinstance(it.get("name"), str)
            for it in value
        )
    )
