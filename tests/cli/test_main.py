"""The command line, as a person or a script runs it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.command import run

NOT_CANONICAL = "# Note\n\n## Section\n\n- a\n"


def test_open_prints_the_address(livebook: StandIn, notebook: Path) -> None:
    done = run("open", notebook, "--url", livebook.url)
    session = livebook.session(notebook)

    assert session is not None
    assert (done.returncode, done.stdout) == (0, f"{livebook.url}/sessions/{session.id}\n")


def test_sync_says_how_it_stands(notebook: Path, environ: dict[str, str]) -> None:
    run("open", notebook, environ=environ)
    done = run("sync", notebook, environ=environ)

    assert (done.returncode, done.stdout) == (0, f"{notebook}: In sync with Livebook.\n")


def test_sync_opens_no_session(livebook: StandIn, notebook: Path, environ: dict[str, str]) -> None:
    done = run("sync", notebook, environ=environ)

    assert done.returncode == 1
    assert (
        done.stderr == f"{notebook}: This notebook has no session. `livebook-ls open` starts one.\n"
    )
    assert livebook.session(notebook) is None


@pytest.mark.parametrize("command", ["open", "run", "sync"])
def test_what_is_held_back_is_told_by_its_line(
    notebook: Path, environ: dict[str, str], command: str
) -> None:
    notebook.write_text(
        "# Note\n\n## Section\n\n<!-- livebook:{ -->\n\n```elixir\n1\n```\n", encoding="utf-8"
    )
    done = run(command, notebook, environ=environ)

    assert done.returncode == 1
    assert done.stderr.startswith(f"{notebook}:5: ")


def test_each_address_is_named_where_several_notebooks_are_opened(
    livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    done = run("open", notebook.parent, environ=environ)
    session = livebook.session(notebook)

    assert session is not None
    assert done.stdout == f"{notebook}: {livebook.url}/sessions/{session.id}\n"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["chekc"], "there is no command chekc; did you mean check?"),
        (["check", "--fixx"], "usage: livebook-ls check"),
    ],
)
def test_who_misspells_is_told_what_there_is(
    environ: dict[str, str], given: list[str], told: str
) -> None:
    done = run(*given, environ=environ)

    assert done.returncode == 2
    assert told in done.stderr
    assert "unrecognized arguments: --fixx" in done.stderr or given != ["check", "--fixx"]


@pytest.mark.skipif(sys.platform == "win32", reason="the browser is a shell script here")
@pytest.mark.parametrize("options", [(), ("--browser",)])
def test_open_shows_the_session_where_that_is_asked_for(
    notebook: Path, tmp_path: Path, environ: dict[str, str], options: tuple[str, ...]
) -> None:
    shown = tmp_path / "shown"
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\nprintf %s \"$1\" > '{shown}'\n")
    browser.chmod(0o755)
    done = run("open", *options, notebook, environ=environ | {"BROWSER": f"{browser} %s"})

    assert done.returncode == 0
    assert (shown.read_text() if shown.exists() else "") == (done.stdout.strip() if options else "")


def test_an_open_that_would_drop_outputs_waits_for_a_word(
    livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    outputs = '\n<!-- livebook:{"output":true} -->\n\n```\n2\n```\n'
    notebook.write_text(CANONICAL + outputs, encoding="utf-8")
    held = run("open", notebook, environ=environ)
    sessions = livebook.sessions
    agreed = run("open", "--anyway", notebook, environ=environ)

    assert (held.returncode, held.stdout, sessions) == (1, "", ())
    assert "drop the outputs" in held.stderr
    assert "`livebook-ls open --anyway` opens it" in held.stderr
    assert livebook.session(notebook)
    # What was agreed to is told all the same.
    assert (agreed.returncode, "drop the outputs" in agreed.stderr) == (0, True)
    assert agreed.stderr.endswith(f"{notebook}: Opened all the same.\n")


@pytest.mark.parametrize("command", ["open", "sync"])
def test_what_would_crash_stays_refused_whatever_is_agreed_to(
    command: str, livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    if command == "sync":
        run("open", notebook, environ=environ)
    sessions = livebook.sessions
    notebook.write_text("# Note\n\n<!-- livebook:{ -->\n", encoding="utf-8")
    refused = run(command, "--anyway", notebook, environ=environ)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "all the same" not in refused.stderr
    assert livebook.sessions == sessions


def test_words_of_what_was_done_anyway_come_only_where_something_is_lost(
    notebook: Path, environ: dict[str, str]
) -> None:
    for command in ("open", "sync"):
        done = run(command, "--anyway", notebook, environ=environ)

        assert (done.returncode, done.stderr) == (0, "")


def test_a_sync_that_would_lose_cells_waits_for_a_word(
    livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    def held_text() -> str:
        session = livebook.session(notebook)
        assert session
        return session.text

    run("open", notebook, environ=environ)
    before = held_text()
    notebook.write_text(CANONICAL.replace("## Section", "## Section\n\n<div>"), encoding="utf-8")
    held = run("sync", notebook, environ=environ)
    kept = held_text()
    agreed = run("sync", "--anyway", notebook, environ=environ)

    assert (held.returncode, kept) == (1, before)
    assert "`livebook-ls sync --anyway` sends it" in held.stderr
    assert held_text() != before
    assert (agreed.returncode, "Nothing closes this <div>" in agreed.stderr) == (0, True)
    assert agreed.stderr.endswith(f"{notebook}: Synced all the same.\n")


def test_a_folder_means_the_notebooks_in_it(notebook: Path, environ: dict[str, str]) -> None:
    run("open", notebook, environ=environ)
    done = run("sync", notebook.parent, environ=environ)

    assert (done.returncode, done.stdout) == (0, f"{notebook}: In sync with Livebook.\n")
    assert run("sync", "--quiet", notebook.parent, environ=environ).stdout == ""


def test_a_file_that_fails_does_not_stop_the_next(
    livebook: StandIn, notebook: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "a.md").touch()
    done = run("open", tmp_path / "gone.livemd", tmp_path / "a.md", notebook, environ=environ)

    assert done.returncode == 1
    assert done.stdout.startswith(f"{notebook}: {livebook.url}")
    assert "gone.livemd: There is no such file or folder." in done.stderr
    assert "a.md: This is not a .livemd notebook." in done.stderr


def test_wrong_usage_is_two(environ: dict[str, str]) -> None:
    assert run("open", environ=environ).returncode == 2
    assert run("fly", environ=environ).returncode == 2


@pytest.mark.slow
def test_doctor_says_what_is_found_and_what_to_do(livebook: StandIn) -> None:
    well = run("doctor", "--url", livebook.url)
    livebook.faults = Faults(is_off=True)
    off = run("doctor", "--url", livebook.url)
    livebook.stop()
    gone = run("doctor", "--url", livebook.url)

    assert well.returncode == 0
    assert "takes syncs: its dev endpoints are on" in well.stdout
    assert off.returncode == 1
    assert "Switch on Settings → Dev endpoints" in off.stdout
    assert gone.returncode == 1
    assert "Start Livebook" in gone.stdout


@pytest.mark.slow
def test_doctor_refuses_an_address_that_makes_no_sense() -> None:
    done = run("doctor", "--url", "ftp://a")

    assert done.returncode == 1
    assert "Give it in the form http://localhost:8080" in done.stdout


@pytest.mark.slow
def test_the_demo_runs_through() -> None:
    done = run("demo")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every step came out as it must." in done.stdout


@pytest.mark.parametrize("form", [(), ("--json",), ("--report",)])
def test_doctor_names_the_option_and_no_editors_setting(form: tuple[str, ...]) -> None:
    said = run("doctor", "--url", "http://127.0.0.1:9", *form).stdout

    assert "livebook.url" not in said
    assert "Nothing answers at http://127.0.0.1:9 (--url)." in said
    assert "--url, or LIVEBOOK_URL" in said


def test_hook_names_the_option_and_no_editors_setting(notebook: Path) -> None:
    payload = json.dumps(
        {
            "session_id": "1",
            "cwd": str(notebook.parent),
            "hook_event_name": "PostToolUse",
            "tool_name": "Write",
            "tool_input": {"file_path": str(notebook), "content": ""},
        }
    )
    done = run("hook", "--verbose", given=payload)

    assert "livebook.url" not in done.stderr
    assert "--url, or LIVEBOOK_URL" in done.stderr
