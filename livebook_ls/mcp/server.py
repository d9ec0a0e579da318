"""The server as the protocol's SDK has it: tools, resources and the prompt, over one desk."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from livebook_ls import __version__
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.mcp import agreement, resources, tool_refusal
from livebook_ls.mcp.agreement import InputNeededError, OpenQuestions
from livebook_ls.mcp.asking.approval import Approval
from livebook_ls.mcp.desk import Desk
from livebook_ls.mcp.schemas import misuse, schema_of
from livebook_ls.mcp.telling import on_the_wire
from livebook_ls.mcp.tool_refusal import ToolRefusal
from livebook_ls.mcp.tools.all_tools import ALL_TOOLS
from livebook_ls.mcp.tools.tool import Answer, Tool

logger = logging.getLogger(__name__)
_NAME = "livebook-ls"
_PROMPT = "livebook_notebooks"
INSTRUCTIONS = (
    "Livebook notebooks (.livemd) as exact operations. Read a notebook before you edit it: edits "
    "need its version and its handles. Prefer these tools to editing the file as text where they "
    "can do it, and use them for all that runs. Results are those of the notebook's session in "
    "Livebook, which people may have open in a browser."
)
Context = ServerRequestContext[Any, Any]


def create(make_desk: Callable[[], Desk], guide: str) -> Server[Desk]:
    """A server whose desk lasts as long as a connection; `guide` is what its prompt says."""
    front = _Front(guide)

    @asynccontextmanager
    async def lifespan(_: Server[Desk]) -> AsyncIterator[Desk]:
        desk = make_desk()
        desk.notebooks.warm_up()
        try:
            yield desk
        finally:
            await desk.close()

    return Server(
        _NAME,
        version=__version__,
        title="Livebook notebooks",
        instructions=INSTRUCTIONS,
        lifespan=lifespan,
        on_list_tools=front.list_tools,
        on_call_tool=front.call_tool,
        on_list_resources=front.list_resources,
        on_list_resource_templates=front.list_resource_templates,
        on_read_resource=front.read_resource,
        on_list_prompts=front.list_prompts,
        on_get_prompt=front.get_prompt,
    )


class _Front:
    """The handlers, by the protocol's names."""

    def __init__(self, guide: str) -> None:
        self._guide = guide
        self._tools = {it.name: it for it in ALL_TOOLS}
        self._questions = OpenQuestions()

    async def list_tools(
        self, _: Context, __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(it) for it in ALL_TOOLS])

    async def call_tool(
        self, context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        tool = self._tools.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {params.name}.")
        caller = _ProtocolCaller(context, params, self._questions)
        try:
            arguments = tool.arguments.model_validate(params.arguments or {})
            answer = await tool.call(context.lifespan_context, arguments, caller)
        except InputNeededError as needed:
            return needed.result
        except ValidationError as error:
            return _refused(misuse(error))
        except ToolRefusal as refusal:
            return _refused(refusal)
        except LivebookError as error:
            return _refused(tool_refusal.of_error(error))
        finally:
            await caller.finish()
        return _result(answer, is_error=False)

    async def list_resources(
        self, context: Context, _: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        found = await asyncio.to_thread(resources.resources, context.lifespan_context)
        return types.ListResourcesResult(resources=found)

    async def list_resource_templates(
        self, _: Context, __: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=resources.templates())

    async def read_resource(
        self, context: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        try:
            found = await resources.contents(context.lifespan_context, str(params.uri))
        except ToolRefusal as refusal:
            raise MCPError(types.INVALID_PARAMS, on_the_wire(refusal.sentence)) from None
        return types.ReadResourceResult(contents=found)

    async def list_prompts(
        self, _: Context, __: types.PaginatedRequestParams | None
    ) -> types.ListPromptsResult:
        prompt = types.Prompt(
            name=_PROMPT,
            title="How Livebook notebooks are written",
            description="The format on one page, and when to use tools and when files.",
        )
        return types.ListPromptsResult(prompts=[prompt])

    async def get_prompt(
        self, _: Context, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        if params.name != _PROMPT:
            raise MCPError(types.INVALID_PARAMS, f"There is no prompt {params.name}.")
        content = types.TextContent(type="text", text=self._guide)
        return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=content)])


class _ProtocolCaller:
    """The client that called a tool, as the tool sees it."""

    def __init__(
        self, context: Context, params: types.CallToolRequestParams, questions: OpenQuestions
    ) -> None:
        self._context = context
        self._params = params
        self._questions = questions
        self._told: set[asyncio.Task[None]] = set()
        self._told_done = -1

    def tell_progress(self, done: int, total: int, message: str) -> None:
        """Say how far the call has come; progress only ever grows, as the protocol wants it."""
        if done <= self._told_done:
            return
        self._told_done = done
        task = asyncio.create_task(self._context.session.report_progress(done, total, message))
        self._told.add(task)
        task.add_done_callback(self._told.discard)

    async def approve(self, approval: Approval) -> None:
        """Have a person agree."""
        await agreement.require(approval, self._context, self._params, self._questions)

    async def finish(self) -> None:
        """Wait until all is told, before the call is answered."""
        await asyncio.gather(*self._told, return_exceptions=True)


def _described(tool: Tool[Any]) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=schema_of(tool.arguments),
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=tool.is_read_only,
            destructive_hint=tool.is_destructive,
            idempotent_hint=tool.is_idempotent,
            open_world_hint=False,
        ),
    )


def _refused(refusal: ToolRefusal) -> types.CallToolResult:
    told: Answer = {"error": refusal.code, "message": refusal.sentence, **refusal.more}
    return _result(told, is_error=True)


def _result(answer: Answer, *, is_error: bool) -> types.CallToolResult:
    text = on_the_wire(json.dumps(answer, ensure_ascii=False))
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)],
        structured_content=json.loads(text),
        is_error=is_error,
    )
