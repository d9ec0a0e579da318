"""What can't be read as a message is answered where it asks for something, and ends nothing; what
could not be written as one is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Set
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import PROGRAM

Json = dict[str, Any]
BEGIN: list[Json] = [
    {
        "jsonrpc": "2.0",
        "id": "begin",
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    },
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
]
PING: Json = {"jsonrpc": "2.0", "id": "end", "method": "ping"}


def answers(
    folder: Path, environ: dict[str, str], *messages: str, until: Set[object] = frozenset()
) -> dict[object, Json]:
    """What a process of the server answers to lines, by ids: until a ping at the end of them is
    answered, and whatever else is waited for.
    """
    lines = [*map(json.dumps, BEGIN), *messages, json.dumps(PING)]
    with subprocess.Popen(
        (*PROGRAM, "mcp", "--folder", folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environ,
        encoding="utf-8",
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("".join(f"{it}\n" for it in lines))
        process.stdin.flush()
        found: dict[object, Json] = {}
        for line in process.stdout:
            answer = json.loads(line)
            found[answer.get("id")] = answer
            if found.keys() >= {"end", *until}:
                break
        process.stdin.close()
        assert process.wait(30) == 0
    return found


def call(tool: str, **arguments: object) -> str:
    params = {"name": tool, "arguments": arguments}
    return json.dumps({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params})


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "message",
    [
        call("read_notebook", notebook="\ud800.livemd"),
        call("edit_notebook", notebook="n.livemd", operations=[{"title": "words \udfff"}]),
        call("read_notebook", **{"\ud800": 1}),
    ],
)
def test_half_a_character_is_refused(tmp_path: Path, environ: dict[str, str], message: str) -> None:
    error = answers(tmp_path, environ, message)[7]["error"]

    assert error["message"].startswith("Nothing was done")
    assert "surrogate" in error["message"]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_what_is_no_request_is_no_reason_to_end(tmp_path: Path, environ: dict[str, str]) -> None:
    no_requests = [
        "not json",
        "[" * 100_000,
        "{}",
        '"\\ud800"',
        '{"jsonrpc": "2.0", "id": "\\ud800", "method": "ping"}',
        '{"jsonrpc": "2.0", "id": true, "method": "ping", "params": "\\ud800"}',
        '{"jsonrpc": "2.0", "id": 8, "result": {"a": "\\ud800"}}',
        '{"jsonrpc": "2.0", "method": "notifications/x", "params": {"a": "\\ud800"}}',
    ]
    found = answers(
        tmp_path,
        environ,
        *no_requests,
        '{"jsonrpc": "2.0", "id": 9, "method": "ping", "params": 5}',
    )

    assert set(found) == {"begin", 9, "end"}
    assert found[9]["error"]["message"].startswith("Nothing was done")


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text there")
def test_a_file_whose_name_is_no_text_is_a_resource(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    for name in (b"\xff.livemd", b"n.livemd"):
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_text("# Words\n", encoding="utf-8")
    read = {"jsonrpc": "2.0", "method": "resources/read"}
    uris = ["livebook-ls://notebook/%FF.livemd", "livebook-ls://notebook/%FE.livemd"]
    found = answers(
        tmp_path,
        environ,
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": "resources/list"}),
        *(json.dumps(read | {"id": at, "params": {"uri": it}}) for at, it in enumerate(uris, 2)),
        until={1, 2, 3},
    )

    assert [it["uri"] for it in found[1]["result"]["resources"]] == [
        "livebook-ls://notebook/n.livemd",
        uris[0],
    ]
    assert found[2]["result"]["contents"][0]["text"] == "# Words\n"
    assert "There is no notebook" in found[3]["error"]["message"]
