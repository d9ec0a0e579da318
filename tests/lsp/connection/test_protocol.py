from __future__ import annotations

import asyncio
from typing import Any

from lsprotocol import types

from livebook_ls.lsp.create import create_server
from livebook_ls.lsp.server import NotebookServer
from tests.lsp.connection.test_refusals import INITIALIZE


def test_an_answer_that_nobody_waits_for_is_dropped() -> None:
    server = create_server({})
    written: list[bytes] = []
    server.protocol.set_writer(Writer(written))

    asyncio.run(ask_and_give_up(server))
    (asked,) = server.protocol._request_futures
    server.protocol._handle_response(asked, None)

    assert len(written) == 1
    assert not server.protocol._request_futures


def test_of_a_notification_nothing_stays_once_it_is_handled() -> None:
    server = create_server({})
    written: list[bytes] = []
    server.protocol.set_writer(Writer(written))

    asyncio.run(type_and_close(server))

    assert written
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


async def type_and_close(server: NotebookServer) -> None:
    """A notebook that is on no disk is opened, changed and closed."""
    document = {"uri": "untitled:a.livemd", "version": 1}
    opened = document | {"languageId": "livemd", "text": ""}
    change = {"textDocument": document, "contentChanges": [{"text": "# A\n"}]}
    messages: tuple[dict[str, Any], ...] = (
        INITIALIZE | {"id": 1},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": opened}},
        *[{"method": "textDocument/didChange", "params": change}] * 3,
        {"method": "textDocument/didClose", "params": {"textDocument": document}},
    )
    for said in messages:
        message = {"jsonrpc": "2.0"} | said
        server.protocol.handle_message(server.protocol.structure_message(message))
    await server.close()
