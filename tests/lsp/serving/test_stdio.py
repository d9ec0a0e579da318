"""The server as a process: how it starts, what its stdout carries, and that it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.conftest import SERVER
from tests.support.child import Child
from tests.support.step_kills import AFTER, BEFORE

PROGRAM = (sys.executable, "-m", "livebook_ls")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        pytest.param(("serve",), marks=pytest.mark.slow),
        pytest.param(("--stdio",), marks=pytest.mark.slow),
        ("serve", "--stdio"),
        pytest.param(("--stdio", "serve"), marks=pytest.mark.slow),
    ],
)
def test_every_way_in_which_clients_start_it_serves(
    environ: dict[str, str], arguments: Sequence[str]
) -> None:
    editor = Editor((*PROGRAM, *arguments), environ=environ)

    assert editor.server["serverInfo"]["name"] == "livebook-ls"
    assert editor.close() == 0


def test_in_a_terminal_it_prints_help(environ: dict[str, str]) -> None:
    terminal, program = os.openpty()
    done = subprocess.run(PROGRAM, stdin=program, capture_output=True, env=environ, check=False)
    os.close(terminal)
    os.close(program)

    assert done.returncode == 0
    assert b"usage: livebook-ls" in done.stdout


def test_stdout_carries_only_protocol_whatever_prints(
    tmp_path: Path, environ: dict[str, str], notebook: Path
) -> None:
    noisy = (
        "import os, sys\n"
        "from livebook_ls.lsp.serving import stdio\n"
        "serve = stdio.serve\n"
        "from livebook_ls.lsp.handlers import text_synchronization as handlers\n"
        "opened = handlers.did_open\n"
        "def did_open(ls, params):\n"
        "    print('noise'); os.write(1, b'noise'); os.system('echo noise')\n"
        "    return opened(ls, params)\n"
        "handlers.HANDLERS['textDocument/didOpen'] = (did_open, None)\n"
        "serve(os.environ)\n"
    )
    script = tmp_path / "noisy.py"
    script.write_text(noisy, encoding="utf-8")
    editor = Editor((sys.executable, str(script)), environ=environ)
    uri = editor.open(notebook)

    assert editor.wait_for_state(uri, "inSync")
    assert editor.close() == 0


@pytest.mark.fault(
    "editor",
    "the editor closes its pipe",
    during="Livebook hangs",
    shows="nothing: the server ends",
    recovers="nothing to do",
)
def test_it_ends_when_the_pipe_is_closed_while_livebook_hangs(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    livebook.faults = Faults(reply=Reply.HANG)
    editor = start_editor()
    editor.open(notebook)
    editor.wait_for(lambda: livebook.requests, "a request that hangs")
    assert editor.process.stdin is not None
    editor.process.stdin.close()

    assert editor.process.wait(120) == 1


@pytest.mark.slow
@pytest.mark.fault(
    "editor",
    "the editor is gone, its pipe is open",
    during="anything",
    shows="nothing: the server ends",
    recovers="nothing to do",
)
def test_it_ends_when_the_editors_process_is_gone(
    start_editor: Callable[..., Editor],
) -> None:
    client = subprocess.Popen((sys.executable, "-c", "import time; time.sleep(600)"))
    editor = start_editor(process_id=client.pid)
    client.kill()
    client.wait()

    assert editor.process.wait(120) == 1


@pytest.mark.slow
def test_nothing_of_a_notebook_or_token_reaches_the_log(
    environ: dict[str, str], notebook: Path, livebook: StandIn, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            SERVER,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=environ | {"LIVEBOOK_URL": f"{livebook.url}/?token=s3cret"},
        )
        assert process.stdin is not None
        uri = notebook.as_uri()
        text = "# unheard-of\n"
        item = {"uri": uri, "languageId": "livebook", "version": 1, "text": text}
        for message in (
            {"id": 1, "method": "initialize", "params": {"processId": None, "capabilities": {}}},
            {"method": "initialized", "params": {}},
            {"method": "textDocument/didOpen", "params": {"textDocument": item}},
            {"method": "textDocument/didSave", "params": {"textDocument": {"uri": uri}}},
        ):
            body = json.dumps({"jsonrpc": "2.0", **message}).encode()
            process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        process.stdin.flush()
        deadline = time.monotonic() + 120
        while not livebook.sessions and time.monotonic() < deadline:
            time.sleep(0.02)
        process.stdin.close()
        process.wait(120)

    assert livebook.sessions
    assert b"unheard-of" not in log.read_bytes()
    assert b"s3cret" not in log.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    "module", ["cli.main", "cli.many.one_by_one", "cli.doctor", "sync.notebooks"]
)
def test_the_command_line_does_not_load_the_protocol(module: str) -> None:
    program = f"import sys, livebook_ls.{module}; print('lsprotocol' in sys.modules)"
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, check=True)

    assert done.stdout.strip() == b"False"


@pytest.mark.slow
@pytest.mark.fault(
    "editor",
    "the editor is killed",
    during="anything",
    shows="nothing: the server ends",
    recovers="nothing to do",
)
def test_a_client_that_is_killed_leaves_no_server(
    environ: dict[str, str], notebook: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    log.touch()
    server = subprocess.Popen(
        (*PROGRAM, "serve", "--log-file", str(log)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environ,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    params: dict[str, object] = {"processId": None, "capabilities": {}}
    item = {
        "uri": notebook.as_uri(),
        "languageId": "livebook",
        "version": 1,
        "text": notebook.read_text(encoding="utf-8"),
    }
    try:
        server.stdin.write(framed(id=1, method="initialize", params=params))
        server.stdin.flush()
        server.stdout.readline()
        # From here on there is nobody who could be told of anything, nor of that.
        server.stdout.close()
        server.stdin.write(framed(method="initialized", params={}))
        server.stdin.write(framed(method="textDocument/didOpen", params={"textDocument": item}))
        server.stdin.flush()
        while b"BrokenPipeError" not in log.read_bytes():
            time.sleep(0.01)
        server.stdin.close()
        code = server.wait(60)
    finally:
        server.kill()
        server.wait()

    assert code == 1
    assert log.read_bytes().count(b"Error sending data") == 1


@pytest.mark.slow
@pytest.mark.fault(
    "editor",
    "the editor reads nothing any more",
    during="a save in two steps",
    shows="nothing: there is nobody to be told",
    recovers="nothing to do: the save is brought to its end",
)
def test_a_save_of_which_nobody_can_be_told_arrives(
    environ: dict[str, str], notebook: Path, livebook: StandIn
) -> None:
    def holds(text: str) -> bool:
        session = livebook.session(notebook)
        return session is not None and session.text == text

    notebook.write_text(BEFORE, encoding="utf-8")
    document = {"uri": notebook.as_uri()}
    item = document | {"languageId": "livebook", "version": 1, "text": BEFORE}
    params = {
        "processId": None,
        "capabilities": {},
        "initializationOptions": {"twoStepSync": "auto"},
    }
    pipe, told = subprocess.PIPE, b""
    server: Child[bytes] = Child(
        SERVER, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environ
    )
    with server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(framed(id=1, method="initialize", params=params))
        server.stdin.write(framed(method="initialized", params={}))
        server.stdin.write(framed(method="textDocument/didOpen", params={"textDocument": item}))
        server.stdin.flush()
        while b"inSync" not in told:
            told += os.read(server.stdout.fileno(), 65_536)
        server.stdout.close()
        notebook.write_text(AFTER, encoding="utf-8")
        server.stdin.write(framed(method="textDocument/didSave", params={"textDocument": document}))
        server.stdin.close()
        code = server.wait(60)
    livebook.wait_settled()

    assert code == 1
    assert (holds(AFTER), notebook.read_text(encoding="utf-8")) == (True, AFTER)


def framed(**message: object) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
