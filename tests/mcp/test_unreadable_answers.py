"""An answer to a question that the protocol doesn't have is no yes, and leaves no call open."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.standin.server import StandIn
from tests.support.command import PROGRAM

ANSWERS = [
    '"result": null',
    '"result": {"action": "perhaps"}',
]
MORE_ANSWERS = [
    '"result": 5',
    '"result": {}',
    '"result": {"action": "accept", "content": [true]}',
    '"result": {"action": "accept", "content": {"agree": "\\ud800"}}',
    '"error": null',
    '"error": "no"',
    '"error": {"code": "no"}',
    '"neither": 1',
]


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "answer", [*ANSWERS, *(pytest.param(it, marks=pytest.mark.slow) for it in MORE_ANSWERS)]
)
def test_nothing_runs_and_the_call_is_answered(
    livebook: StandIn, environ: dict[str, str], notebook: Path, answer: str
) -> None:
    error = refused(environ, notebook, answer)

    assert error["error"] == "not-allowed"
    assert "Nothing was run" in error["message"]
    assert livebook.evaluated(notebook) == ()


def refused(environ: dict[str, str], notebook: Path, answer: str) -> dict[str, Any]:
    """What a call that would run cells is told, where the client answers the question so."""
    with subprocess.Popen(
        (*PROGRAM, "mcp", "--folder", notebook.parent),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environ,
        encoding="utf-8",
    ) as process:
        told = talk(process, notebook.name, answer)
        process.communicate(timeout=30)
    assert told["isError"]
    found: dict[str, Any] = told["structuredContent"]
    return found


def talk(process: subprocess.Popen[str], notebook: str, answer: str) -> dict[str, Any]:
    """Read the notebook, run its cells, answer the question; what that call is answered."""
    assert process.stdin
    assert process.stdout

    def send(message: str) -> None:
        assert process.stdin
        process.stdin.write(f'{{"jsonrpc": "2.0", {message}}}\n')
        process.stdin.flush()

    def call(number: int, tool: str, **arguments: object) -> None:
        params = json.dumps({"name": tool, "arguments": {"notebook": notebook} | arguments})
        send(f'"id": {number}, "method": "tools/call", "params": {params}')

    client = {
        "protocolVersion": "2025-06-18",
        "capabilities": {"elicitation": {}},
        "clientInfo": {"name": "test", "version": "1"},
    }
    send(f'"id": 1, "method": "initialize", "params": {json.dumps(client)}')
    send('"method": "notifications/initialized"')
    call(2, "read_notebook")
    for told in map(json.loads, process.stdout):
        if told.get("method") == "elicitation/create":
            send(f'"id": {json.dumps(told["id"])}, {answer}')
        elif told.get("id") == 2:
            version = told["result"]["structuredContent"]["version"]
            call(3, "run_cells", version=version, all=True)
        elif told.get("id") == 3:
            found: dict[str, Any] = told["result"]
            return found
    raise AssertionError("the server has ended")
