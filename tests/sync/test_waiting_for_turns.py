"""What the file has when one of ours is asked is not lost while that waits for its turn."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.turns import Turns
from tests.conftest import CANONICAL
from tests.support.at_rest import opened
from tests.support.command import run
from tests.support.turn_of_another import turn_of_another
from tests.support.waiting import until

WRITTEN = f"{CANONICAL}\nwritten\n"
TYPED = f"{CANONICAL}\ntyped\n"


def is_kept(environ: dict[str, str], notebook: Path, text: str) -> Callable[[], bool]:
    kept = KeptTexts(StateFolder(environ))
    return lambda: any(kept.text(it) == text for it in kept.versions(str(notebook)))


def write_over(livebook: StandIn, notebook: Path) -> None:
    """Let the session save what people type there."""
    livebook.edit_session(notebook, TYPED)
    livebook.save_session(notebook)
    livebook.wait_settled()


@pytest.mark.slow
@pytest.mark.fault(
    "ourselves",
    "another of ours is at work for long",
    during="a command waits for it, and Livebook writes over the file",
    sees="overwritten",
    recovers="by `livebook-ls restore`",
)
@pytest.mark.parametrize("command", [("sync",), ("sync", "--take", "mine"), ("open",)])
def test_what_a_command_was_called_for_can_be_had_back(
    livebook: StandIn, environ: dict[str, str], notebook: Path, command: tuple[str, ...]
) -> None:
    run("open", notebook, environ=environ)
    livebook.wait_settled()
    with ThreadPoolExecutor(1) as beside, turn_of_another(environ, notebook):
        notebook.write_text(WRITTEN, encoding="utf-8")
        called = beside.submit(run, *command, notebook, environ=environ)
        until(lambda: is_kept(environ, notebook, WRITTEN)() or called.done())
        write_over(livebook, notebook)
        assert not called.done()
    done = called.result()

    assert is_kept(environ, notebook, WRITTEN)()
    assert "This file was written after your save" in f"{done.stdout}{done.stderr}"


@pytest.mark.slow
def test_a_run_that_waits_runs_nothing_else_than_it_was_called_for(
    livebook: StandIn, environ: dict[str, str], notebook: Path
) -> None:
    run("open", notebook, environ=environ)
    livebook.wait_settled()
    with ThreadPoolExecutor(1) as beside, turn_of_another(environ, notebook):
        notebook.write_text(WRITTEN, encoding="utf-8")
        called = beside.submit(run, "run", notebook, environ=environ)
        until(lambda: is_kept(environ, notebook, WRITTEN)() or called.done())
        write_over(livebook, notebook)
    done = called.result()

    assert (done.returncode, livebook.evaluated(notebook)) == (1, ())
    told = f"{done.stdout}{done.stderr}"
    assert "Nothing was run. This file was written after your save" in told
    assert "`livebook-ls restore` brings back" in told
    assert is_kept(environ, notebook, WRITTEN)()


@pytest.mark.fault(
    "ourselves",
    "another of ours is at work for long",
    during="a server waits for it, and Livebook writes over what a program wrote",
    sees="overwritten",
    recovers="by **Restore an earlier version**",
)
def test_what_others_wrote_while_a_server_waits_can_be_had_back(
    editor: Editor, livebook: StandIn, environ: dict[str, str], notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    with turn_of_another(environ, notebook):
        notebook.write_text(WRITTEN, encoding="utf-8")
        editor.wait_for(is_kept(environ, notebook, WRITTEN), "the text kept")
        write_over(livebook, notebook)
    editor.wait_for(
        lambda: "save-overwritten" in [it["code"] for it in editor.diagnostics.get(uri, [])],
        "what was written over told",
    )
    assert editor.command("livebook.restore", uri) is True
    editor.wait_for(lambda: editor.texts[uri] == WRITTEN, "it is back")


def end_livebook(livebook: StandIn, _: Path) -> None:
    livebook.stop()


def close_session(livebook: StandIn, notebook: Path) -> None:
    livebook.close_session(notebook)


def switch_off(livebook: StandIn, _: Path) -> None:
    livebook.faults = Faults(is_off=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [lambda *_: None, close_session, switch_off, end_livebook],
    ids=["taken", "no session", "refused", "no Livebook"],
)
def test_whoever_comes_after_a_call_that_has_ended_has_nothing_to_wait_for(
    livebook: StandIn,
    environ: dict[str, str],
    notebook: Path,
    change: Callable[[StandIn, Path], None],
) -> None:
    turns = Turns(StateFolder(environ))
    run("open", notebook, environ=environ)
    livebook.wait_settled()
    notebook.write_text(WRITTEN, encoding="utf-8")
    change(livebook, notebook)
    run("sync", notebook, environ=environ)

    assert not turns.is_left(str(notebook))
