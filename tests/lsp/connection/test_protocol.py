from __future__ import annotations

import asyncio

from lsprotocol import types

from livebook_ls.lsp.create import create_server
from livebook_ls.lsp.server import NotebookServer


def test_an_answer_that_nobody_waits_for_is_dropped() -> None:
    server = create_server({})
    written: list[bytes] = []
    server.protocol.set_writer(Writer(written))

    asyncio.run(ask_and_give_up(server))
    (asked,) = server.protocol._request_futures
    server.protocol._handle_response(asked, None)

    assert len(written) == 1
    assert not server.protocol._request_futures


class Writer:
    """What the server writes to."""

    def __init__(self, written: list[bytes]) -> None:
        self._written = written

    def write(self, data: bytes) -> None:
        self._written.append(data)

    def close(self) -> None:
        """Nothing is held."""


async def ask_and_give_up(server: NotebookServer) -> None:
    """As progress does that is over before the client has made room for it."""
    params = types.WorkDoneProgressCreateParams(token=1)
    asking = asyncio.create_task(server.window_work_done_progress_create_async(params))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
