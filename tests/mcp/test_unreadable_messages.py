"""Messages that can't be read are answered where they ask for something, and end nothing."""

from __future__ import annotations

import json
import subprocess
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


def answers(folder: Path, environ: dict[str, str], *messages: str) -> dict[object, Json]:
    """What a process of the server answers to lines, by ids, until the last of them, a ping."""
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
            if answer.get("id") == "end":
                break
        process.stdin.close()
        assert process.wait(30) == 0
    return found


def call(tool: str, **arguments: object) -> str:
    params = {"name": tool, "arguments": arguments}
    return json.dumps({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params})


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
