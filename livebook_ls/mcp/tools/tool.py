"""What a tool is, and what it may ask of the client that called it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from livebook_ls.mcp.asking.approval import Approval
from livebook_ls.mcp.desk import Desk
from livebook_ls.notebook.model import JsonValue

Answer = dict[str, JsonValue]


class ToolArguments(BaseModel):
    """Arguments of a tool: of the very types that the schema says, and no others beside them."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Caller(Protocol):
    """The client that called."""

    def tell_progress(self, done: int, total: int, message: str) -> None:
        """Say how far the call has come."""

    async def approve(self, approval: Approval) -> None:
        """Have a person agree to a run; raises ToolRefusal where nobody does."""


ArgumentsT = TypeVar("ArgumentsT", bound=ToolArguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(Generic[ArgumentsT]):
    """A tool: `call` raises ToolRefusal where nothing is done.

    The hints are the protocol's; they are told to clients, and nothing here trusts in them.
    """

    name: str
    title: str
    description: str
    arguments: type[ArgumentsT]
    call: Callable[[Desk, ArgumentsT, Caller], Awaitable[Answer]]
    is_read_only: bool = False
    is_destructive: bool = False
    is_idempotent: bool = False
