"""`initialize` is answered at once where nothing speaks against it, and as the server would."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol import types

from livebook_ls.lsp.create import create_server
from livebook_ls.lsp.serving.first_answer import answer_first, is_understood

PROTOCOL = create_server({}).protocol
PLAIN: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}
TEXTS: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.text(max_size=3), st.integers(), st.booleans(), st.just([])
)


def request(params: object, **more: object) -> bytes:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
    return json.dumps(asked | more).encode()


def answered(message: bytes) -> tuple[int | str | None, Any]:
    """The id that was answered, and the message that was written."""
    written: list[bytes] = []
    number = answer_first(message, written.append)
    body = b"".join(written).partition(b"\r\n\r\n")[2]
    return number, json.loads(body) if body else None


def test_the_answer_carries_the_id_of_its_request() -> None:
    for number in (0, 7, "a"):
        found, message = answered(request(PLAIN, id=number))

        assert found == message["id"] == number
        assert message["result"]["serverInfo"]["name"] == "livebook-ls"


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        request(PLAIN, method="shutdown"),
        request(PLAIN, id=None),
        request(PLAIN, id=1.5),
        request(PLAIN, jsonrpc="1.0"),
        request(None),
        request([]),
        request({}),
        request(PLAIN | {"capabilities": []}),
        request(PLAIN | {"processId": "1"}),
        request(PLAIN | {"processId": True}),
        request(PLAIN | {"trace": "loud"}),
        request(PLAIN | {"clientInfo": {}}),
        request(PLAIN | {"workspaceFolders": [{"uri": "file:///a"}]}),
        request(PLAIN | {"initializationOptions": {"secret": "s"}}),
        request(PLAIN | {"initializationOptions": {"livebook": {"secret": "s"}}}),
    ],
)
def test_what_may_be_refused_is_left_to_the_server(message: bytes) -> None:
    assert answered(message) == (None, None)


# The first that is read makes the types that are read.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.fixed_dictionaries(
        {"capabilities": st.just({})},
        optional={
            "processId": TEXTS,
            "rootUri": TEXTS,
            "rootPath": TEXTS,
            "locale": TEXTS,
            "trace": st.one_of(TEXTS, st.just("off"), st.just("verbose")),
            "clientInfo": st.one_of(
                TEXTS, st.fixed_dictionaries({"name": TEXTS}, optional={"version": TEXTS})
            ),
            "workspaceFolders": st.one_of(
                TEXTS, st.lists(st.fixed_dictionaries({"uri": TEXTS, "name": TEXTS}), max_size=2)
            ),
            "initializationOptions": TEXTS,
        },
    )
)
def test_what_is_understood_the_server_takes(params: dict[str, Any]) -> None:
    if not is_understood(params):
        return
    message = PROTOCOL.structure_message(json.loads(request(params)))

    assert isinstance(message, types.InitializeRequest)


def test_the_server_behind_it_answers_no_second_time() -> None:
    server = create_server({"LIVEBOOK_LS_PORTS": "1"})
    written: list[bytes] = []
    server.protocol.set_writer(Writer(written))
    server.protocol.answered = {1: "initialize"}

    async def begin() -> None:
        for number in (1, 2):
            read = json.loads(request(PLAIN, id=number))
            server.protocol.handle_message(server.protocol.structure_message(read))
        server.log.detach()
        await server.close()

    asyncio.run(begin())

    # What the first asked was answered; the second is refused.
    assert [json.loads(it.partition(b"\r\n\r\n")[2])["id"] for it in written] == [2]


def test_nothing_that_takes_its_time_is_loaded_before_the_answer() -> None:
    program = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "import livebook_ls.cli.main, livebook_ls.cli.serve, livebook_ls.lsp.serving.stdio\n"
        "slow = {'asyncio', 'attrs', 'lsprotocol', 'pygls', 'httpx', 'dataclasses', 'typing'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    # Without `site`, whose work for other packages loads some of these.
    command = (sys.executable, "-S", "-c", program)
    done = subprocess.run(command, capture_output=True, check=True)

    assert done.stdout.decode().strip() == "[]"


class Writer:
    """What the server writes to."""

    def __init__(self, written: list[bytes]) -> None:
        self._written = written

    def write(self, data: bytes) -> None:
        self._written.append(data)

    def close(self) -> None:
        """Nothing is held."""
