"""Codex's hooks in its `config.toml`, for those who keep them there: a block between two comments.

The rest of the file is never rewritten, so that nothing of it can be lost; what comes out is read
again and compared.
"""

from __future__ import annotations

import json
import tomllib

from livebook_ls.agents.configuration import entries
from livebook_ls.agents.configuration.entries import Json
from livebook_ls.agents.configuration.entry_merging import RefusedError, without_hook
from livebook_ls.agents.payloads.payload import Agent

_BEGIN = "# livebook-ls hook: begin; `livebook-ls hook --uninstall codex` takes this away"
_END = "# livebook-ls hook: end"
# Codex keeps its own notes about hooks there.
_NO_EVENT = "state"


def read(text: str) -> Json:
    """The text as a value. Raises RefusedError for broken TOML."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise RefusedError(f"config.toml is no valid TOML: {error}") from None


def has_hooks(text: str) -> bool:
    """Whether hooks are configured in this `config.toml`. Raises RefusedError for broken TOML."""
    hooks = read(text).get("hooks")
    return isinstance(hooks, dict) and any(it != _NO_EVENT for it in hooks)


def has_block(text: str) -> bool:
    """Whether our block is in it."""
    return without_block(text) != text


def with_hook(text: str, command: str) -> str:
    """The text with our block at its end, the same where it is there already."""
    bare = without_block(text)
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not bare or bare.endswith("\n") else end
    new = bare + gap + end.join([_BEGIN, *_lines(command), _END, ""])
    if text.rstrip() == new.rstrip():
        return text
    if without_hook(read(new)) != without_hook(read(bare)):
        raise RefusedError("the hooks in config.toml are written in a way that can't be added to")
    return new


def without_block(text: str) -> str:
    """The text without our block."""
    begin = text.find(_BEGIN)
    end = text.find(_END, begin)
    if begin < 0 or end < 0:
        return text
    behind = text.find("\n", end)
    return text[:begin] + (text[behind + 1 :] if behind >= 0 else "")


def _lines(command: str) -> list[str]:
    lines = []
    for entry in entries.entries(Agent.CODEX):
        group = entries.group(Agent.CODEX, entry, command)
        lines.append(f"[[hooks.{entry.event}]]")
        if entry.matcher:
            lines.append(f"matcher = {json.dumps(entry.matcher)}")
        lines.append(f"[[hooks.{entry.event}.hooks]]")
        handlers = group["hooks"]
        assert isinstance(handlers, list)  # noqa: S101 — made just above
        lines += [f"{key} = {json.dumps(value)}" for key, value in handlers[0].items()]
    return lines
