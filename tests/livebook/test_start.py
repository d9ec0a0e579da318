"""Livebook started on the user's word, with a stand-in for the program `livebook`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.livebook.errors import StartFailed, StartTooSlow
from livebook_ls.livebook.starting.process import launch
from livebook_ls.livebook.starting.start import wait
from livebook_ls.settings import Settings, read_settings
from livebook_ls.standin.editor import Editor
from tests.conftest import clean_environ
from tests.support.places import ROOT
from tests.support.sockets import free_port

# Mostly waiting, for what must not happen or takes Livebook its time.
pytestmark = pytest.mark.slow

# Notes its process, prints what Livebook prints, and lives until it is ended.
LIVEBOOK = """
import os, signal, sys
from livebook_ls.standin import Access, StandInSettings, StandIn
with open(os.environ["PIDS"], "a") as pids:
    print(os.getpid(), file=pids)
signal.signal(signal.SIGTERM, signal.default_int_handler)
port = int(os.environ["LIVEBOOK_PORT"]) if "--anywhere" not in sys.argv else 0
try:
    with StandIn(StandInSettings(port=port, access=Access(token="t0ken"))) as it:
        address = f"http://localhost:{it.port}/?token=t0ken"
        print(f"\\x1b[32m[Livebook]\\x1b[0m Application running at {address}", flush=True)
        signal.pause()
except KeyboardInterrupt:
    print("[Livebook] stopped")
