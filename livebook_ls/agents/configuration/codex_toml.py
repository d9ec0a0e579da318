"""What is ours in Codex' `config.toml`, hooks and our server: blocks between two comments each.

The rest of the file is never rewritten, so that nothing of it can be lost; what comes out is read
again and compared.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence

from livebook_ls.agents.configuration import entries
from livebook_ls.agents.configuration.entries import Json
from livebook_ls.agents.configuration.entry_merging import RefusedError, without_hook
from livebook_ls.agents.configuration.mcp_servers import SERVER
from livebook_ls.agents.payloads.payload import Agent

_BEGIN = "# livebook-ls hook: begin; `livebook-ls hook --uninstall codex` takes this away"
_END = "# livebook-ls hook: end"
_SERVER_BEGIN = "# livebook-ls mcp: begin; `livebook-ls hook --uninstall codex --mcp` removes this"
_SERVER_END = "# livebook-ls mcp: end"
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
    new = _with(bare, [_BEGIN, *_lines(command), _END])
    if text.rstrip() == new.rstrip():
        return text
    if without_hook(read(new)) != without_hook(read(bare)):
        raise RefusedError("the hooks in config.toml are written in a way that can't be added to")
    return new


def without_block(text: str) -> str:
    """The text without our hooks' block."""
    return _without(text, _BEGIN, _END)


def with_server(text: str, words: Sequence[str]) -> str:
    """The text with our server, started by `words`; the same where it is there so already.

    Raises RefusedError where there is another server of that name.
    """
    bare = without_server(text)
    servers = read(bare).get("mcp_servers", {})
    if not isinstance(servers, dict) or SERVER in servers:
        raise RefusedError(f"config.toml has another server “{SERVER}”")
    lines = [
        f"[mcp_servers.{SERVER}]",
        f"command = {json.dumps(words[0])}",
        f"args = {json.dumps([*words[1:]])}",
    ]
    new = _with(bare, [_SERVER_BEGIN, *lines, _SERVER_END])
    return text if read(new) == read(text) else _proven(new, bare)


def without_server(text: str) -> str:
    """The text without our server's block."""
    return _without(text, _SERVER_BEGIN, _SERVER_END)


def _proven(new: str, bare: str) -> str:
    """The text with the server, where nothing else in it has changed."""
    if _without_our_server(read(new)) != _without_our_server(read(bare)):
        raise RefusedError("the servers in config.toml are written in a way that can't be added to")
    return new


def _without_our_server(value: Json) -> Json:
    servers = value.get("mcp_servers")
    rest = servers if isinstance(servers, dict) else {}
    return {**value, "mcp_servers": {key: it for key, it in rest.items() if key != SERVER}}


def _with(bare: str, lines: list[str]) -> str:
    """The text with a block at its end."""
    end = "\r\n" if "\r\n" in bare else "\n"
    gap = "" if not bare or bare.endswith("\n") else end
    return bare + gap + end.join([*lines, ""])


def _without(text: str, first: str, last: str) -> str:
    begin = text.find(first)
    end = text.find(last, begin)
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
