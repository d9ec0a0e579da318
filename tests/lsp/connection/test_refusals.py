"""Every request is answered: what can't be read, or comes out of its time, by an error."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from livebook_ls.lsp.create import create_server
from livebook_ls.lsp.server import NotebookServer

INITIALIZE = {"method": "initialize", "params": {"processId": None, "capabilities": {}}}
HOVER = {"method": "textDocument/hover"}
AT_THE_START = {
    "textDocument": {"uri": "file:///a.livemd"},
    "position": {"line": 0, "character": 0},
}

NO_IDS: list[object] = [{}, []]


@pytest.mark.slow
@pytest.mark.fault(
    "editor",
    "a message makes no sense",
    during="anything",
    shows="an answer that says so",
    recovers="with the next message",
)
@pytest.mark.parametrize(
    "params",
    [
        None,
        [],
        "text",
        {},
        {"textDocument": {"uri": "file:///a.livemd"}},
        {"textDocument": 1, "position": 2},
        {"textDocument": {"uri": None}, "position": {"line": "x", "character": []}},
    ],
)
def test_parameters_that_can_not_be_read_are_answered(params: object) -> None:
    assert answers(INITIALIZE, HOVER | {"params": params}) == [None, -32602]


def test_before_initialize_a_request_is_refused() -> None:
    assert answers(HOVER | {"params": AT_THE_START}) == [-32002]


def test_a_second_initialize_is_refused() -> None:
    assert answers(INITIALIZE, INITIALIZE) == [None, -32600]


def test_after_shutdown_a_request_is_refused() -> None:
    shutdown = {"method": "shutdown"}

    assert answers(INITIALIZE, shutdown, HOVER | {"params": AT_THE_START}) == [None, None, -32600]


def test_an_unknown_method_is_refused() -> None:
    assert answers(INITIALIZE, {"method": "no/such", "params": {}}) == [None, -32601]


@pytest.mark.fault(
    "editor",
    "a place is beyond the text",
    during="a request",
    shows="what is at the text's end",
    recovers="nothing to do",
)
@pytest.mark.parametrize("line", [2**31 - 1, 10**6])
@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("textDocument/hover", {}),
        ("textDocument/selectionRange", {}),
        ("textDocument/codeAction", {"context": {"diagnostics": []}}),
    ],
)
def test_a_place_beyond_the_text_is_no_error(
    method: str, more: dict[str, object], line: int
) -> None:
    place = {"line": line, "character": line}
    document = {"uri": "file:///a.livemd", "languageId": "livebook", "version": 1, "text": "# A\n"}
    params = {
        "textDocument": document,
        "position": place,
        "positions": [place],
        "range": {"start": place, "end": place},
    }
    opened = {"method": "textDocument/didOpen", "params": {"textDocument": document}, "id": None}

    assert answers(INITIALIZE, opened, {"method": method, "params": params | more}) == [None, None]


@pytest.mark.parametrize(
    "message",
    [
        *({"method": "$/cancelRequest", "params": {"id": it}} for it in (*NO_IDS, None, 1.5)),
        {"method": "$/cancelRequest", "params": []},
        {"method": "$/setTrace", "params": {"value": {}}},
        {"method": "window/workDoneProgress/cancel", "params": {"token": {}}},
        *({"id": it, "result": None} for it in NO_IDS),
        *({"id": it, "error": {"code": 1, "message": "no"}} for it in NO_IDS),
        *(HOVER | {"id": it, "params": AT_THE_START} for it in NO_IDS),
    ],
    ids=json.dumps,
)
def test_what_means_nothing_of_ours_is_passed_over(
    message: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    assert asyncio.run(_passed_over(message)) == [None]
    assert [it for it in caplog.records if it.levelname == "ERROR"] == []


def test_what_is_of_another_version_or_is_a_request_counts_for_no_notification() -> None:
    uri = "file:///note.livemd"
    item = {"uri": uri, "languageId": "livebook", "version": 1, "text": "# Note\n"}
    opening = {"method": "textDocument/didOpen", "params": {"textDocument": item}}

    async def act() -> tuple[bool, bool]:
        server = create_server({"LIVEBOOK_LS_PORTS": "1"})
        writer = Answers()
        server.protocol.set_writer(writer)
        messages: tuple[dict[str, Any], ...] = (
            INITIALIZE | {"id": 0, "jsonrpc": "2.0"},
            opening | {"jsonrpc": "1.0"},
            {"id": None, "jsonrpc": "2.0", "method": "no/such", "params": {}},
        )
        for given in messages:
            server.protocol.handle_message(server.protocol.structure_message(given))
        await end(server)
        return server.documents.get(uri) is None, None in writer.codes

    assert asyncio.run(act()) == (True, True)


async def _passed_over(message: dict[str, Any]) -> list[int | None]:
    server = create_server({"LIVEBOOK_LS_PORTS": "1"})
    writer = Answers()
    server.protocol.set_writer(writer)
    # Something is under way, among which an id is looked for.
    server.protocol.send_request("workspace/inlayHint/refresh")
    for given in (INITIALIZE | {"id": 0}, message):
        server.protocol.handle_message(
            server.protocol.structure_message({"jsonrpc": "2.0"} | given)
        )
    await end(server)
    return list(writer.codes.values())


def answers(*messages: dict[str, Any]) -> list[int | None]:
    """The error codes of the answers in the order of their requests, None for a result."""
    return asyncio.run(_answers(messages))


async def _answers(messages: tuple[dict[str, Any], ...]) -> list[int | None]:
    server = create_server({"LIVEBOOK_LS_PORTS": "1"})
    writer = Answers()
    server.protocol.set_writer(writer)
    for number, message in enumerate(messages):
        given = {"jsonrpc": "2.0", "id": number} | message
        if given["id"] is None:
            del given["id"]
        read = json.loads(json.dumps(given), object_hook=server.protocol.structure_message)
        server.protocol.handle_message(read)
    asked = sum(message.get("id", 0) is not None for message in messages)
    for _ in range(1_000):
        if len(writer.codes) == asked:
            break
        await asyncio.sleep(0.005)
    await end(server)
    return [writer.codes[number] for number in sorted(it for it in writer.codes if it is not None)]


async def end(server: NotebookServer) -> None:
    server.log.detach()
    await server.notebooks.close()


class Answers:
    """What the server writes to: the codes of its answers by id."""

    def __init__(self) -> None:
        self.codes: dict[int | None, int | None] = {}

    def write(self, data: bytes) -> None:
        message = json.loads(data.partition(b"\r\n\r\n")[2])
        if "method" not in message:
            self.codes[message["id"]] = message.get("error", {}).get("code")

    def close(self) -> None:
        """Nothing is held."""