"""

Start = Callable[..., Editor]


@pytest.fixture
def pids(tmp_path: Path) -> Iterator[Callable[[], list[int]]]:
    """The processes that were started as Livebook; they are ended after the test."""
    file = tmp_path / "pids"
    file.touch()

    def started() -> list[int]:
        return list(map(int, file.read_text().split()))

    yield started
    for process_id in started():
        try:
            os.kill(process_id, signal.SIGKILL)
        except ProcessLookupError:
            continue


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def environ(tmp_path: Path, port: int, pids: Any) -> dict[str, str]:
    """A user whose Livebook is installed and does not run."""
    assert pids() == []
    program(tmp_path, f'exec "{sys.executable}" "{tmp_path / "livebook.py"}" "$@"')
    (tmp_path / "livebook.py").write_text(LIVEBOOK, encoding="utf-8")
    return clean_environ() | {
        "LIVEBOOK_URL": f"http://127.0.0.1:{port}",
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PIDS": str(tmp_path / "pids"),
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(tmp_path),
    }


def program(folder: Path, body: str) -> None:
    """A program `livebook`."""
    path = folder / "bin" / "livebook"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def warnings(editor: Editor) -> list[str]:
    return [it["message"] for it in editor.messages if it["type"] == 2]


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_quick_fix_starts_livebook_and_every_notebook_is_attached(
    start_editor: Start, notebook: Path, port: int, pids: Callable[[], list[int]]
) -> None:
    other = notebook.with_name("other.livemd")
    other.write_text("# Other\n\n## Section\n", encoding="utf-8")
    editor = start_editor()
    uris = [editor.open(notebook), editor.open(other)]
    for uri in uris:
        editor.wait_for_state(uri, "notRunning")
    editor.wait_for(lambda: editor.diagnostics.get(uris[0]), "the diagnostic")
    (fix,) = [it for it in editor.actions(uris[0]) if it["title"] == "Start Livebook"]
    answer = editor.command(fix["command"]["command"], *fix["command"]["arguments"])
    urls = [editor.wait_for_state(uri, "inSync")["url"] for uri in uris]
    titles = [
        it["params"]["value"]["title"]
        for it in editor.received
        if it["method"] == "$/progress" and it["params"]["value"]["kind"] == "begin"
    ]

    assert answer is True
    assert fix["kind"] == "quickfix"
    assert all(it.startswith(f"http://localhost:{port}/sessions/") for it in urls)
    assert all(it.endswith("?token=t0ken") for it in urls)
    assert "Starting Livebook …" in titles
    assert [it["message"] for it in editor.messages] == [
        f"Livebook runs at http://localhost:{port}."
    ]
    editor.close()
    (process_id,) = pids()
    # Nothing that ends with the server comes later than the server's own end.
    assert is_alive(process_id)


def test_the_address_that_livebook_prints_counts(start_editor: Start, notebook: Path) -> None:
    editor = start_editor(settings={"startCommand": "livebook server --anywhere"})
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "notRunning")
    editor.command("livebook.start")

    assert editor.wait_for_state(uri, "inSync")["url"].endswith("?token=t0ken")


def test_only_what_was_started_here_is_stopped_and_only_on_demand(
    start_editor: Start, notebook: Path, pids: Callable[[], list[int]]
) -> None:
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "notRunning")
    editor.command("livebook.start")
    editor.wait_for_state(uri, "inSync")
    (process_id,) = pids()
    other = start_editor()
    at_other = other.command("livebook.stop"), warnings(other)
    was_alive = is_alive(process_id)
    stopped = editor.command("livebook.stop")
    editor.wait_for_state(uri, "notRunning")

    assert at_other == (False, ["Livebook was not started from here, so it is left running."])
    assert was_alive
    assert stopped is True
    assert not is_alive(process_id)


def test_two_starts_make_one_livebook(
    start_editor: Start, notebook: Path, pids: Callable[[], list[int]]
) -> None:
    editor = start_editor()
    uri = editor.open(notebook)
    both = [threading.Thread(target=editor.command, args=("livebook.start",)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    editor.wait_for_state(uri, "inSync")

    assert len(pids()) == 1
    assert warnings(editor) == []


def test_a_livebook_that_ended_by_itself_is_started_anew(
    start_editor: Start, notebook: Path, pids: Callable[[], list[int]]
) -> None:
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "notRunning")
    editor.command("livebook.start")
    editor.wait_for_state(uri, "inSync")
    os.kill(pids()[0], signal.SIGKILL)
    editor.command("livebook.sync", uri)
    editor.wait_for_state(uri, "notRunning")

    assert editor.command("livebook.start") is True
    assert editor.wait_for_state(uri, "inSync")
    assert len(pids()) == 2


def test_a_program_that_starts_a_service_and_ends_is_waited_for(
    start_editor: Start, notebook: Path, tmp_path: Path
) -> None:
    script = tmp_path / "livebook.py"
    program(tmp_path, f'"{sys.executable}" "{script}" </dev/null >/dev/null 2>&1 & exit 0')
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "notRunning")

    assert editor.command("livebook.start") is True
    assert editor.wait_for_state(uri, "inSync")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "echo; echo 'no Elixir here?token=t0ken'; exit 3",
            "Livebook could not be started: no Elixir here?token=…. ",
        ),
        (
            "echo '[error] Running LivebookWeb.Endpoint at http failed'; "
            "echo; echo 'ERROR!!! [Livebook] shutdown: failed to start child'; "
            "echo '[os_mon] memory supervisor port (memsup): Erlang has closed'; exit 1",
            "Livebook could not be started: Running LivebookWeb.Endpoint at http failed. ",
        ),
        (
            "echo 'Unpacking'; echo 'ERROR!!! [Livebook] expected LIVEBOOK_PORT to be a number'; "
            "echo 'Crash dump is being written to: erl_crash.dump...done'; exit 1",
            "Livebook could not be started: expected LIVEBOOK_PORT to be a number. ",
        ),
        ("exit 3", "Livebook could not be started: it ended without a word. "),
        (
            "echo 'Another application is already running on port 8080. Ensure it is free'; exit 1",
            "Livebook could not be started: Another application is already running on port 8080. "
            "Ensure it is free. End that program, or set livebook.url to a free port",
        ),
    ],
)
def test_why_it_did_not_start_is_told_in_a_sentence(
    start_editor: Start, tmp_path: Path, notebook: Path, body: str, told: str
) -> None:
    program(tmp_path, body)
    editor = start_editor()
    editor.wait_for_state(editor.open(notebook), "notRunning")

    assert editor.command("livebook.start") is False
    assert [it[: len(told)] for it in warnings(editor)] == [told]
    assert not list(tmp_path.glob("livebook-*.log"))


def test_livebook_has_a_home_though_its_starter_has_none(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    program(tmp_path, 'echo "no home but $HOME"; exit 1')
    bare = {name: environ[name] for name in ("PATH", "TMPDIR")}
    launched = launch(("livebook", "server"), bare)
    with pytest.raises(StartFailed) as raised:
        wait(launched, lambda: False)
    launched.forget()

    assert f"no home but {Path.home()}" in raised.value.sentence


@pytest.mark.fault(
    "livebook",
    "Livebook is not installed",
    during="**Start Livebook**",
    sees="NotInstalled",
    recovers="once it is",
)
def test_a_program_that_is_missing_is_told_with_the_way_to_get_it(start_editor: Start) -> None:
    editor = start_editor(settings={"startCommand": ["no-such-livebook", "server"]})

    assert editor.command("livebook.start") is False
    assert warnings(editor) == [
        "The program “no-such-livebook” was not found. Install Livebook from "
        "https://livebook.dev, or set livebook.startCommand to what starts it."
    ]


def test_nothing_is_started_for_another_machine(
    start_editor: Start, pids: Callable[[], list[int]], environ: dict[str, str]
) -> None:
    editor = start_editor(environ=environ | {"LIVEBOOK_URL": "http://192.0.2.1:9"})

    assert editor.command("livebook.start") is False
    assert "another machine" in warnings(editor)[0]
    assert pids() == []


def test_a_workspace_does_not_decide_what_is_run(
    start_editor: Start, notebook: Path, tmp_path: Path
) -> None:
    editor = start_editor()
    editor.wait_for_state(editor.open(notebook), "notRunning")
    editor.settings = {"startCommand": f"touch {tmp_path / 'run'}"}
    editor.notify("workspace/didChangeConfiguration", {"settings": {"livebook": editor.settings}})
    editor.wait_for(lambda: warnings(editor), "a message")
    editor.command("livebook.start")

    assert "startCommand must be given at the start" in warnings(editor)[0]
    assert not (tmp_path / "run").exists()


@pytest.mark.fault(
    "livebook",
    "Livebook starts and never answers",
    during="**Start Livebook**",
    sees="StartTooSlow",
    recovers="by itself, if it comes yet",
)
def test_one_that_never_answers_is_left_running_and_told(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    program(tmp_path, "echo 'Unpacking …'; exec sleep 600")
    launched = launch(("livebook", "server"), environ)
    try:
        with pytest.raises(StartTooSlow) as raised:
            wait(launched, lambda: False, patience_s=1.0)
        is_running = launched.exit_code is None
    finally:
        launched.stop()

    assert is_running
    assert "did not answer within 1 s. It said: Unpacking …" in raised.value.sentence


def test_the_output_with_the_token_is_the_users_alone(environ: dict[str, str]) -> None:
    launched = launch(("livebook", "server"), environ)
    mode = launched.output.stat().st_mode
    launched.stop()

    assert mode & 0o077 == 0
    assert not launched.output.exists()


def test_it_is_started_in_the_users_home(
    tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "pwd; exec sleep 600")
    home, workspace = tmp_path / "home", tmp_path / "workspace"
    for folder in (home, workspace):
        folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(workspace)
    launched = launch(("livebook", "server"), environ)
    while not (said := launched.text):
        time.sleep(0.01)
    launched.stop()

    assert said.strip() == str(home)


def test_the_command_line_starts_it_too(
    environ: dict[str, str], port: int, pids: Callable[[], list[int]]
) -> None:
    command = (sys.executable, "-m", "livebook_ls", "start")
    first, again = (
        subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )

    assert first == f"http://localhost:{port}/?token=t0ken\n"
    assert again == f"http://127.0.0.1:{port}\n"
    assert len(pids()) == 1


def test_a_run_starts_it_and_ends_it_afterwards(
    environ: dict[str, str], notebook: Path, pids: Callable[[], list[int]]
) -> None:
    notebook.write_text("# Note\n\n## Section\n\n```elixir\n1 + 1\n```\n", encoding="utf-8")
    command = (sys.executable, "-m", "livebook_ls", "run", "--start", notebook)
    done = subprocess.run(command, env=environ, capture_output=True, text=True)
    (process_id,) = pids()

    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "2"), done.stderr
    assert not is_alive(process_id)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("livebook server --port 8090", ("livebook", "server", "--port", "8090")),
        ("'/my tools/livebook' server", ("/my tools/livebook", "server")),
        (["docker", "start", "livebook"], ("docker", "start", "livebook")),
        ("", ("livebook", "server")),
        ([], ("livebook", "server")),
    ],
)
def test_the_command_is_a_text_or_a_list(given: object, taken: tuple[str, ...]) -> None:
    settings, bad = read_settings({"startCommand": given}, Settings())

    assert settings.start_command == taken
    assert bad == ()


@pytest.mark.parametrize("given", ["livebook 'server", 8080, ["livebook", 1], {"a": 1}])
def test_a_command_that_is_none_keeps_the_default(given: object) -> None:
    settings, bad = read_settings({"startCommand": given}, Settings())

    assert settings.start_command == ("livebook", "server")
    assert [it.name for it in bad] == ["startCommand"]
