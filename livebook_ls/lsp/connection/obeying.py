"""The loop of one client: message after message, each in the order in which it came.

In place of pygls' own, which goes to another thread for each line of a header, and takes every
object inside of a message that has a "jsonrpc" for a message.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from threading import Event

from pygls.exceptions import JsonRpcException

from livebook_ls import bounded_json
from livebook_ls.lsp.connection.protocol import DocumentServer

logger = logging.getLogger(__name__)


async def obey(
    server: DocumentServer, next_message: Callable[[], Awaitable[bytes]], first: bytes = b""
) -> None:
    """Obey until the client ends the connection, or says `exit`.

    `next_message` gives the body of a message, and nothing at the end; `first` is one that was
    read already. Raises what reading raises.
    """
    server._stop_event = stop = Event()
    message = first or await next_message()
    while message:
        _handle(server, message)
        if stop.is_set():
            return
        message = await next_message()


def _handle(server: DocumentServer, message: bytes) -> None:
    protocol = server.protocol
    try:
        protocol.handle_message(protocol.structure_message(bounded_json.decoded(message)))
    except Exception as error:
        # No message of a client may end its server.
        logger.exception("A message can't be handled")
        server.report_server_error(error, JsonRpcException)
