"""What a client sees of the server: over stdio as a process, and its schemas, resources, prompt."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters

from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.mcp.schemas import schema_of
from livebook_ls.mcp.tools.all_tools import ALL_TOOLS
from livebook_ls.standin.server import StandIn
from tests.conftest import clean_environ
from tests.support.command import run
from tests.support.mcp_client import GUIDE, LEGACY, MODERN, Agent, use

NAMES = [
    "list_notebooks",
    "read_notebook",
    "edit_notebook",
    "run_cells",
    "get_run",
    "stop",
    "restart_runtime",
    "check_notebook",
    "look_up",
]
SLOW = "# Note\n\n## One\n\n```elixir\nProcess.sleep(60_000)\n```\n"


def test_no_description_says_that_something_was_declined() -> None:
    assert [it.name for it in ALL_TOOLS] == NAMES
    assert not [it.name for it in ALL_TOOLS if "declined" in it.description]


def over_stdio(
    folder: Path, environ: dict[str, str], mode: str, scenario: Callable[[Agent], Awaitable[None]]
) -> None:
    """The program as an agent starts it, and the official client."""
    program = StdioServerParameters(
        command=sys.executable,
        args=["-m", "livebook_ls", "mcp", "--allow-run"],
        env=environ,
        cwd=folder,
    )

    async def act() -> None:
        async with Client(program, mode=mode) as client:
            await scenario(Agent(client))

    asyncio.run(act())


@pytest.mark.slow
@pytest.mark.parametrize("mode", [MODERN, pytest.param(LEGACY, marks=pytest.mark.slow)])
def test_a_process_answers_progresses_and_is_cancelled(
    environ: dict[str, str], tmp_path: Path, mode: str
) -> None:
    (tmp_path / "note.livemd").write_text(SLOW)
    large = "".join(f"```elixir\n{number} + {'1' * 900}\n```\n\n" for number in range(300))
    (tmp_path / "large.livemd").write_text(f"# Large\n\n## One\n\n{large}")

    async def scenario(agent: Agent) -> None:
        assert [it.name for it in (await agent.client.list_tools()).tools] == NAMES
        read = await agent.call("read_notebook", notebook="large.livemd", max_chars=400_000)
        assert len(json.dumps(read)) > 270_000
        small = await agent.call("read_notebook", notebook="large.livemd", max_chars=2_000)
        assert len(json.dumps(small)) < 4_000
        await require_all_pages(agent, small)
        version, _ = await agent.cells("note.livemd")
        call = asyncio.create_task(
            agent.call("run_cells", notebook="note.livemd", version=version, all=True)
        )
        await agent.has_progress.wait()
        call.cancel()
        assert agent.progress[0] == (0, 1)
        standing = await agent.call("get_run", notebook="note.livemd")
        assert standing["state"] == "going on"
        await agent.call("stop", notebook="note.livemd")
        over = await agent.call("get_run", run=standing["run"], wait_s=30.0)
        assert over["state"] == "stopped"

    over_stdio(tmp_path, environ, mode, scenario)


async def require_all_pages(agent: Agent, page: dict[str, Any]) -> None:
    """Page by page, every cell is told once."""
    told = [it["cell"] for it in page["parts"] if "cell" in it]
    while at := page.get("continue_at"):
        page = await agent.call(
            "read_notebook", notebook="large.livemd", max_chars=20_000, start_at=at
        )
        told += [it["cell"] for it in page["parts"] if "cell" in it]
    assert len(told) == len(set(told)) == 300


@pytest.mark.parametrize("tool", ALL_TOOLS, ids=lambda it: it.name)
def test_schemas_are_strict_and_plain(tool: Any) -> None:
    schema = schema_of(tool.arguments)

    Draft202012Validator.check_schema(schema)
    text = json.dumps(schema)
    assert "$ref" not in text
    assert text.count('"type": "object"') == text.count('"additionalProperties": false')
    assert len(tool.description) < 900


def test_hints_tell_what_changes_something(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        tools = (await agent.client.list_tools()).tools
        hints = {it.name: it.annotations for it in tools}
        reading = {name for name, it in hints.items() if it and it.read_only_hint}
        assert reading == {"list_notebooks", "read_notebook", "get_run", "look_up"}
        destroying = {name for name, it in hints.items() if it and it.destructive_hint}
        assert destroying == {"edit_notebook", "run_cells", "stop", "restart_runtime"}

    use("http://127.0.0.1:9", tmp_path, scenario)


def test_a_list_says_what_is_open_in_livebook(livebook: StandIn, notebook: Path) -> None:
    (notebook.parent / "other.livemd").write_text(notebook.read_text())
    client = Livebook(read_address(livebook.url, "here"))
    client.open(str(notebook))
    client.close()

    async def scenario(agent: Agent) -> None:
        listed = await agent.call("list_notebooks")
        assert [(it["notebook"], it["cells"], it["session"]) for it in listed["notebooks"]] == [
            ("note.livemd", 1, "open in Livebook"),
            ("other.livemd", 1, "no session"),
        ]

    use(livebook.url, notebook.parent, scenario)


def test_a_list_without_livebook_says_so(notebook: Path) -> None:
    async def scenario(agent: Agent) -> None:
        listed = await agent.call("list_notebooks")
        assert [it["session"] for it in listed["notebooks"]] == ["not known"]
        assert "No Livebook is running" in listed["livebook"]

    use("http://127.0.0.1:9", notebook.parent, scenario)


def test_notebooks_and_outputs_are_resources(livebook: StandIn, notebook: Path) -> None:
    written = notebook.read_text()

    async def scenario(agent: Agent) -> None:
        version, _ = await agent.cells("note.livemd")
        await agent.call("run_cells", notebook="note.livemd", version=version, all=True)
        listed = (await agent.client.list_resources()).resources
        text, outputs = [str(it.uri) for it in listed]
        found = (await agent.client.read_resource(text)).contents
        assert getattr(found[0], "text", None) == written
        found = (await agent.client.read_resource(outputs)).contents
        (cell,) = json.loads(getattr(found[0], "text", ""))["cells"]
        assert (cell["state"], cell["outputs"][0]["text"]) == ("done", "2")
        prompts = (await agent.client.list_prompts()).prompts
        prompt = await agent.client.get_prompt(prompts[0].name)
        assert getattr(prompt.messages[0].content, "text", None) == GUIDE

    use(livebook.url, notebook.parent, scenario)


def test_without_the_sdk_a_sentence_says_how_to_install_it(tmp_path: Path) -> None:
    # As where the extra is not installed: nothing of that name is found.
    (tmp_path / "mcp.py").write_text('raise ModuleNotFoundError("no mcp", name="mcp")\n')
    environ = clean_environ() | {"PYTHONPATH": str(tmp_path)}

    done = run("mcp", environ=environ, given="")

    assert (done.returncode, "livebook-ls[mcp]" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


def test_the_sdk_is_loaded_by_this_command_alone() -> None:
    code = (
        "import sys\n"
        "from livebook_ls.cli.main import main\n"
        "try: main(['check', '--help'])\n"
        "except SystemExit: print('mcp' in sys.modules)"
    )

    assert run(program=(sys.executable, "-c", code)).stdout.rstrip().endswith("False")
