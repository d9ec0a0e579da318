"""Two steps that are late, interrupted or killed: every heading stays in file and session."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from livebook_ls import clock
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.session import Timing
from livebook_ls.sync.exchange.interrupted_steps import lies_in
from livebook_ls.sync.exchange.two_steps import TwoSteps
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.sync_losses import foresee
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.step_journal import StepEntry, StepJournal
from livebook_ls.sync.keeping.turns import Turns
from tests.support.command import run
from tests.support.fork_server.program import PROGRAM, quick_program
from tests.support.step_kills import AFTER, BEFORE, HALFWAY

AUTO = {"twoStepSync": "auto"}


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "note.livemd"
    path.write_text(BEFORE, encoding="utf-8")
    return path


def slow(livebook: StandIn, save_s: float) -> None:
    """Let Livebook's write-backs be so late."""
    livebook.restart(replace(livebook.settings, timing=Timing(autosave_s=600, save_s=save_s)))


def opened(editor: Editor, livebook: StandIn, path: Path) -> str:
    uri = editor.open(path)
    editor.wait_for_state(uri, "inSync")
    livebook.save_session(path)
    livebook.wait_settled()
    return uri


def holds(livebook: StandIn, path: Path, text: str) -> bool:
    session = livebook.session(path)
    return session is not None and session.text == text


def text_between(path: Path) -> bool:
    return path.read_text(encoding="utf-8") not in (BEFORE, AFTER)


