"""The server's end, which nothing holds up: no task, no helper that starts, and no busy loop."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from tests.support.command import PROGRAM

# A machine may be busy; editors wait less, but leave no server behind that ends by itself.
_ENDS_WITHIN_S = 60.0
_CODE = "# Note\n\n## Section\n\n```elixir\nEnum.ma\n```\n"


def asks_to_end(editor: Editor) -> None:
    editor.notify("exit", None)


def shuts_down(editor: Editor) -> None:
    editor.request("shutdown", None)
    editor.notify("exit", None)


def closes_the_pipe(editor: Editor) -> None:
    assert editor.process.stdin is not None
    editor.process.stdin.close()


def processes_with(word: str) -> list[int]:
    """The processes that have this word in their command line, and still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if word.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def served_with(folder: Path, hindrance: str) -> tuple[str, str]:
    """The program that serves where each notebook that is opened brings this hindrance."""
    script = folder / "hindered.py"
    text = (
        "import asyncio, os, sys, time\n"
        "from livebook_ls.lsp.handlers import text_synchronization as handlers\n"
        "from livebook_ls.lsp.serving import stdio\n"
        "opened = handlers.did_open\n"
        "async def stays():\n"
        "    while True:\n"
        "        try:\n"
        "            await asyncio.sleep(600)\n"
        "        except asyncio.CancelledError:\n"
        "            continue\n"
        "def did_open(ls, params):\n"
        "    opened(ls, params)\n"
        f"    {hindrance}\n"
        "handlers.HANDLERS['textDocument/didOpen'] = (did_open, None)\n"
        "stdio.serve(os.environ)\n"
    )
    script.write_text(text, encoding="utf-8")
    return sys.executable, str(script)


@pytest.mark.slow
@pytest.mark.parametrize("ends", [shuts_down, asks_to_end, closes_the_pipe])
@pytest.mark.parametrize(
    "hindrance",
    [
        pytest.param("ls.in_background(stays())", marks=pytest.mark.slow),
        "ls.in_background(asyncio.to_thread(time.sleep, 900))",
    ],
)
def test_no_task_and_no_thread_holds_up_the_end(
    tmp_path: Path,
    environ: dict[str, str],
    notebook: Path,
    ends: Callable[[Editor], None],
    hindrance: str,
) -> None:
    editor = Editor(served_with(tmp_path, hindrance), environ=environ)
    uri = editor.open(notebook)
    editor.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    ends(editor)
    try:
        assert editor.process.wait(_ENDS_WITHIN_S) == int(ends is not shuts_down)
    finally:
        editor.process.kill()
        editor.close()


@pytest.mark.slow
def test_an_event_loop_that_never_comes_back_holds_up_no_end(
    tmp_path: Path, environ: dict[str, str], notebook: Path
) -> None:
    editor = Editor(served_with(tmp_path, "time.sleep(900)"), environ=environ)
    editor.open(notebook)
    closes_the_pipe(editor)
    try:
        assert editor.process.wait(_ENDS_WITHIN_S) == 1
    finally:
        editor.process.kill()
        editor.close()


@pytest.mark.slow
@pytest.mark.fault(
    "editor",
    "the editor is left",
    during="the process that helps with code starts",
    shows="nothing: the server ends, and that process with it",
    recovers="nothing to do",
)
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("ends", [shuts_down, asks_to_end, closes_the_pipe])
@pytest.mark.parametrize(
    "later_s",
    [
        0.0,
        pytest.param(0.003, marks=pytest.mark.slow),
        pytest.param(0.01, marks=pytest.mark.slow),
        pytest.param(0.1, marks=pytest.mark.slow),
    ],
)
def test_a_helper_that_starts_ends_with_the_server(
    tmp_path: Path,
    environ: dict[str, str],
    notebook: Path,
    ends: Callable[[Editor], None],
    later_s: float,
) -> None:
    elixir = tmp_path / "bin" / "elixir"
    elixir.parent.mkdir()
    # It never answers, nor hears that its input has ended.
    elixir.write_text(f"#!/bin/sh\nexec tail -f /dev/null {elixir}\n", encoding="utf-8")
    elixir.chmod(0o755)
    notebook.write_text(_CODE, encoding="utf-8")
    settings = {"languageHelp": True, "elixirPath": str(elixir)}
    editor = Editor((*PROGRAM, "--stdio"), environ=environ, settings=settings)
    uri = editor.open(notebook)
    editor.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    at = {"textDocument": {"uri": uri}, "position": {"line": 5, "character": 7}}
    # Its answer is not waited for.
    editor._send({"id": 900, "method": "textDocument/completion", "params": at})
    time.sleep(later_s)
    ends(editor)
    try:
        assert editor.process.wait(_ENDS_WITHIN_S) == int(ends is not shuts_down)
        # The system ends what was killed in its own time.
        editor.wait_for(lambda: not processes_with(str(elixir)), "the end of its helper", 10.0)
    finally:
        editor.process.kill()
        editor.close()
        for left in processes_with(str(elixir)):
            subprocess.run(("kill", "-9", str(left)), check=False)
