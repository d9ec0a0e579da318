"""An edit runs nothing: what Livebook would run because of one is a person's to say."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mcp.client.session import ClientRequestContext
from mcp_types import ElicitRequestParams, ElicitResult

from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.settings import Access
from tests.support.evaluating_browser import evaluating_all
from tests.support.mcp_client import LEGACY, MODERN, Agent, Json, Person, use

NAME = "note.livemd"
TEXT = "# Note\n\n## One\n\n```elixir\nx = 1\n```\n\n```elixir\n1 + 1\n```\n"
SLOW = TEXT.replace("x = 1", "Process.sleep(60_000)")
OTHER = 'IO.puts("other")'
TOKEN = "a-token-of-tests"  # noqa: S105
NEW: Json = {"kind": "code", "source": OTHER}
Edit = Callable[[str, str], list[Json]]


class AgreesToRuns(Person):
    """Agrees to runs, and to what else is asked only where that is said."""

    def __init__(self, *, agrees_to_edits: bool = False) -> None:
        super().__init__(agrees=True)
        self._agrees_to_edits = agrees_to_edits

    async def answer(
        self, context: ClientRequestContext, params: ElicitRequestParams
    ) -> ElicitResult:
        answer = await super().answer(context, params)
        is_run = params.message.startswith("Run ")
        return answer if is_run or self._agrees_to_edits else ElicitResult(action="decline")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / NAME).write_text(SLOW)
    return tmp_path


def queued(_: str, two: str) -> list[Json]:
    return [{"op": "replace_source", "cell": two, "source": OTHER}]


def running(one: str, _: str) -> list[Json]:
    return [{"op": "replace_source", "cell": one, "source": OTHER}]


def before_queued(one: str, _: str) -> list[Json]:
    return [{"op": "insert_cells", "place": {"after": one}, "cells": [NEW]}]


def in_another_language(_: str, two: str) -> list[Json]:
    return [{"op": "set_cell", "cell": two, "language": "erlang"}]


def in_its_place(one: str, two: str) -> list[Json]:
    return [
        {"op": "delete_cell", "cell": two},
        {"op": "insert_cells", "place": {"after": one}, "cells": [NEW]},
    ]


async def begun(agent: Agent) -> tuple[str, str, str]:
    """All cells agreed to, the first running and the second waiting; version and handles."""
    version, (one, two) = await agent.cells(NAME)
    run = await agent.call("run_cells", notebook=NAME, version=version, all=True, wait_s=0.0)
    assert run["state"] == "going on"
    return version, one["cell"], two["cell"]


@pytest.mark.parametrize("mode", [MODERN, LEGACY])
@pytest.mark.parametrize(
    "edit", [queued, running, before_queued, in_its_place, in_another_language]
)
def test_what_waits_to_run_gets_no_other_text_without_a_persons_word(
    livebook: StandIn, folder: Path, edit: Edit, mode: str
) -> None:
    person = AgreesToRuns()

    async def scenario(agent: Agent) -> None:
        version, one, two = await begun(agent)
        why = await agent.refused(
            "edit_notebook", notebook=NAME, version=version, operations=edit(one, two)
        )
        assert why["error"] == "declined"

    use(livebook.url, folder, scenario, may_run=False, mode=mode, person=person)

    assert ("1 + 1" if edit is in_another_language else OTHER) in person.asked[-1]
    assert (folder / NAME).read_text() == SLOW


def test_what_does_not_wait_takes_the_place_of_what_does_with_a_persons_word(
    livebook: StandIn, folder: Path
) -> None:
    branch = '<!-- livebook:{"branch_parent_index":0} -->\n\n## Branch\n\n```elixir\nfresh()\n```'
    text = SLOW.replace("```elixir\n1 + 1", f"{branch}\n\n## Last\n\n```elixir\n1 + 1")
    (folder / NAME).write_text(text)
    person = AgreesToRuns()

    async def scenario(agent: Agent) -> None:
        version, (_, fresh, last) = await agent.cells(NAME)
        run = await agent.call(
            "run_cells", notebook=NAME, version=version, cells=[last["cell"]], wait_s=0.0
        )
        assert run["state"] == "going on"
        sources = {fresh["cell"]: "1 + 1", last["cell"]: "fresh()"}
        swapped = [
            {"op": "replace_source", "cell": cell, "source": source}
            for cell, source in sources.items()
        ]
        attributes = {"attributes": {"continue_on_error": True}}
        why = await agent.refused(
            "edit_notebook",
            notebook=NAME,
            version=version,
            operations=[*swapped, *({"op": "set_cell", "cell": it} | attributes for it in sources)],
        )
        assert why["error"] == "declined"

    use(livebook.url, folder, scenario, may_run=False, person=person)

    assert "fresh()" in person.asked[-1]
    assert (folder / NAME).read_text() == text


@pytest.mark.slow
@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_with_a_persons_word_it_does(livebook: StandIn, folder: Path, mode: str) -> None:
    person = AgreesToRuns(agrees_to_edits=True)

    async def scenario(agent: Agent) -> None:
        version, one, two = await begun(agent)
        await agent.edit(NAME, version, *queued(one, two))

    use(livebook.url, folder, scenario, may_run=False, mode=mode, person=person)

    assert len(person.asked) == 2
    assert OTHER in (folder / NAME).read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_what_leads_out_of_the_folder_once_a_person_has_agreed_is_not_written(
    livebook: StandIn, folder: Path, tmp_path_factory: pytest.TempPathFactory, mode: str
) -> None:
    outside = tmp_path_factory.mktemp("outside") / NAME
    outside.write_text(SLOW)

    def become_a_link() -> None:
        (folder / NAME).unlink()
        (folder / NAME).symlink_to(outside)

    person = Person(agrees=True)

    async def scenario(agent: Agent) -> None:
        version, (one, two) = await agent.cells(NAME)
        async with evaluating_all(livebook.url, folder / NAME):
            person.does = become_a_link
            why = await agent.refused(
                "edit_notebook",
                notebook=NAME,
                version=version,
                operations=queued(one["cell"], two["cell"]),
            )
        assert why["error"] == "outside"

    use(livebook.url, folder, scenario, may_run=False, mode=mode, person=person)

    assert outside.read_text() == SLOW


def test_a_client_that_cannot_ask_makes_no_such_edit(livebook: StandIn, folder: Path) -> None:
    async def begin(agent: Agent) -> None:
        await begun(agent)
        states: list[str] = []
        while states != ["running", "queued"]:
            _, cells = await agent.cells(NAME, with_outputs=True)
            states = [it["state"] for it in cells]

    async def scenario(agent: Agent) -> None:
        version, (one, two) = await agent.cells(NAME)
        why = await agent.refused(
            "edit_notebook",
            notebook=NAME,
            version=version,
            operations=queued(one["cell"], two["cell"]),
        )
        assert why["error"] == "not-allowed"

    # A person has begun it, as in the browser.
    use(livebook.url, folder, begin)
    use(livebook.url, folder, scenario, may_run=False)

    assert (folder / NAME).read_text() == SLOW


@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_where_nobody_can_see_what_waits_changed_code_needs_a_persons_word(
    folder: Path, mode: str
) -> None:
    person = AgreesToRuns()

    with StandIn(StandInSettings(access=Access(token=TOKEN))) as livebook:

        async def scenario(agent: Agent) -> None:
            version, (one, two) = await agent.cells(NAME)
            async with evaluating_all(f"{livebook.url}/?token={TOKEN}", folder / NAME):
                why = await agent.refused(
                    "edit_notebook",
                    notebook=NAME,
                    version=version,
                    operations=queued(one["cell"], two["cell"]),
                )
                assert why["error"] == "declined"
                prose = {"kind": "markdown", "source": "prose"}
                place = {"after": two["cell"]}
                await agent.edit(
                    NAME, version, {"op": "insert_cells", "place": place, "cells": [prose]}
                )

        use(livebook.url, folder, scenario, may_run=False, mode=mode, person=person)

    assert len(person.asked) == 1
    assert "can't be seen" in person.asked[0]
    assert OTHER in person.asked[0]
    assert OTHER not in (folder / NAME).read_text()


@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_what_waits_in_a_session_that_was_opened_since_needs_a_persons_word_as_well(
    livebook: StandIn, folder: Path, mode: str
) -> None:
    # Not in Livebook's form, so that no session is opened by looking at it.
    (folder / NAME).write_text(SLOW.replace("## One", "\n## One"))
    person = AgreesToRuns()

    async def scenario(agent: Agent) -> None:
        version, (one, two) = await agent.cells(NAME)
        async with evaluating_all(livebook.url, folder / NAME):
            why = await agent.refused(
                "edit_notebook",
                notebook=NAME,
                version=version,
                operations=queued(one["cell"], two["cell"]),
            )
        assert why["error"] == "declined"

    use(livebook.url, folder, scenario, may_run=False, mode=mode, person=person)

    assert OTHER in person.asked[0]
    assert OTHER not in (folder / NAME).read_text()


def test_what_runs_by_itself_is_made_so_with_a_persons_word(
    livebook: StandIn, folder: Path
) -> None:
    (folder / NAME).write_text(TEXT)
    person = AgreesToRuns()

    async def scenario(agent: Agent) -> None:
        version, (one, two) = await agent.cells(NAME)
        run = await agent.call("run_cells", notebook=NAME, version=version, all=True)
        assert run["state"] == "done"
        by_itself = {
            "op": "set_cell",
            "cell": two["cell"],
            "attributes": {"reevaluate_automatically": True},
        }
        why = await agent.refused(
            "edit_notebook",
            notebook=NAME,
            version=version,
            operations=[*queued(one["cell"], two["cell"]), by_itself],
        )
        assert why["error"] == "declined"

    use(livebook.url, folder, scenario, may_run=False, person=person)

    assert OTHER in person.asked[-1]
    assert (folder / NAME).read_text() == TEXT


def test_what_livebook_runs_anew_for_a_cell_that_is_deleted_needs_a_persons_word(
    livebook: StandIn, folder: Path
) -> None:
    by_itself = '<!-- livebook:{"reevaluate_automatically":true} -->\n\n```elixir\n1 + 1'
    (folder / NAME).write_text(TEXT.replace("```elixir\n1 + 1", by_itself))
    person = AgreesToRuns()

    async def scenario(agent: Agent) -> None:
        version, (one, _) = await agent.cells(NAME)
        await agent.call("run_cells", notebook=NAME, version=version, all=True)
        operations = [{"op": "delete_cell", "cell": one["cell"]}]
        why = await agent.refused(
            "edit_notebook", notebook=NAME, version=version, operations=operations
        )
        assert why["error"] == "declined"

    use(livebook.url, folder, scenario, may_run=False, person=person)

    assert "1 + 1" in person.asked[-1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "operation",
    [
        {"op": "insert_cells", "cells": [NEW]},
        {"op": "insert_cells", "cells": [{"kind": "markdown", "source": "prose"}]},
        {"op": "set_title", "title": "Another"},
    ],
)
def test_what_runs_nothing_asks_nobody(livebook: StandIn, folder: Path, operation: Json) -> None:
    person = AgreesToRuns()

    async def scenario(agent: Agent) -> None:
        version, _, two = await begun(agent)
        place = {"place": {"after": two}} if "cells" in operation else {}
        await agent.edit(NAME, version, operation | place)

    use(livebook.url, folder, scenario, may_run=False, person=person)

    assert len(person.asked) == 1


def test_where_running_is_allowed_nobody_is_asked(livebook: StandIn, folder: Path) -> None:
    person = Person(agrees=False)

    async def scenario(agent: Agent) -> None:
        version, one, two = await begun(agent)
        await agent.edit(NAME, version, *queued(one, two))

    use(livebook.url, folder, scenario, person=person)

    assert person.asked == []
    assert OTHER in (folder / NAME).read_text()
