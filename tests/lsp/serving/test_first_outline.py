"""An outline that is answered while the server is being loaded is the one that it would give."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from typing import Any

import pytest

from livebook_ls.lsp.connection.framing import CheckedStream, NotOurProtocolError
from livebook_ls.lsp.create import create_server
from livebook_ls.lsp.serving.first_answer import Beginning, answer_first
from livebook_ls.lsp.serving.first_outline import FirstOutlines
from livebook_ls.lsp.serving.inbox import Inbox

URI = "file:///tmp/a%20b.livemd"
TEXT = "# Né 🎉 é\n\n## Ä\n\n```elixir\n# 🎉\nx = 1\n```\n\n* words\n\n## B\n"
TREE = {"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": True}}}
UTF8 = {"general": {"positionEncodings": ["utf-8"]}}


def message(method: str, params: object, **more: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params} | more).encode()


def opened(uri: str = URI, text: str = TEXT) -> bytes:
    item = {"uri": uri, "languageId": "livebook", "version": 1, "text": text}
    return message("textDocument/didOpen", {"textDocument": item})


def asked(number: int | str = 2, uri: str = URI, **more: object) -> bytes:
    params = {"textDocument": {"uri": uri}} | more
    return message("textDocument/documentSymbol", params, id=number)


def early(*messages: bytes, capabilities: Any = TREE) -> list[Any]:
    """The results that are given before there is a server."""
    written: list[bytes] = []
    found = FirstOutlines({"capabilities": capabilities}, Beginning(), written.append)
    found.look(messages)
    return [json.loads(it.partition(b"\r\n\r\n")[2])["result"] for it in written]


@pytest.mark.parametrize("capabilities", [{}, TREE, TREE | UTF8], ids=["flat", "tree", "utf-8"])
def test_it_is_what_the_server_answers_which_answers_no_second_time(capabilities: Any) -> None:
    introduction = {"processId": None, "rootUri": None, "capabilities": capabilities}
    beginning = Beginning(message("initialize", introduction, id=1))
    written: list[bytes] = []
    assert answer_first(beginning.message, lambda _: None) == 1
    beginning.answered[1] = "initialize"
    outlines = FirstOutlines(introduction, beginning, written.append)
    later = [message("initialized", {}), opened(), asked(2), asked("3")]
    outlines.look(later)
    server = create_server({"LIVEBOOK_LS_PORTS": "1"})
    server.protocol.answered = beginning.answered
    server.documents.readings = beginning.readings
    server.protocol.set_writer(Writer(written))

    async def begin() -> None:
        for it in (beginning.message, *later, asked(4)):
            server.protocol.handle_message(server.protocol.structure_message(json.loads(it)))
        server.log.detach()
        await server.close()

    asyncio.run(begin())
    said = [json.loads(it.partition(b"\r\n\r\n")[2]) for it in written]
    answers = [it for it in said if "result" in it]

    assert [it["id"] for it in answers] == [2, "3", 4]
    assert answers[0]["result"] == answers[1]["result"] == answers[2]["result"]
    assert "Ä" in json.dumps(answers[0]["result"], ensure_ascii=False)


@pytest.mark.parametrize(
    "between",
    [
        message("textDocument/didChange", {"textDocument": {"uri": URI}, "contentChanges": []}),
        message("textDocument/didClose", {"textDocument": {"uri": URI}}),
        message("shutdown", None, id=9),
        message("exit", None),
        message("initialize", {"capabilities": {}}, id=9),
        message("workspace/didRenameFiles", {"files": []}),
        b'{"jsonrpc": "2.0", "id": 1, "result": null}',
        b"{",
        b"[]",
        b"",
        opened(text="# Other").replace(b"2.0", b"1.0"),
    ],
)
def test_behind_what_may_change_it_the_server_answers(between: bytes) -> None:
    assert early(opened(), between, asked()) == []


@pytest.mark.parametrize(
    "between",
    [
        message("initialized", {}),
        message("textDocument/foldingRange", {"textDocument": {"uri": URI}}, id=8),
        message("workspace/didChangeConfiguration", {"settings": {}}),
        message("$/setTrace", {"value": "off"}),
        opened("file:///tmp/other.livemd", "# Other"),
    ],
)
def test_what_changes_nothing_about_it_is_no_reason_to_wait(between: bytes) -> None:
    assert len(early(opened(), between, asked())) == 1


@pytest.mark.parametrize(
    "messages",
    [
        (asked(),),
        (opened("untitled:Untitled-1"), asked(uri="untitled:Untitled-1")),
        (opened("file:///tmp/a.md"), asked(uri="file:///tmp/a.md")),
        (opened(), asked(workDoneToken="t")),
        (opened(), message("textDocument/documentSymbol", {"textDocument": {"uri": URI}})),
        (opened(), message("textDocument/documentSymbol", [], id=1)),
        (message("textDocument/didOpen", {"textDocument": {"uri": URI, "text": "# T"}}), asked()),
        (opened(), opened(text="# Other").replace(b'"version": 1', b'"version": "1"'), asked()),
    ],
)
def test_what_the_server_may_see_otherwise_is_left_to_it(messages: tuple[bytes, ...]) -> None:
    assert early(*messages) == []


def test_a_text_that_is_opened_again_is_read_again() -> None:
    first, second = early(opened(), asked(), opened(text="# Other"), asked())

    assert first != second
    assert second[0]["name"] == "Other"


def test_nothing_of_the_protocol_is_loaded_for_it() -> None:
    program = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "import livebook_ls.lsp.serving.first_outline\n"
        "slow = {'asyncio', 'attrs', 'lsprotocol', 'pygls', 'httpx', 'livebook_ls.sync'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run((sys.executable, "-S", "-c", program), capture_output=True, check=True)

    assert done.stdout.decode().strip() == "[]"


def test_messages_come_out_of_the_inbox_as_they_were_sent_and_their_end() -> None:
    sent = [b"%d" % it for it in range(200)]
    inbox = begun(b"".join(map(frame, sent)))

    async def all_of_them() -> list[bytes]:
        return [await inbox.message() for _ in range(len(sent) + 1)]

    assert asyncio.run(all_of_them()) == [*sent, b""]


def test_what_is_not_our_protocol_ends_it_behind_what_came_before() -> None:
    inbox = begun(frame(b"1") + b"GET / HTTP/1.1\r\n\r\n")

    assert asyncio.run(inbox.message()) == b"1"
    with pytest.raises(NotOurProtocolError):
        asyncio.run(inbox.message())


def test_what_was_looked_at_is_still_there_for_the_server() -> None:
    inbox = begun(frame(b"1") + frame(b"2"))
    seen: list[bytes] = []
    while b"" not in seen:
        seen += inbox.unseen()

    assert seen == [b"1", b"2", b""]
    assert [asyncio.run(inbox.message()) for _ in seen] == seen


def frame(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def begun(stream: bytes) -> Inbox:
    inbox = Inbox(CheckedStream(io.BytesIO(stream)))
    inbox.begin()
    return inbox


class Writer:
    """What the server writes to."""

    def __init__(self, written: list[bytes]) -> None:
        self._written = written

    def write(self, data: bytes) -> None:
        self._written.append(data)

    def close(self) -> None:
        """Nothing is held."""
