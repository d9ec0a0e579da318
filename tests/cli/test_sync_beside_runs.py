"""`sync` ends nothing that runs in the session, nor what waits to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from livebook_ls.livebook.live.cells import CellStatus
from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.server import StandIn
from tests.support.command import run
from tests.support.evaluating_browser import evaluating_all, statuses

RUNS = "```elixir\nProcess.sleep(60000)\n```\n"
WAITS = "```elixir\n2 + 2\n```\n"
LAST = "```elixir\n3 + 3\n```\n"
TEXT = f"# Note\n\n## One\n\n{RUNS}\n{WAITS}\n## Two\n\n{LAST}"
MOVED = f"# Note\n\n## One\n\n{RUNS}\n## Two\n\n{WAITS}\n{LAST}"


@pytest.fixture
def synced(livebook: StandIn, notebook: Path, environ: dict[str, str]) -> Path:
    """A notebook that is open in its session, which nobody of ours has joined."""
    notebook.write_text(TEXT, encoding="utf-8")
    assert run("open", notebook, environ=environ).returncode == 0
    livebook.wait_settled()
    return notebook


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        pytest.param(MOVED, "takes a cell that waits to run to another section", id="moved"),
        pytest.param(
            TEXT.replace("## One", "## Uno").replace(WAITS, f"## New\n\n{WAITS}"),
            "takes a cell that waits to run to another section",
            id="renamed and split",
        ),
        pytest.param(TEXT.replace(f"{RUNS}\n", ""), "deletes a cell that runs", id="deleted"),
        pytest.param(
            TEXT.replace(f"{RUNS}\n", "") + "\n```elixir\n4 + 4\n```\n",
            "deletes a cell that runs",
            id="deleted where another is added",
        ),
        pytest.param(
            TEXT.replace(f"{RUNS}\n", "").replace(LAST, f"{RUNS}\n{LAST}"),
            "takes a cell that runs to another section",
            id="running cell moved",
        ),
    ],
)
def test_what_would_end_a_run_is_held(
    livebook: StandIn, synced: Path, environ: dict[str, str], after: str, sentence: str
) -> None:
    async def beside_a_run() -> None:
        async with evaluating_all(livebook.url, synced) as browser:
            write(synced, after)
            done = await asyncio.to_thread(run, "sync", synced, environ=environ)

            assert (done.returncode, done.stdout) == (1, "")
            assert sentence in done.stderr
            assert "`livebook-ls restore` lists what it had" in done.stderr
            assert "sync --anyway` sends it" in done.stderr
            assert CellStatus.EVALUATING in statuses(await browser.refresh())

    asyncio.run(beside_a_run())
    assert synced.read_text(encoding="utf-8") == after
    assert run("sync", "--anyway", synced, environ=environ).returncode == 0
    assert held(livebook, synced) == after


def test_a_run_goes_on_beside_what_ends_nothing(
    livebook: StandIn, synced: Path, environ: dict[str, str]
) -> None:
    async def beside_a_run() -> None:
        async with evaluating_all(livebook.url, synced) as browser:
            write(synced, TEXT.replace("3 + 3", "4 + 4"))
            done = await asyncio.to_thread(run, "sync", synced, environ=environ)

            assert (done.returncode, done.stderr) == (0, "")
            assert CellStatus.EVALUATING in statuses(await browser.refresh())

    asyncio.run(beside_a_run())


def test_where_nothing_runs_cells_may_be_moved(
    livebook: StandIn, synced: Path, environ: dict[str, str]
) -> None:
    synced.write_text(MOVED, encoding="utf-8")
    done = run("sync", synced, environ=environ)

    assert (done.returncode, done.stderr) == (0, "")
    assert held(livebook, synced) == MOVED


def test_a_page_that_is_not_understood_keeps_no_save(
    livebook: StandIn, synced: Path, environ: dict[str, str]
) -> None:
    livebook.faults = Faults(page_lacks="data-eval-validity")
    write(synced, MOVED)
    done = run("sync", synced, environ=environ)

    assert (done.returncode, done.stderr) == (0, "")
    assert held(livebook, synced) == MOVED


def held(livebook: StandIn, path: Path) -> str:
    """The text that the session holds."""
    livebook.wait_settled()
    session = livebook.session(path)
    assert session is not None
    return session.text


def write(path: Path, text: str) -> None:
    """What the command is to sync."""
    path.write_text(text, encoding="utf-8")
