"""`hook --install AGENT --mcp`: our server of tools in an agent's configuration, or out of it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from argparse import Namespace
from importlib.util import find_spec
from pathlib import Path

from livebook_ls.agents.configuration import codex_toml, configuration_file, mcp_servers
from livebook_ls.agents.configuration.entry_merging import RefusedError
from livebook_ls.agents.configuration.mcp_servers import McpClient
from livebook_ls.cli.hook import lasting_options
from livebook_ls.cli.mcp.command import NOT_INSTALLED
from livebook_ls.cli.terminal import complain, printable

_PROGRAM = "livebook-ls"


def run(options: Namespace, *, is_quiet: bool) -> int:
    """Change the configuration and say what was changed; 1 where that was refused.

    `is_quiet` where something else was asked for: then nothing is told where nothing is ours.
    """
    client = McpClient(options.install or options.uninstall)
    if options.user:
        path = mcp_servers.file_for_user(client, os.environ)
    else:
        path = mcp_servers.file_for_project(client, Path.cwd())
    address = lasting_options.for_tools(options) if options.install else []
    given = mcp_servers.arguments(client, allows_run=options.allow_run, address=address)
    words = _words(given, is_for_user=options.user)
    try:
        old = configuration_file.read_text(path)
        new = _with(client, old, words) if options.install else _without(client, old)
        if new is None or new == old:
            if options.install or not is_quiet:
                print(printable(f"{path}: nothing to change for the tools."))
            return 0
        if options.install or old is None:
            is_gone = False
            configuration_file.write(path, old, new)
        else:
            is_gone = configuration_file.write_or_take_away(path, old, new)
    except RefusedError as error:
        if is_quiet and options.uninstall:
            return 0
        complain(f"{path} was left as it is: {error}.")
        if options.install:
            print(f"Add this by hand:\n{_by_hand(client, words)}", file=sys.stderr)
        return 1
    except OSError as error:
        complain(f"{path} can't be changed: {error.strerror}")
        return 1
    done = "gives notebooks as tools" if options.install else "the tools were taken away"
    made = "made" if old is None else "gone, for it held nothing else" if is_gone else "changed"
    print(printable(f"{path}: {made}; {done}."))
    if options.install:
        print(mcp_servers.note(client))
        if find_spec("mcp") is None:
            # Else only the agent would be told, once it starts it.
            complain(NOT_INSTALLED)
    return 0


def _with(client: McpClient, old: str | None, words: list[str]) -> str:
    if client is McpClient.CODEX:
        return codex_toml.with_server(old or "", words)
    configuration = configuration_file.from_json(old)
    new = mcp_servers.with_server(configuration, client, words)
    return old if old is not None and new == configuration else configuration_file.to_json(new, old)


def _without(client: McpClient, old: str | None) -> str | None:
    if old is None:
        return None
    if client is McpClient.CODEX:
        return codex_toml.without_server(old)
    configuration = configuration_file.from_json(old)
    new = mcp_servers.without_server(configuration, client)
    return old if new == configuration else configuration_file.to_json(new, old)


def _words(given: list[str], *, is_for_user: bool) -> list[str]:
    """The program by its name for a project, which is others' too; by its full path for a user."""
    found = shutil.which(_PROGRAM) if is_for_user else _PROGRAM
    return [found, *given] if found else [sys.executable, "-m", "livebook_ls", *given]


def _by_hand(client: McpClient, words: list[str]) -> str:
    if client is McpClient.CODEX:
        return codex_toml.with_server("", words)
    return json.dumps(mcp_servers.with_server({}, client, words), indent=2)
