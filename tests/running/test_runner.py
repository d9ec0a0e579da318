"""Runs against the stand-in: what runs is what is saved, and what is told is what ran."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from livebook_ls.livebook.live.outputs import ImageOutput, TextKind, TextOutput, shown_text
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.running import outcome
from livebook_ls.running.cell_states import RunState
from livebook_ls.running.outcome import RunEnd, RunReport
from livebook_ls.running.plan import RunPlan
from livebook_ls.running.runner import Runner
from livebook_ls.running.scope import RunScope
from livebook_ls.settings import Settings
from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.notebooks import Notebooks


def notebook_of(*cells: str) -> str:
    blocks = "\n\n".join(f"```elixir\n{cell}\n```" for cell in cells)
    return f"# Note\n\n## Section\n\n{blocks}\n"


def run_in(
    livebook: StandIn, path: Path, scenario: Callable[[Runner, str], Awaitable[RunReport]]
) -> RunReport:
    async def act() -> RunReport:
        notebooks = Notebooks(Settings(url=livebook.url), {}, lambda _: None)
        try:
            return await scenario(Runner(notebooks), str(path))
        finally:
            await notebooks.close()

    return asyncio.run(act())


def run(
    livebook: StandIn, path: Path, text: str, scope: RunScope = RunScope.ALL, at: str = "# Note"
) -> RunReport:
    path.write_text(text, encoding="utf-8")

    async def scenario(runner: Runner, name: str) -> RunReport:
        return await runner.run(name, text, scope, text.index(at), timeout_s=30.0)

    return run_in(livebook, path, scenario)


def test_a_cells_result_is_told_with_its_text(livebook: StandIn, notebook: Path) -> None:
    report = run(livebook, notebook, notebook_of("1 + 1"))

    (view,) = report.ran
    assert (report.end, view.state, view.is_current) == (RunEnd.DONE, RunState.DONE, True)
    assert shown_text(view.outputs or ()) == "2\n"


def test_texts_of_a_result_wait_for_no_page(livebook: StandIn, notebook: Path) -> None:
    text = notebook_of('IO.puts("a")\n1 + 1', 'raise "boom"')
    notebook.write_text(text, encoding="utf-8")

    async def scenario(runner: Runner, name: str) -> RunReport:
        return await runner.run(name, text, RunScope.ALL, 0, timeout_s=30.0, is_page_awaited=False)

    report = run_in(livebook, notebook, scenario)

    good, bad = report.ran
    assert [it.are_outputs_whole for it in report.ran] == [False, False]
    assert shown_text(good.outputs or ()) == "a\n2\n"
    assert [
        (it.kind, "boom" in it.text) for it in bad.outputs or () if isinstance(it, TextOutput)
    ] == [(TextKind.ERROR, True)]


def test_an_image_is_there_once_a_run_has_ended(livebook: StandIn, notebook: Path) -> None:
    png = 'put.(%{type: :image, content: Base.decode64!("iVBORw0KGgo="), mime_type: "image/png"})'
    report = run(livebook, notebook, notebook_of(f'IO.puts("a")\n{png}'))

    (view,) = report.ran
    assert view.are_outputs_whole
    assert any(isinstance(it, ImageOutput) for it in view.outputs or ())


def test_one_cell_brings_along_what_it_stands_on(livebook: StandIn, notebook: Path) -> None:
    report = run(
        livebook, notebook, notebook_of("x = 1", "y = 2", "3 + 3"), RunScope.CELL, at="y = 2"
    )

    assert [it.cell.source for it in report.brought_along] == ["x = 1"]
    assert [it.cell.source for it in report.ran] == ["y = 2"]


def test_a_text_that_is_not_saved_is_not_run(livebook: StandIn, notebook: Path) -> None:
    saved, shown = notebook_of("1 + 1"), notebook_of("1 + 2")
    notebook.write_text(saved, encoding="utf-8")

    async def scenario(runner: Runner, name: str) -> RunReport:
        return await runner.run(name, shown, RunScope.ALL, 0, timeout_s=30.0)

    report = run_in(livebook, notebook, scenario)

    assert (report.end, "save" in report.sentence) == (RunEnd.REFUSED, True)
    assert livebook.session(notebook) is None


def test_a_text_over_which_livebook_has_just_written_its_form_of_it_is_run(
    livebook: StandIn, notebook: Path
) -> None:
    shown = notebook_of("1 + 1").replace("## Section", "*  a\n*  b\n\n## Section")
    notebook.write_text(NotebookText(shown).canonical, encoding="utf-8")
    assert notebook.read_text(encoding="utf-8") != shown

    async def scenario(runner: Runner, name: str) -> RunReport:
        return await runner.run(name, shown, RunScope.ALL, 0, timeout_s=30.0)

    report = run_in(livebook, notebook, scenario)

    assert (report.end, len(report.ran)) == (RunEnd.DONE, 1)


def test_an_edit_that_was_saved_runs_and_not_the_text_before(
    livebook: StandIn, notebook: Path
) -> None:
    async def scenario(runner: Runner, name: str) -> RunReport:
        for number in range(5):
            text = notebook_of(f"{number} + 1")
            await asyncio.to_thread(notebook.write_text, text, encoding="utf-8")
            report = await runner.run(name, text, RunScope.ALL, 0, timeout_s=30.0)
            (view,) = report.ran
            assert shown_text(view.outputs or ()) == f"{number + 1}\n"
        return report

    assert run_in(livebook, notebook, scenario).end is RunEnd.DONE


def test_a_cell_that_raises_ends_the_run_and_names_what_was_left(
    livebook: StandIn, notebook: Path
) -> None:
    report = run(livebook, notebook, notebook_of('raise "boom"', "1 + 1"))

    assert report.end is RunEnd.FAILED
    assert "cell above failed: 2" in report.sentence
    assert [it.state for it in report.ran] == [RunState.FAILED, RunState.FRESH]


def test_where_nothing_is_outdated_nothing_runs(livebook: StandIn, notebook: Path) -> None:
    text = notebook_of("1 + 1")
    notebook.write_text(text, encoding="utf-8")

    async def scenario(runner: Runner, name: str) -> RunReport:
        await runner.run(name, text, RunScope.ALL, 0, timeout_s=30.0)
        return await runner.run(name, text, RunScope.STALE, 0, timeout_s=30.0)

    assert run_in(livebook, notebook, scenario).end is RunEnd.NOTHING


def test_the_setup_cell_runs_again_when_it_is_asked_for_alone(
    livebook: StandIn, notebook: Path
) -> None:
    text = notebook_of("1 + 1").replace("## Section", "```elixir\n0 + 0\n```\n\n## Section")
    notebook.write_text(text, encoding="utf-8")
    plans: list[RunPlan] = []

    async def scenario(runner: Runner, name: str) -> RunReport:
        for scope in (RunScope.ALL, RunScope.CELL):
            report = await runner.run(name, text, scope, 0, plans.append, timeout_s=30.0)
        states = [it.state for it in runner.views(name, parse(text))]
        assert states == [RunState.DONE, RunState.ABORTED]
        return report

    report = run_in(livebook, notebook, scenario)

    assert [it.cell.source for it in report.ran] == ["0 + 0"]
    assert report.end is RunEnd.DONE
    assert [it.restarts_runtime for it in plans] == [False, True]
    assert len(livebook.evaluated(str(notebook))) == 3


def test_prose_has_no_cell_below_to_run(livebook: StandIn, notebook: Path) -> None:
    report = run(livebook, notebook, "# Note\n\n## Section\n\nWords.\n", RunScope.CELL)

    assert (report.end, "no cell" in report.sentence) == (RunEnd.REFUSED, True)


def test_a_running_cell_is_stopped(livebook: StandIn, notebook: Path) -> None:
    text = notebook_of("Process.sleep(60_000)", "1 + 1")
    notebook.write_text(text, encoding="utf-8")

    async def scenario(runner: Runner, name: str) -> RunReport:
        running = asyncio.Event()

        def look(path: str) -> None:
            if any(it.state is RunState.RUNNING for it in runner.views(path, parse(text))):
                running.set()

        runner.listen(look)
        task = asyncio.create_task(runner.run(name, text, RunScope.ALL, 0, timeout_s=60.0))
        await running.wait()
        await runner.stop(name)
        return await task

    assert run_in(livebook, notebook, scenario).end is RunEnd.STOPPED


def test_a_session_that_ends_loses_the_run(livebook: StandIn, notebook: Path) -> None:
    text = notebook_of("Process.sleep(60_000)")
    notebook.write_text(text, encoding="utf-8")

    async def scenario(runner: Runner, name: str) -> RunReport:
        begun = asyncio.Event()
        task = asyncio.create_task(
            runner.run(name, text, RunScope.ALL, 0, lambda _: begun.set(), timeout_s=60.0)
        )
        await begun.wait()
        await asyncio.to_thread(livebook.close_session, notebook)
        return await task

    report = run_in(livebook, notebook, scenario)

    assert report.end is RunEnd.LOST, report.sentence


@pytest.mark.fault(
    "livebook",
    "its page is none that we understand any more, as behind a broken proxy",
    during="cells run",
    shows="why, and that cells may have run all the same",
    recovers="by running them again, once somebody has looked",
)
def test_of_a_run_whose_end_was_not_understood_it_is_said_that_it_may_have_been(
    livebook: StandIn, notebook: Path
) -> None:
    text = notebook_of("Process.sleep(600_000)")
    notebook.write_text(text, encoding="utf-8")

    async def scenario(runner: Runner, name: str) -> RunReport:
        begun = asyncio.Event()
        runner.listen(
            lambda path: (
                begun.set()
                if any(it.state is RunState.RUNNING for it in runner.views(path, parse(text)))
                else None
            )
        )
        task = asyncio.create_task(runner.run(name, text, RunScope.ALL, 0))
        await begun.wait()
        livebook.faults = Faults(page_lacks="data-el-cell")
        livebook.drop_sockets()
        return await task

    report = run_in(livebook, notebook, scenario)
    livebook.faults = Faults()

    assert report.end is RunEnd.LOST
    assert report.sentence.endswith(outcome.MAY_HAVE_RUN)


def test_a_livebook_that_ends_loses_the_run(livebook: StandIn, notebook: Path) -> None:
    text = notebook_of("Process.sleep(600_000)")
    notebook.write_text(text, encoding="utf-8")

    async def act() -> RunReport:
        notebooks = Notebooks(Settings(url=livebook.url), {}, lambda _: None)
        runner, begun = Runner(notebooks, away_s=0.1), asyncio.Event()

        def look(path: str) -> None:
            if any(it.state is RunState.RUNNING for it in runner.views(path, parse(text))):
                begun.set()

        runner.listen(look)
        try:
            task = asyncio.create_task(runner.run(str(notebook), text, RunScope.ALL, 0))
            await begun.wait()
            # As when it is killed: nothing is said of what ran.
            livebook.drop_sockets()
            await asyncio.to_thread(livebook.stop)
            return await task
        finally:
            await notebooks.close()

    report = asyncio.run(act())

    assert (report.end, report.sentence) == (RunEnd.LOST, outcome.LIVEBOOK_AWAY)


@pytest.mark.parametrize("scope", list(RunScope))
def test_every_scope_runs_something(livebook: StandIn, notebook: Path, scope: RunScope) -> None:
    text = notebook_of("1 + 1", "2 + 2", "3 + 3").replace(
        "## Section", "```elixir\n0 + 0\n```\n\n## Section"
    )
    report = run(livebook, notebook, text, scope, at="2 + 2")

    assert report.end is RunEnd.DONE
