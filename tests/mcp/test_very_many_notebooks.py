"""A model that reads a whole folder: few notebooks stay open, and each can still be edited."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from livebook_ls.mcp import desk, known_texts, runs, serving
from livebook_ls.mcp.desk import Desk
from livebook_ls.mcp.working_folder import WorkingFolder
from livebook_ls.settings import Settings
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL, clean_environ
from tests.support.mcp_client import Agent, use


@pytest.mark.slow
def test_of_very_many_that_were_read_the_last_stay_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_MOST_OPEN", 5)
    monkeypatch.setattr(known_texts, "_KEPT_NOTEBOOKS", 10)
    monkeypatch.setattr(known_texts, "_KEPT_PIECES", 4)
    folder = tmp_path / "notes"
    folder.mkdir()
    names = [f"n{number}.livemd" for number in range(12)]
    for name in names:
        (folder / name).write_text(CANONICAL, encoding="utf-8")
    settings = serving.for_agents(Settings(url="http://127.0.0.1:9", language_help=False))

    async def read_all() -> None:
        everything = WorkingFolder(str(folder), lambda _: [str(folder / it) for it in names])
        made = Desk(everything, settings, clean_environ(), may_run=False)
        for name in names:
            await made.opened(name)
        assert [Path(it).name for it in made.notebooks.links] == names[-5:]
        assert (len(made.texts._last), len(made.texts._before)) == (4, 6)
        assert len(made.texts._versions) == 10
        await made.close()

    asyncio.run(read_all())


@pytest.mark.slow
def test_one_that_was_let_go_of_is_edited_by_the_version_that_was_read(
    livebook: StandIn, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_MOST_OPEN", 3)
    monkeypatch.setattr(known_texts, "_KEPT_PIECES", 2)
    names = [f"n{number}.livemd" for number in range(5)]
    for name in names:
        notebook.with_name(name).write_text(CANONICAL, encoding="utf-8")

    async def scenario(agent: Agent) -> None:
        version, (cell,) = await agent.cells("note.livemd")
        for name in names:
            await agent.cells(name)
        operation = {"op": "replace_source", "cell": cell["cell"], "source": "2 + 2"}
        done = await agent.edit("note.livemd", version, operation)
        assert (done["session"]["state"], done["session"]["holds_this_text"]) == ("inSync", True)

    use(livebook.url, notebook.parent, scenario)

    session = livebook.session(notebook)
    assert session is not None
    assert session.text == notebook.read_text("utf-8") == CANONICAL.replace("1 + 1", "2 + 2")


def test_of_many_runs_of_long_texts_the_last_are_kept(
    livebook: StandIn, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_KEPT_CHARACTERS", 3 * len(CANONICAL))

    async def scenario(agent: Agent) -> None:
        version, (cell,) = await agent.cells(notebook.name)
        run = {"notebook": notebook.name, "version": version, "cells": [cell["cell"]]}
        ids = [(await agent.call("run_cells", **run))["run"] for _ in range(8)]
        for it in ids[-6:]:
            assert (await agent.call("get_run", run=it))["state"] == "done"
        assert "error" in await agent.refused("get_run", run=ids[0])

    use(livebook.url, notebook.parent, scenario)
