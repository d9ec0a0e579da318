"""Code runs only on a person's word: whatever else is done with notebooks evaluates nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.support.child import Child
from tests.support.command import run
from tests.support.fork_server.program import quick_program

FEW, MANY = 6, 100
_METADATA = '<!-- livebook:{"reevaluate_automatically":true} -->'


def text_of(number: int) -> str:
    """A notebook whose cells would be seen to run, and which asks for it as far as any can."""
    return (
        f'# Note {number}\n\n```elixir\nIO.puts("setup")\n```\n\n## Section\n\n{_METADATA}\n\n'
        f'```elixir\nx = {number}\n```\n\n```elixir\nraise "run"\n```\n'
    )


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    for number in range(request.param):
        (tmp_path / f"n{number}.livemd").write_text(text_of(number), encoding="utf-8")
    return tmp_path


def notebooks(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.glob("*.livemd")))


def evaluations(livebook: StandIn) -> list[str]:
    """The cells that any session ever began to evaluate."""
    return [
        f"{Path(it.path).name}: {cell}"
        for it in livebook.sessions
        for cell in livebook.evaluated(it.path)
    ]


def holds(livebook: StandIn, path: Path) -> bool:
    """Whether the session holds what was saved."""
    session = livebook.session(path)
    return session is not None and session.text == path.read_text(encoding="utf-8")


several = pytest.mark.parametrize(
    "folder", [FEW, pytest.param(MANY, marks=pytest.mark.slow)], indirect=True
)


@pytest.mark.slow
@several
def test_opening_saving_and_checking_evaluate_nothing(
    folder: Path, livebook: StandIn, start_editor: Callable[..., Editor], environ: dict[str, str]
) -> None:
    editor = start_editor()
    for path in notebooks(folder):
        uri = editor.open(path)
        editor.command("livebook.open", uri)
        editor.save(uri, path, editor.texts[uri].replace("x = ", "x = 1"))
        editor.wait_for(partial(holds, livebook, path), "the session follows")
        editor.close_document(uri)
    for command in ("check", "inspect", "sync", "open"):
        run(command, folder, environ=environ)

    assert len(livebook.sessions) == sum(1 for _ in notebooks(folder))
    assert evaluations(livebook) == []


@several
def test_watching_evaluates_nothing(
    folder: Path, livebook: StandIn, environ: dict[str, str]
) -> None:
    with Child(
        (*quick_program(environ), "watch", "--open", "--json"),
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        assert watching.stderr.readline().startswith("Watching")
        waiting = {it.name for it in notebooks(folder)}
        for path in notebooks(folder):
            path.write_text(path.read_text(encoding="utf-8") + "\nWords.\n", encoding="utf-8")
        while waiting:
            line = watching.stdout.readline()
            waiting = {it for it in waiting if it not in line or '"inSync"' not in line}
        watching.kill()

    assert len(livebook.sessions) == sum(1 for _ in notebooks(folder))
    assert evaluations(livebook) == []


@pytest.mark.parametrize("folder", [1], indirect=True)
def test_a_run_is_counted(folder: Path, livebook: StandIn, environ: dict[str, str]) -> None:
    run("run", folder / "n0.livemd", environ=environ)

    assert len(evaluations(livebook)) == 3
