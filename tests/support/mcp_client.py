"""The protocol's own client over a server in this process, as an agent's program uses it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from mcp.client.client import Client
from mcp.client.session import ClientRequestContext
from mcp_types import ElicitRequestParams, ElicitResult

from livebook_ls.cli.arguments import notebook_files
from livebook_ls.mcp import server, serving
from livebook_ls.mcp.desk import Desk
from livebook_ls.mcp.working_folder import WorkingFolder
from livebook_ls.settings import Settings
from tests.conftest import clean_environ

LEGACY, MODERN = "legacy", "auto"
GUIDE = "How notebooks are written."
Json = dict[str, Any]


class Person:
    """Who sits before the client: answers questions and remembers them."""

    def __init__(self, *, agrees: bool, does: Callable[[], None] = lambda: None) -> None:
        """`does` is done while the question is on the screen."""
        self.asked: list[str] = []
        self._agrees = agrees
        self.does = does

    async def answer(
        self,
        context: ClientRequestContext,  # noqa: ARG002 — the client's own
        params: ElicitRequestParams,
    ) -> ElicitResult:
        self.asked.append(params.message)
        self.does()
        if not self._agrees:
            return ElicitResult(action="decline")
        return ElicitResult(action="accept", content={"agree": True})


class Agent:
    """A client with what its model would call."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.progress: list[tuple[float, float | None]] = []
        self.has_progress = asyncio.Event()

    async def call(self, tool: str, **arguments: Any) -> Json:
        """What the tool answers; it must not refuse."""
        result = await self.client.call_tool(tool, arguments, progress_callback=self._note)
        assert not result.is_error, result.structured_content
        return result.structured_content or {}

    async def refused(self, tool: str, **arguments: Any) -> Json:
        """Why the tool refuses, as it must."""
        result = await self.client.call_tool(tool, arguments)
        assert result.is_error, result.structured_content
        return result.structured_content or {}

    async def cells(self, notebook: str, **options: Any) -> tuple[str, list[Json]]:
        """The notebook's version and its cells."""
        read = await self.call("read_notebook", notebook=notebook, **options)
        return read["version"], [it for it in read["parts"] if "cell" in it]

    async def edit(self, notebook: str, version: str, *operations: Json) -> Json:
        """Edit a notebook."""
        return await self.call(
            "edit_notebook", notebook=notebook, version=version, operations=list(operations)
        )

    async def _note(
        self,
        progress: float,
        total: float | None,
        message: str | None,  # noqa: ARG002 — for people
    ) -> None:
        self.progress.append((progress, total))
        self.has_progress.set()


def use(
    url: str,
    folder: Path,
    scenario: Callable[[Agent], Awaitable[None]],
    *,
    may_run: bool = True,
    mode: str = MODERN,
    person: Person | None = None,
    environ: Mapping[str, str] | None = None,
) -> None:
    """Have an agent act in `folder`; its server knows the Livebook at `url`."""
    reachable = WorkingFolder(str(folder), lambda it: notebook_files.find([it]).notebooks)
    settings = serving.for_agents(Settings(url=url, language_help=False))
    outside = environ or clean_environ()

    def desk() -> Desk:
        return Desk(reachable, settings, outside, may_run=may_run)

    async def act() -> None:
        answer = person.answer if person else None
        made = server.create(desk, GUIDE)
        async with Client(made, mode=mode, elicitation_callback=answer) as client:
            await scenario(Agent(client))

    asyncio.run(act())
