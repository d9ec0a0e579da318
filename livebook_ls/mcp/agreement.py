"""Asking the client's person by MCP's elicitation, in the two ways that the protocol has had.

Up to 2025-11-25 the server asks while a call goes on. Since 2026-07-28 it answers the call with
what it needs, and the client calls again; then the answer counts once, and only for the very
question that was asked.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types.version import is_version_at_least
from pydantic import ValidationError

from livebook_ls.mcp import tool_refusal
from livebook_ls.mcp.asking.approval import Approval
from livebook_ls.mcp.tool_refusal import ToolRefusal

_ASKED_BY_ANSWER = "2026-07-28"
_KEY = "run"
_FIELD = "agree"
_KEPT = 100
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        _FIELD: {"type": "boolean", "title": "Yes, do it", "description": "Only this once."}
    },
    "required": [_FIELD],
}


class InputNeededError(Exception):
    """The call is to be answered with a question, and comes again with the answer."""

    def __init__(self, result: types.InputRequiredResult) -> None:
        super().__init__()
        self.result = result


class OpenQuestions:
    """Questions that were asked and not answered yet, by what the client must send back."""

    def __init__(self) -> None:
        self._digests: dict[str, str] = {}

    def ask(self, approval: Approval) -> str:
        """Remember a question; what leads to it again."""
        token = secrets.token_urlsafe(16)
        self._digests[token] = approval.digest
        while len(self._digests) > _KEPT:
            del self._digests[next(iter(self._digests))]
        return token

    def takes(self, token: str | None, approval: Approval) -> bool:
        """Whether this very question was asked under the token, which then is used up."""
        return token is not None and self._digests.pop(token, None) == approval.digest


async def require(
    approval: Approval,
    context: ServerRequestContext[Any, Any],
    params: types.CallToolRequestParams,
    questions: OpenQuestions,
) -> None:
    """Have a person agree; raises ToolRefusal where nobody does, and InputNeededError."""
    if not _can_ask(context.session.client_capabilities):
        raise ToolRefusal("not-allowed", tool_refusal.NOT_ALLOWED)
    if is_version_at_least(context.protocol_version, _ASKED_BY_ANSWER):
        _require_answer(approval, params, questions)
        return
    try:
        answer = await context.session.elicit_form(approval.question, _SCHEMA)
    except (MCPError, ValidationError):
        # A client that says it can ask, and can't, or answers what can't be read.
        raise ToolRefusal("not-allowed", tool_refusal.NOT_ALLOWED) from None
    _require_yes(answer.action, answer.content)


def _can_ask(capabilities: types.ClientCapabilities | None) -> bool:
    """Whether the client shows questions; a client that can only show addresses says so."""
    asking = capabilities.elicitation if capabilities else None
    return asking is not None and (asking.form is not None or asking.url is None)


def _require_answer(
    approval: Approval, params: types.CallToolRequestParams, questions: OpenQuestions
) -> None:
    answer = (params.input_responses or {}).get(_KEY)
    if isinstance(answer, types.ElicitResult) and questions.takes(params.request_state, approval):
        _require_yes(answer.action, answer.content)
        return
    asked = types.ElicitRequest(
        params=types.ElicitRequestFormParams(message=approval.question, requested_schema=_SCHEMA)
    )
    raise InputNeededError(
        types.InputRequiredResult(
            input_requests={_KEY: asked}, request_state=questions.ask(approval)
        )
    )


def _require_yes(action: str, content: Mapping[str, object] | None) -> None:
    if action != "accept" or (content or {}).get(_FIELD) is not True:
        raise ToolRefusal("declined", tool_refusal.DECLINED)
