"""Answers in the channel that each agent's model reads: the documented one, never the user's only.

| agent | after a tool | at the end of a turn |
|---|---|---|
| Claude Code, Codex | `additionalContext`; exit 2 and stderr where it broke | `decision: block` |
| Gemini CLI | `additionalContext`; its exit 2 would hide the tool's own result | `decision: deny` |
| Cursor | `additional_context` | `followup_message` |

Before a tool nothing is ever allowed or denied: that stays the user's and the agent's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from livebook_ls.agents.answers.choice import Told
from livebook_ls.agents.payloads.payload import Agent, Call, Moment

_NAME = "livebook-ls"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookAnswer:
    """What the hook's process writes, and its exit code."""

    stdout: str = ""
    stderr: str = ""
    code: int = 0


def answer(call: Call, told: Told) -> HookAnswer:
    """What to say to the agent that made the call."""
    if not told.lines:
        return HookAnswer()
    text = "\n".join(f"{_NAME}: {line}" for line in told.lines)
    if call.moment is Moment.END:
        # An agent that is sent back once and still leaves it so has its reasons.
        is_grave = told.is_broken or told.is_undelivered
        return _at_end(call, text) if is_grave and not call.is_repeat else HookAnswer()
    if call.agent is Agent.CURSOR:
        return _json({"additional_context": text})
    is_after = call.moment is Moment.AFTER
    if told.is_broken and is_after and call.agent in (Agent.CLAUDE, Agent.CODEX):
        return HookAnswer(stderr=f"{text}\n", code=2)
    if call.agent is Agent.GEMINI and not is_after:
        return HookAnswer()
    context = {"hookEventName": call.event, "additionalContext": text}
    return _json({"hookSpecificOutput": context})


def _at_end(call: Call, text: str) -> HookAnswer:
    match call.agent:
        case Agent.CURSOR:
            return _json({"followup_message": text})
        case Agent.GEMINI:
            return _json({"decision": "deny", "reason": text})
        case _:
            return _json({"decision": "block", "reason": text})


def _json(value: dict[str, object]) -> HookAnswer:
    return HookAnswer(stdout=f"{json.dumps(value)}\n")
