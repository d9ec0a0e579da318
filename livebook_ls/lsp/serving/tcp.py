"""The server on a socket, for looking at it while it runs: each client has a server of its own.

A client's end ends nothing but its own server, so that the next one begins anew. Every program of
this machine reaches the port, a browser's pages too: who is obeyed knows the secret, and even then
names no program to start.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping

from livebook_ls.lsp.connection.framing import CheckedStreamReader, NotOurProtocolError
from livebook_ls.lsp.connection.obeying import obey
from livebook_ls.lsp.create import create_server
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.lsp.serving.outbox import WAITING_BYTES

logger = logging.getLogger(__name__)


async def serve(
    environ: Mapping[str, str], host: str, port: int, on_listening: Callable[[int, str], None]
) -> None:
    """Serve whoever knows the secret until cancelled.

    `on_listening` is told the port, chosen where it is 0, and the secret.
    """
    secret = secrets.token_urlsafe()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = create_server(environ)
        server.owns_process = False
        server.starts_given_command = False
        server.secret = secret
        await _serve_client(server, reader, writer)

    listening = await asyncio.start_server(connected, host, port)
    on_listening(listening.sockets[0].getsockname()[1], secret)
    async with listening:
        await listening.serve_forever()


async def _serve_client(
    server: NotebookServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    server.protocol.set_writer(writer)
    writer.transport.set_write_buffer_limits(WAITING_BYTES)
    stream = CheckedStreamReader(reader)

    async def next_message() -> bytes:
        await writer.drain()
        return await stream.message()

    try:
        await obey(server, next_message)
    except NotOurProtocolError as error:
        logger.warning("A connection was closed for what is not our protocol: %s", error)
    except ConnectionError:
        logger.warning("The client broke off the connection")
    finally:
        server.log.detach()
        await server.close()
        writer.close()