@pytest.mark.slow
def test_the_second_step_waits_for_a_late_first(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    slow(livebook, 0.6)
    editor = start_editor(settings=AUTO)
    uri = opened(editor, livebook, notebook)
    editor.save(uri, notebook, AFTER)
    editor.wait_for(lambda: holds(livebook, notebook, AFTER), "the final text in the session")
    editor.wait_for_state(uri, "inSync")
    livebook.wait_settled()

    assert notebook.read_text(encoding="utf-8") == AFTER
    assert holds(livebook, notebook, AFTER)


@pytest.mark.fault(
    "editor",
    "the editor is left",
    during="between two steps",
    shows="nothing: the second step is made before the end",
    recovers="nothing to do",
)
def test_an_orderly_end_waits_for_both_steps(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    slow(livebook, 0.1)
    editor = start_editor(settings=AUTO)
    uri = opened(editor, livebook, notebook)
    editor.save(uri, notebook, AFTER)
    editor.wait_for(lambda: text_between(notebook), "the first step")
    editor.close()
    livebook.wait_settled()

    assert notebook.read_text(encoding="utf-8") == AFTER
    assert holds(livebook, notebook, AFTER)


@pytest.mark.slow
@pytest.mark.fault(
    "ourselves",
    "we are killed",
    during="between two steps",
    shows="the file as it was saved",
    recovers="by whoever of ours comes next",
)
@pytest.mark.parametrize("next_comer", ["server", "command"])
def test_whoever_comes_next_finishes_what_a_death_interrupted(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
    next_comer: str,
) -> None:
    slow(livebook, 0.5)
    editor = start_editor(settings=AUTO, program=PROGRAM)
    uri = opened(editor, livebook, notebook)
    editor.save(uri, notebook, AFTER)
    editor.wait_for(lambda: text_between(notebook), "the first step")
    editor.process.kill()
    editor.process.wait()
    editor.close()
    if next_comer == "server":
        again = start_editor(settings=AUTO)
        again.wait_for_state(again.open(notebook), "inSync")
    else:
        subprocess.run((*quick_program(environ), "sync", notebook), env=environ, check=True)
    livebook.wait_settled()

    assert notebook.read_text(encoding="utf-8") == AFTER
    assert holds(livebook, notebook, AFTER)


@pytest.mark.slow
@pytest.mark.fault(
    "files",
    "the file is renamed",
    during="between two steps",
    shows="the file as it was saved, under its new name",
    recovers="by itself",
)
def test_a_text_between_that_was_moved_gives_way_to_the_one_meant(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    slow(livebook, 0.5)
    editor = start_editor(settings=AUTO)
    uri = opened(editor, livebook, notebook)
    editor.save(uri, notebook, AFTER)
    editor.wait_for(lambda: text_between(notebook), "the first step")
    new = notebook.with_name("new.livemd")
    notebook.rename(new)
    editor.close_document(uri)
    editor.notify("workspace/didRenameFiles", {"files": [{"oldUri": uri, "newUri": new.as_uri()}]})
    editor.open_text(new.as_uri(), AFTER)

    editor.wait_for(lambda: new.read_text(encoding="utf-8") == AFTER, "the text that was meant")
    editor.wait_for(lambda: holds(livebook, new, AFTER), "the session following")


@pytest.mark.slow
@pytest.mark.parametrize("is_between_in_file", [True, False])
def test_a_first_step_that_never_arrived_is_made_again_whatever_the_settings(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
    is_between_in_file: bool,
) -> None:
    editor = start_editor()
    opened(editor, livebook, notebook)
    editor.close()
    foresight = foresee(NotebookText(BEFORE), NotebookText(AFTER))
    assert foresight
    assert foresight.halfway
    session = livebook.session(notebook)
    assert session
    entry = StepEntry(
        path=str(notebook),
        final=AFTER,
        mtime_ns=notebook.stat().st_mtime_ns,
        halfway=foresight.halfway,
        before=BEFORE,
        session_path=f"/sessions/{session.id}",
        begun_s=clock.unix_s(),
    )
    StepJournal(StateFolder(environ)).begin(entry)
    notebook.write_text(foresight.halfway if is_between_in_file else AFTER, encoding="utf-8")
    done = run("sync", notebook, environ=environ)
    livebook.wait_settled()

    assert (done.returncode, done.stderr) == (0, "")
    assert notebook.read_text(encoding="utf-8") == AFTER
    assert holds(livebook, notebook, AFTER)


@pytest.mark.slow
def test_a_server_mends_files_that_nobody_opens(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    slow(livebook, 0.5)
    editor = start_editor(settings=AUTO, program=PROGRAM)
    uri = opened(editor, livebook, notebook)
    editor.save(uri, notebook, AFTER)
    editor.wait_for(lambda: text_between(notebook), "the first step")
    editor.process.kill()
    editor.process.wait()
    editor.close()
    livebook.wait_settled()

    assert text_between(notebook)
    again = start_editor()
    again.wait_for(lambda: not text_between(notebook), "the text put back")
    assert notebook.read_text(encoding="utf-8") == AFTER


@pytest.mark.slow
def test_newer_work_is_never_replaced_by_an_interrupted_text(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    slow(livebook, 0.5)
    editor = start_editor(settings=AUTO, program=PROGRAM)
    uri = opened(editor, livebook, notebook)
    editor.save(uri, notebook, AFTER)
    # Else a request of the dead server may have the session read the newer text.
    editor.wait_for(lambda: holds(livebook, notebook, HALFWAY), "the first step in the session")
    editor.process.kill()
    editor.process.wait()
    editor.close()
    livebook.wait_settled()
    newer = AFTER.replace("## Two", "## Newer")
    notebook.write_text(newer, encoding="utf-8")
    again = start_editor(settings=AUTO)
    again.wait_for_state(again.open(notebook), "inSync")
    livebook.wait_settled()

    assert notebook.read_text(encoding="utf-8") == newer


LOST = "# Note\n\n## One\n\n```elixir\n1\n```\n\n## Two\n\n```elixir\n2\n```\n"
ENTRY = StepEntry(
    path="/n.livemd",
    final=AFTER,
    mtime_ns=0,
    halfway=HALFWAY,
    before=BEFORE,
    session_path=None,
    begun_s=0.0,
)


@pytest.mark.parametrize(
    "found", [HALFWAY, AFTER, LOST, "", HALFWAY[:40], AFTER[:30] + HALFWAY[30:]]
)
def test_what_a_detour_leaves_in_a_file_is_known(found: str) -> None:
    assert lies_in(found, ENTRY)


@pytest.mark.parametrize(
    "found", [HALFWAY.replace("0", "7"), AFTER + "\nmore\n", "something else\n"]
)
def test_what_somebody_wrote_is_not_taken_for_a_detour(found: str) -> None:
    assert not lies_in(found, ENTRY)


def test_what_was_begun_goes_with_a_file_that_is_moved(tmp_path: Path, notebook: Path) -> None:
    folder, new = StateFolder({"XDG_STATE_HOME": str(tmp_path)}), notebook.with_name("new.livemd")
    journal = StepJournal(folder)
    steps = TwoSteps(Mock(), journal, KeptTexts(folder), Turns(folder))
    journal.begin(
        StepEntry(
            path=str(notebook),
            final=AFTER,
            mtime_ns=notebook.stat().st_mtime_ns,
            halfway=HALFWAY,
            before=BEFORE,
            session_path=None,
            begun_s=clock.unix_s(),
        )
    )
    notebook.write_text(HALFWAY, encoding="utf-8")
    notebook.rename(new)
    asyncio.run(steps.follow(str(notebook), str(new)))

    assert new.read_text(encoding="utf-8") == AFTER
    # Whatever comes to have the former name is somebody else's.
    assert not steps.is_open(str(notebook))
    assert not steps.is_open(str(new))
