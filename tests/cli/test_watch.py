"""`livebook-ls watch`: what it syncs, what it leaves alone, and what it says."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.child import Child
from tests.support.command import PROGRAM, run

# Mostly waiting, for what must not happen or takes Livebook its time.
pytestmark = pytest.mark.slow

EDITED = CANONICAL.replace("1 + 1", "1 + 2")
# Only who waits in vain waits so long.
_PATIENCE_S = 120.0
CRASHES = CANONICAL + "\n<!-- livebook:{ -->\n"
WIPES = CANONICAL + "\n<div>\n\n```elixir\n2\n```\n"


class Watching:
    """A `watch` at work, and the events that it told."""

    def __init__(self, folder: Path, environ: dict[str, str], *options: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            (*PROGRAM, "watch", "--json", *options),
            cwd=folder,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.events: list[dict[str, Any]] = []
        self._coming: Queue[str] = Queue()
        self.reader = Thread(target=self._read, daemon=True)
        self.reader.start()
        assert self.process.stderr is not None
        assert self.process.stderr.readline().startswith("Watching")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._coming.put(line)

    def wait_for(self, file: str, state: str) -> dict[str, Any]:
        """The next event of this kind."""
        while True:
            event = self._next()
            self.events.append(event)
            if (event["file"], event["state"]) == (file, state):
                return event

    def _next(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._coming.get(timeout=_PATIENCE_S)))
        except Empty:
            raise TimeoutError(f"nothing more comes after {self.events}") from None

    def nothing_else_comes(self) -> None:
        """Claim that all that was changed so far has been told: what changes now comes next."""
        for number in range(2):
            witness = self.folder / f"witness-{number}.livemd"
            witness.write_text(CANONICAL, encoding="utf-8")
            witness_event = self._next()

            assert witness_event["file"] == witness.name

    def end(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(_PATIENCE_S)
        assert self.process.stderr is not None
        return code, self.process.stderr.read()


Start = Callable[..., Watching]


@pytest.fixture
def start(tmp_path: Path, environ: dict[str, str]) -> Iterator[Start]:
    started: list[Watching] = []

    def begin(*options: str) -> Watching:
        started.append(Watching(tmp_path, environ, *options))
        return started[-1]

    yield begin
    for it in started:
        it.process.kill()
        it.process.wait()
        it.reader.join()
        assert it.process.stdout is not None
        assert it.process.stderr is not None
        it.process.stdout.close()
        it.process.stderr.close()


def asked(livebook: StandIn, path: Path) -> list[str]:
    """What was asked about this file."""
    return [
        it.target for it in livebook.requests if str(path) in it.body.decode("utf-8", "replace")
    ]


def test_a_change_is_synced_once_and_livebooks_answer_is_no_change(
    notebook: Path, livebook: StandIn, environ: dict[str, str], start: Start
) -> None:
    run("open", notebook, environ=environ)
    livebook.save_session(notebook)
    watching = start()
    # Not in Livebook's form, so that its write-back is another text.
    notebook.write_text(EDITED.replace("## Section", "## Section\n\n- a"), encoding="utf-8")
    event = watching.wait_for("note.livemd", "reformatted")
    session = livebook.session(notebook)
    requests = len(asked(livebook, notebook))
    watching.nothing_else_comes()

    assert session is not None
    assert len(asked(livebook, notebook)) == requests
    assert "1 + 2" in session.text
    assert event["url"].endswith(f"/sessions/{session.id}")
    assert "* a" in notebook.read_text(encoding="utf-8")
    assert len(watching.events) == 1


def test_what_did_not_change_is_not_asked_about(
    notebook: Path, livebook: StandIn, environ: dict[str, str], start: Start
) -> None:
    other = notebook.with_name("other.livemd")
    other.write_text(CANONICAL, encoding="utf-8")
    run("open", notebook, other, environ=environ)
    livebook.save_session(notebook)
    livebook.save_session(other)
    watching = start("--open")
    livebook.clear_requests()
    notebook.touch()
    notebook.write_text(CANONICAL, encoding="utf-8")
    (notebook.parent / "code.ex").write_text("1", encoding="utf-8")
    watching.nothing_else_comes()
    quiet = asked(livebook, notebook)
    notebook.write_text(EDITED, encoding="utf-8")
    watching.wait_for("note.livemd", "inSync")

    assert quiet == []
    assert asked(livebook, other) == []


def test_without_a_session_nothing_is_opened_unless_asked_for(
    notebook: Path, livebook: StandIn, start: Start
) -> None:
    watching = start()
    notebook.write_text(EDITED, encoding="utf-8")
    watching.wait_for("note.livemd", "detached")

    assert not livebook.sessions
    watching.end()
    watching = start("--open")
    notebook.write_text(CANONICAL, encoding="utf-8")
    watching.wait_for("note.livemd", "inSync")

    assert livebook.session(notebook) is not None


def test_a_text_that_would_crash_is_held_with_its_line(
    notebook: Path, livebook: StandIn, environ: dict[str, str], start: Start
) -> None:
    run("open", notebook, environ=environ)
    livebook.save_session(notebook)
    watching = start()
    notebook.write_text(CRASHES, encoding="utf-8")
    held = watching.wait_for("note.livemd", "held")
    notebook.write_text(EDITED, encoding="utf-8")
    watching.wait_for("note.livemd", "inSync")

    assert held["line"] == CRASHES.count("\n")
    assert len(livebook.sessions) == 1


def test_what_would_be_lost_is_sent_once_that_is_agreed_to(
    notebook: Path, livebook: StandIn, environ: dict[str, str], start: Start
) -> None:
    run("open", notebook, environ=environ)
    livebook.save_session(notebook)
    watching = start("--anyway")
    notebook.write_text(CRASHES, encoding="utf-8")
    crashes = watching.wait_for("note.livemd", "held")
    notebook.write_text(WIPES, encoding="utf-8")
    watching.wait_for("note.livemd", "reformatted")

    assert "--anyway" not in crashes["sentence"]
    assert len(livebook.sessions) == 1


def test_new_folders_and_files_are_picked_up_and_gone_ones_dropped(
    tmp_path: Path, livebook: StandIn, start: Start
) -> None:
    (tmp_path / ".gitignore").write_text("ignored/\n", encoding="utf-8")
    watching = start("--open")
    new = tmp_path / "a b" / "ü" / "new.livemd"
    new.parent.mkdir(parents=True)
    new.write_text(CANONICAL, encoding="utf-8")
    (tmp_path / "ignored").mkdir()
    (tmp_path / "ignored" / "no.livemd").write_text(CANONICAL, encoding="utf-8")
    watching.wait_for("a b/ü/new.livemd", "inSync")
    livebook.save_session(new)
    new.write_text(EDITED, encoding="utf-8")
    watching.wait_for("a b/ü/new.livemd", "inSync")
    shutil.rmtree(tmp_path / "a b")
    watching.wait_for("a b/ü/new.livemd", "deleted")
    watching.nothing_else_comes()

    sessions = [it.path for it in livebook.sessions]
    assert [it for it in sessions if "witness" not in it] == [str(new)]


def test_a_file_that_editors_replace_is_the_same_notebook(
    notebook: Path, livebook: StandIn, environ: dict[str, str], start: Start
) -> None:
    run("open", notebook, environ=environ)
    livebook.save_session(notebook)
    watching = start()
    for text in (EDITED, CANONICAL, EDITED):
        new = notebook.with_suffix(".tmp")
        new.write_text(text, encoding="utf-8")
        new.replace(notebook)
        watching.wait_for("note.livemd", "inSync")
    backup = notebook.with_suffix(".bak")
    notebook.rename(backup)
    notebook.write_text(CANONICAL, encoding="utf-8")
    watching.wait_for("note.livemd", "inSync")

    assert {it["state"] for it in watching.events} == {"inSync"}
    assert len(livebook.sessions) == 1


def test_a_storm_of_changes_ends_with_the_last_of_each(
    tmp_path: Path, livebook: StandIn, environ: dict[str, str], start: Start
) -> None:
    files = [tmp_path / f"{number:03}.livemd" for number in range(60)]
    for file in files:
        file.write_text(CANONICAL, encoding="utf-8")
    run("open", *files, environ=environ)
    for file in files:
        livebook.save_session(file)
    start()
    for text in ("1 + 3", "1 + 4", "1 + 5"):
        for file in files:
            file.write_text(CANONICAL.replace("1 + 1", text), encoding="utf-8")
    wanted = {str(file): CANONICAL.replace("1 + 1", "1 + 5") for file in files}
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        held = {it.path: it.text for it in livebook.sessions}
        on_disk = {str(file): file.read_text(encoding="utf-8") for file in files}
        if held == on_disk == wanted:
            break
        time.sleep(0.1)

    assert held == wanted
    assert on_disk == wanted


def test_livebook_may_come_and_go(
    notebook: Path, livebook: StandIn, environ: dict[str, str], start: Start
) -> None:
    run("open", notebook, environ=environ)
    livebook.save_session(notebook)
    watching = start("--open")
    notebook.write_text(EDITED, encoding="utf-8")
    watching.wait_for("note.livemd", "inSync")
    livebook.stop()
    notebook.write_text(CANONICAL, encoding="utf-8")
    watching.wait_for("note.livemd", "notRunning")
    livebook.start()
    watching.wait_for("note.livemd", "inSync")
    session = livebook.session(notebook)

    assert session is not None
    assert session.text == CANONICAL


def test_a_session_that_is_gone_is_not_opened_again_unasked(
    notebook: Path, livebook: StandIn, environ: dict[str, str], start: Start
) -> None:
    run("open", notebook, environ=environ)
    livebook.save_session(notebook)
    watching = start()
    notebook.write_text(EDITED, encoding="utf-8")
    watching.wait_for("note.livemd", "inSync")
    livebook.restart()
    notebook.write_text(CANONICAL, encoding="utf-8")
    watching.wait_for("note.livemd", "detached")

    assert not livebook.sessions


def test_ctrl_c_ends_it_well(start: Start, notebook: Path) -> None:
    watching = start()
    notebook.write_text(EDITED, encoding="utf-8")
    watching.wait_for("note.livemd", "detached")

    assert watching.end() == (0, "")


@pytest.mark.fault(
    "files",
    "the system tells of no changes",
    during="`watch`",
    shows="nothing: folders are looked at instead",
    recovers="nothing to do",
)
def test_it_works_without_the_systems_events(
    notebook: Path, livebook: StandIn, start: Start, tmp_path: Path, environ: dict[str, str]
) -> None:
    without = tmp_path / "without"
    without.mkdir()
    (without / "watchfiles.py").write_text("raise ImportError", encoding="utf-8")
    environ["PYTHONPATH"] = str(without)
    watching = start("--open")
    notebook.write_text(EDITED, encoding="utf-8")
    watching.wait_for("note.livemd", "inSync")

    assert watching.end() == (0, "")
    assert livebook.session(notebook) is not None


def test_what_is_not_there_is_not_watched(tmp_path: Path) -> None:
    done = run("watch", "gone", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (1, "gone: There is no such file or folder.\n")


def test_people_get_a_line_with_time_file_and_outcome(
    notebook: Path, environ: dict[str, str]
) -> None:
    terminal, program = os.openpty()
    with Child(
        (*PROGRAM, "watch", notebook.name),
        cwd=notebook.parent,
        env=environ,
        stdout=program,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        os.close(program)
        assert process.stderr is not None
        process.stderr.readline()
        notebook.write_text(EDITED, encoding="utf-8")
        line = b""
        while not line.endswith(b"\n"):
            line += os.read(terminal, 4096)
        process.send_signal(signal.SIGINT)
    os.close(terminal)

    assert "\033[1mnote.livemd\033[0m: \033[33mThis notebook has no session." in line.decode()
    assert process.returncode == 0
