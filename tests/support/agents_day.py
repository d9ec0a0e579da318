"""A day of an agent: from no notebook at all to one that is whole, and no browser in between."""

from __future__ import annotations

from pathlib import Path

from livebook_ls.notebook.exporting.canonical import canonical
from tests.support.mcp_client import Agent

NAME = "day.livemd"
DATA = "count = 3"
BROKEN = 'raise "no data"'
SUM = "count + 3"


async def a_day(agent: Agent, folder: Path) -> None:
    """Make a notebook, run it, break it, read the error, mend it, move cells, run all."""
    made = await agent.call(
        "edit_notebook",
        notebook=NAME,
        create_with_title="A day",
        operations=[
            {
                "op": "insert_section",
                "place": {"at_end": True},
                "name": "Data",
                "cells": [
                    {"kind": "markdown", "source": "What we have:\n\n* three numbers"},
                    {"kind": "code", "source": DATA},
                ],
            }
        ],
    )
    assert made["session"]["holds_this_text"], made
    version = await _analyse(agent, made["version"])
    version = await _break_and_mend(agent, version)
    version = await _rearrange(agent, version)
    done = await agent.call("run_cells", notebook=NAME, version=version, all=True)
    assert done["state"] in ("done", "nothing to run"), done
    _, cells = await agent.cells(NAME, with_outputs=True)
    code = [it for it in cells if it["kind"] == "code"]
    assert [it["state"] for it in code] == ["done", "done"], code
    assert "6" in code[-1]["outputs"][-1]["text"]
    text = (folder / NAME).read_text(encoding="utf-8")
    assert canonical(text) == text
    checked = await agent.call("check_notebook", notebook=NAME, format=True)
    assert (checked["findings"], checked["session"]["state"]) == ([], "inSync")
    assert (folder / NAME).read_text(encoding="utf-8") == text


async def _analyse(agent: Agent, version: str) -> str:
    done = await agent.edit(
        NAME,
        version,
        {
            "op": "insert_section",
            "place": {"at_end": True},
            "name": "Analysis",
            "cells": [{"kind": "code", "source": SUM}],
        },
    )
    run = await agent.call("run_cells", notebook=NAME, version=done["version"], all=True)
    assert run["state"] == "done", run
    return str(done["version"])


async def _break_and_mend(agent: Agent, version: str) -> str:
    _, cells = await agent.cells(NAME)
    handle = next(it["cell"] for it in cells if it.get("source") == DATA)
    broken = await agent.edit(
        NAME,
        version,
        {"op": "replace_text", "cell": handle, "old_text": "3", "new_text": BROKEN},
    )
    run = await agent.call("run_cells", notebook=NAME, version=broken["version"], stale=True)
    assert run["state"] == "failed", run
    failed = next(it for it in run["cells"] if it["state"] == "failed")
    assert (failed["cell"], "no data" in failed["failures"][0]["message"]) == (handle, True)
    mended = await agent.edit(
        NAME, broken["version"], {"op": "replace_source", "cell": handle, "source": DATA}
    )
    run = await agent.call("run_cells", notebook=NAME, version=mended["version"], stale=True)
    assert run["state"] == "done", run
    return str(mended["version"])


async def _rearrange(agent: Agent, version: str) -> str:
    read = await agent.call("read_notebook", notebook=NAME)
    sections = {it["name"]: it["section"] for it in read["parts"] if "section" in it}
    prose = next(it["cell"] for it in read["parts"] if it.get("kind") == "markdown")
    moved = await agent.edit(
        NAME,
        version,
        {"op": "move_cell", "cell": prose, "place": {"end_of": sections["Data"]}},
        {"op": "rename_section", "section": sections["Analysis"], "name": "Sum"},
    )
    assert moved["session"]["holds_this_text"], moved
    return str(moved["version"])
