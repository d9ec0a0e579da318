"""Taking part over https: page and socket alike believe the user's certificate, and no other."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from livebook_ls.livebook.errors import CertificateRefused
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.livebook.live.session import LiveSession
from livebook_ls.standin import StandIn
from tests.support.proxy import CA_FILE, HTTPS


@asynccontextmanager
async def secured(port: int) -> AsyncIterator[str]:
    """The https address of what listens on `port`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CA_FILE, HTTPS / "key.pem")

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to_there = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(_copy(reader, to_there), _copy(there, writer))

    server = await asyncio.start_server(forward, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}"


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()


def test_the_socket_believes_the_same_certificate_as_the_page(
    livebook: StandIn, notebook: Path
) -> None:
    async def check() -> None:
        plain = Livebook(Endpoint(livebook.url, "here"))
        path = plain.open(str(notebook))
        plain.close()
        async with secured(livebook.port) as url:
            endpoint = Endpoint(url, "here", ca_file=str(CA_FILE))
            session = await LiveSession.join(endpoint, path, lambda _: None)
            assert await session.queue_all()
            assert await session.wait_until_idle(10)
            await session.refresh()
            await session.leave()
            with pytest.raises(CertificateRefused):
                await LiveSession.join(Endpoint(url, "here"), path, lambda _: None)

    asyncio.run(asyncio.wait_for(check(), 30))
