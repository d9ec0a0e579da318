"""Our server of tools in agents' configurations: where each reads it, and in which form.

The forms are those of the programs' documentation: `mcpServers` of Claude Code (`.mcp.json`,
`~/.claude.json`), Cursor (`mcp.json`) and Gemini CLI (`settings.json`), `servers` of VS Code
(`mcp.json`), tables `mcp_servers` of Codex' `config.toml` (`codex_toml`).
"""

from __future__ import annotations

import copy
import os
import re
import sys
from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import pairwise
from pathlib import Path

from livebook_ls.agents.configuration.entries import Json
from livebook_ls.agents.configuration.entry_merging import RefusedError

SERVER = "livebook"
_PROGRAM = re.compile(r"(?:.*[/\\])?livebook-ls(?:\.exe)?")
_MODULE = ["-m", "livebook_ls"]
_ALLOW = "--allow-run"
# What a program may be told of Livebook; each takes a value.
_ADDRESS = frozenset({"--url", "--ca-file", "--map"})


class McpClient(Enum):
    """A program that can be given servers of tools."""

    CLAUDE = "claude"
    CODEX = "codex"
    CURSOR = "cursor"
    GEMINI = "gemini"
    VSCODE = "vscode"


_NOTES = {
    McpClient.CLAUDE: "Claude Code asks whether you trust the server; /mcp shows it.",
    McpClient.CODEX: "Codex reads a project's config.toml where you trust it; see /mcp there.",
    McpClient.CURSOR: "Cursor lists the server in Settings → MCP: switch it on there.",
    McpClient.GEMINI: "Gemini CLI lists the server with /mcp.",
    McpClient.VSCODE: "VS Code asks whether you trust the server when it starts it.",
}


def note(client: McpClient) -> str:
    """What is left to do for the user."""
    return _NOTES[client]


def file_for_project(client: McpClient, folder: Path) -> Path:
    """Where the program reads the servers of one project."""
    return (
        folder
        / {
            McpClient.CLAUDE: ".mcp.json",
            McpClient.CODEX: ".codex/config.toml",
            McpClient.CURSOR: ".cursor/mcp.json",
            McpClient.GEMINI: ".gemini/settings.json",
            McpClient.VSCODE: ".vscode/mcp.json",
        }[client]
    )


def file_for_user(client: McpClient, environ: Mapping[str, str]) -> Path:
    """Where the program reads the servers of all of a user's projects."""
    home = Path.home()
    match client:
        case McpClient.CLAUDE:
            return Path(environ.get("CLAUDE_CONFIG_DIR") or home) / ".claude.json"
        case McpClient.CODEX:
            return Path(environ.get("CODEX_HOME") or home / ".codex") / "config.toml"
        case McpClient.CURSOR:
            return home / ".cursor" / "mcp.json"
        case McpClient.GEMINI:
            return home / ".gemini" / "settings.json"
        case McpClient.VSCODE:
            return _vscode_folder(home, environ) / "mcp.json"


def arguments(client: McpClient, *, allows_run: bool, address: Sequence[str] = ()) -> list[str]:
    """What the program gives ours to start it: with the options of `address`, where Livebook is.

    Editors start it in no certain folder.
    """
    in_editor = client in (McpClient.CURSOR, McpClient.VSCODE)
    folder = ["--folder", "${workspaceFolder}"] if in_editor else []
    return ["mcp", *folder, *address, *([_ALLOW] if allows_run else [])]


def with_server(configuration: Json, client: McpClient, words: Sequence[str]) -> Json:
    """The configuration with our server, started by `words`.

    One that is there stays as the user has set it, but for whether it may run, and for what is said
    now of where Livebook is. Raises RefusedError where there is one of that name that isn't ours.
    """
    new = copy.deepcopy(configuration)
    servers = new.setdefault(_key(client), {})
    if not isinstance(servers, dict):
        raise RefusedError(f"its “{_key(client)}” is no object")
    known = servers.get(SERVER)
    if known is None:
        kind: Json = {"type": "stdio"} if client is McpClient.VSCODE else {}
        servers[SERVER] = kind | {"command": words[0], "args": [*words[1:]]}
    elif not is_ours(known):
        raise RefusedError(f"it has another server “{SERVER}”")
    else:
        given = _addressed(known["args"], _address(words))
        servers[SERVER] = known | {"args": _allowing(given, _ALLOW in words)}
    return new


def without_server(configuration: Json, client: McpClient) -> Json:
    """The configuration without our server, and without what only it needed."""
    new = copy.deepcopy(configuration)
    servers = new.get(_key(client))
    if not isinstance(servers, dict) or not is_ours(servers.get(SERVER)):
        return new
    del servers[SERVER]
    if not servers:
        del new[_key(client)]
    return new


def is_ours(server: object) -> bool:
    """Whether this starts our server, wherever the program is."""
    if not isinstance(server, dict):
        return False
    command, given = server.get("command"), server.get("args")
    if not isinstance(command, str) or not isinstance(given, list):
        return False
    if given[:2] == _MODULE:
        return given[2:3] == ["mcp"]
    return _PROGRAM.fullmatch(command) is not None and given[:1] == ["mcp"]


def _address(words: Sequence[str]) -> list[tuple[str, str]]:
    """The options that say where Livebook is, each with its value."""
    return [(name, value) for name, value in pairwise(words) if name in _ADDRESS]


def _addressed(given: list[str], address: list[tuple[str, str]]) -> list[str]:
    """The arguments with these options in place of what they said of the same before."""
    if all(pair in _address(given) for pair in address):
        return given
    names = {name for name, _ in address}
    pairs = pairwise(["", *given])
    kept = [it for before, it in pairs if it not in names and before not in names]
    return [*kept, *(word for pair in address for word in pair)]


def _allowing(given: list[str], allows_run: bool) -> list[str]:
    without = [it for it in given if it != _ALLOW]
    if allows_run is (_ALLOW in given):
        return given
    return [*without, _ALLOW] if allows_run else without


def _key(client: McpClient) -> str:
    return "servers" if client is McpClient.VSCODE else "mcpServers"


def _vscode_folder(home: Path, environ: Mapping[str, str]) -> Path:
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "Code" / "User"
    if os.name == "nt":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming") / "Code" / "User"
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "Code" / "User"
