"""run_cells and its neighbours: on a person's word, by name, and told by cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from livebook_ls.livebook.live.cells import CellStatus
from livebook_ls.standin.server import StandIn
from tests.support.evaluating_browser import evaluating_first, statuses
from tests.support.mcp_client import LEGACY, MODERN, Agent, Person, use

NAME = "note.livemd"
TEXT = "# Note\n\n## One\n\n```elixir\nx = 1\n```\n\n```elixir\nx + 1\n```\n"
SLOW = TEXT.replace("x = 1", "Process.sleep(60_000)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / NAME).write_text(TEXT)
    return tmp_path


def test_one_cell_brings_along_what_it_stands_on(livebook: StandIn, folder: Path) -> None:
    async def scenario(agent: Agent) -> None:
        version, (one, two) = await agent.cells(NAME)
        run = await agent.call("run_cells", notebook=NAME, version=version, cells=[two["cell"]])
        assert (run["state"], run["brought_along"]) == ("done", [one["cell"]])
        assert [it["outputs"][0]["text"] for it in run["cells"]] == ["1", "2"]
        assert agent.progress[-1] == (2, 2)
        assert agent.progress == sorted(set(agent.progress))

    use(livebook.url, folder, scenario)


def test_who_stops_a_run_stops_nothing_that_others_run(livebook: StandIn, folder: Path) -> None:
    (folder / NAME).write_text(SLOW)
    person = Person(agrees=True)

    async def scenario(agent: Agent) -> None:
        version, cells = await agent.cells(NAME)
        async with evaluating_first(livebook.url, folder / NAME) as session:
            run = await agent.call(
                "run_cells", notebook=NAME, version=version, cells=[cells[1]["cell"]], wait_s=0.0
            )
            assert await session.wait_until(lambda it: CellStatus.QUEUED in statuses(it), 10.0)

            await agent.call("stop", run=run["run"])

            assert await session.wait_until(lambda it: CellStatus.QUEUED not in statuses(it), 10.0)
            assert CellStatus.EVALUATING in statuses(session.notebook)
            over = await agent.call("get_run", run=run["run"])
            assert over["state"] == "stopped"
            assert "others" in over["says"]

    use(livebook.url, folder, scenario, may_run=False, person=person)


def test_a_run_has_a_name_and_goes_on_until_it_is_stopped(livebook: StandIn, folder: Path) -> None:
    (folder / NAME).write_text(SLOW)

    async def scenario(agent: Agent) -> None:
        version, _ = await agent.cells(NAME)
        run = await agent.call("run_cells", notebook=NAME, version=version, all=True, wait_s=0.0)
        assert run["state"] == "going on"
        why = await agent.refused("run_cells", notebook=NAME, version=version, all=True)
        assert (why["error"], why["run"]) == ("run-goes-on", run["run"])
        seen = await agent.call("get_run", run=run["run"], wait_s=0.05)
        assert seen["state"] == "going on"
        await agent.call("stop", run=run["run"])
        over = await agent.call("get_run", run=run["run"], wait_s=30.0)
        assert over["state"] == "stopped"

    use(livebook.url, folder, scenario)


def test_a_result_is_that_of_the_text_that_ran(livebook: StandIn, folder: Path) -> None:
    async def scenario(agent: Agent) -> None:
        version, (one, _) = await agent.cells(NAME)
        run = await agent.call("run_cells", notebook=NAME, version=version, all=True)
        done = await agent.edit(
            NAME, version, {"op": "replace_source", "cell": one["cell"], "source": "x = 7"}
        )
        _, (now, below) = await agent.cells(NAME, with_outputs=True)
        assert (now["state"], now["outputs_are"]) == ("changed", "of an older text")
        again = await agent.call("get_run", run=run["run"])
        assert (again["version"], again["cells"]) == (version, run["cells"])
        why = await agent.refused("run_cells", notebook=NAME, version=version, all=True)
        assert why["error"] == "changed-meanwhile"
        late = await agent.call(
            "run_cells", notebook=NAME, version=done["version"], cells=[below["cell"]]
        )
        assert late["cells"][-1]["outputs"][0]["text"] == "8"

    use(livebook.url, folder, scenario)


@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_a_person_is_asked_with_the_cells_and_their_texts(
    livebook: StandIn, folder: Path, mode: str
) -> None:
    person = Person(agrees=True)

    async def scenario(agent: Agent) -> None:
        version, (_, two) = await agent.cells(NAME)
        run = await agent.call("run_cells", notebook=NAME, version=version, cells=[two["cell"]])
        assert run["state"] == "done"

    use(livebook.url, folder, scenario, may_run=False, mode=mode, person=person)

    (asked,) = person.asked
    assert "Run 1 cell of note.livemd" in asked
    assert "x + 1" in asked
    assert "x = 1" in asked.partition("Livebook runs 1 cell before")[2]


@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_without_a_persons_word_nothing_runs(livebook: StandIn, folder: Path, mode: str) -> None:
    person = Person(agrees=False)

    async def scenario(agent: Agent) -> None:
        version, _ = await agent.cells(NAME)
        why = await agent.refused("run_cells", notebook=NAME, version=version, all=True)
        assert why["error"] == ("declined" if agent_is_asked else "not-allowed")
        assert agent_is_asked or "--allow-run" in why["message"]
        assert "error" in await agent.refused("restart_runtime", notebook=NAME)
        assert "error" in await agent.refused("stop", notebook=NAME)
        _, cells = await agent.cells(NAME, with_outputs=True)
        assert [it["state"] for it in cells] == ["fresh", "fresh"]

    agent_is_asked = True
    use(livebook.url, folder, scenario, may_run=False, mode=mode, person=person)
    agent_is_asked = False
    use(livebook.url, folder, scenario, may_run=False, mode=mode)


@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_a_text_that_changes_while_a_person_is_asked_does_not_run(
    livebook: StandIn, folder: Path, mode: str
) -> None:
    changed = TEXT.replace("x = 1", "x = 666")
    person = Person(agrees=True, does=lambda: _write_once(folder / NAME, changed))

    async def scenario(agent: Agent) -> None:
        version, _ = await agent.cells(NAME)
        result = await agent.client.call_tool(
            "run_cells", {"notebook": NAME, "version": version, "all": True}
        )
        told = result.structured_content or {}
        assert told.get("error") == "changed-meanwhile" or told["state"] == "refused", told
        _, cells = await agent.cells(NAME, with_outputs=True)
        assert [it["state"] for it in cells] == ["fresh", "fresh"]

    use(livebook.url, folder, scenario, may_run=False, mode=mode, person=person)


def test_what_a_stale_cell_makes_stale_is_asked_for_and_told(
    livebook: StandIn, folder: Path
) -> None:
    person = Person(agrees=True)

    async def scenario(agent: Agent) -> None:
        version, (one, two) = await agent.cells(NAME)
        await agent.call("run_cells", notebook=NAME, version=version, all=True)
        done = await agent.edit(
            NAME, version, {"op": "replace_source", "cell": one["cell"], "source": "x = 7"}
        )
        run = await agent.call("run_cells", notebook=NAME, version=done["version"], stale=True)
        assert [it["cell"] for it in run["cells"]] == [one["cell"], two["cell"]]
        assert run["cells"][0]["outputs"][0]["text"] == "7"

    use(livebook.url, folder, scenario, may_run=False, person=person)

    assert "Run 2 cells" in person.asked[-1]


def test_which_cells_is_said_exactly(livebook: StandIn, folder: Path) -> None:
    async def scenario(agent: Agent) -> None:
        version, _ = await agent.cells(NAME)
        for which in ({}, {"all": True, "stale": True}, {"cells": ["c0000"]}, {"section": "s"}):
            why = await agent.refused("run_cells", notebook=NAME, version=version, **which)
            assert why["error"] in ("which-cells", "no-such-part")
        assert (await agent.refused("get_run"))["error"] == "which-run"
        assert (await agent.refused("get_run", run="run-0"))["error"] == "no-such-run"
        why = await agent.refused("run_cells", notebook=NAME, version=version, all=True, wait_s=1e9)
        assert why["error"] == "bad-arguments"

    use(livebook.url, folder, scenario)


def test_what_has_no_code_is_not_run_in_the_place_of_its_neighbour(
    livebook: StandIn, folder: Path
) -> None:
    (folder / NAME).write_text(TEXT.replace("## One\n", "## One\n\nWords\n"))

    async def scenario(agent: Agent) -> None:
        read = await agent.call("read_notebook", notebook=NAME)
        words = next(it["cell"] for it in read["parts"] if it.get("kind") == "markdown")
        section = next(it["section"] for it in read["parts"] if "section" in it)
        for which, error in (
            ({"cells": [words]}, "no-code"),
            ({"cells": [section]}, "no-code"),
            ({"section": words}, "which-cells"),
            ({"cells": []}, "bad-arguments"),
        ):
            why = await agent.refused("run_cells", notebook=NAME, version=read["version"], **which)
            assert why["error"] == error
        _, cells = await agent.cells(NAME, with_outputs=True)
        assert {it["state"] for it in cells if it["kind"] == "code"} == {"fresh"}

    use(livebook.url, folder, scenario)


@pytest.mark.slow
def test_without_livebook_a_run_says_so(folder: Path) -> None:
    async def scenario(agent: Agent) -> None:
        version, _ = await agent.cells(NAME)
        run = await agent.call("run_cells", notebook=NAME, version=version, all=True)
        assert (run["state"], bool(run["says"])) == ("refused", True)

    use("http://127.0.0.1:9", folder, scenario)


def test_a_name_is_looked_up_in_the_session(livebook: StandIn, folder: Path) -> None:
    async def scenario(agent: Agent) -> None:
        version, _ = await agent.cells(NAME)
        await agent.call("run_cells", notebook=NAME, version=version, all=True)
        found = await agent.call("look_up", notebook=NAME, name="Enum.map")
        assert "Returns a list" in "".join(found["documentation"])
        found = await agent.call("look_up", notebook=NAME, name="Enum.ma", what="completion")
        assert found["items"][0]["label"] == "map/2"
        why = await agent.refused("look_up", notebook=NAME, name="Nobody.knows")
        assert why["error"] == "unknown-name"

    use(livebook.url, folder, scenario)


def _write_once(path: Path, text: str) -> None:
    if path.read_text() != text:
        path.write_text(text)
