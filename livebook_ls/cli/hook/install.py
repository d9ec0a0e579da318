"""`hook --install` and `--uninstall`: an agent's configuration gets our entries, or loses them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from argparse import Namespace
from pathlib import Path

from livebook_ls.agents.configuration import codex_toml, configuration_file, entries, entry_merging
from livebook_ls.agents.configuration.entry_merging import RefusedError
from livebook_ls.agents.payloads.payload import Agent
from livebook_ls.cli.hook import lasting_options, server
from livebook_ls.cli.terminal import complain, printable

_PROGRAM = "livebook-ls"
_GONE = ", and the file with them: it held nothing else"


def run(options: Namespace) -> int:
    """Change the configurations and say what was changed; 1 where that was refused."""
    name = options.install or options.uninstall
    has_hooks = name in {it.value for it in Agent}
    is_about_hooks = has_hooks and not (options.uninstall and options.mcp)
    code = _run(options, Agent(name)) if is_about_hooks else 0
    if options.mcp or options.uninstall:
        code = max(code, server.run(options, is_quiet=is_about_hooks))
    return code


def _run(options: Namespace, agent: Agent) -> int:
    if options.user:
        path = entries.file_for_user(agent, os.environ)
    else:
        path = entries.file_for_project(agent, Path.cwd())
    given = lasting_options.for_hook(options) if options.install else []
    program = _program_for_user() if options.user else [_PROGRAM]
    command = lasting_options.quoted([*program, "hook", *given])
    try:
        changed = _install(agent, path, command) if options.install else _uninstall(agent, path)
    except RefusedError as error:
        complain(f"{path} was left as it is: {error}.")
        if options.install:
            print(f"Add this by hand:\n{_by_hand(agent, command)}", file=sys.stderr)
        return 1
    except OSError as error:
        complain(f"{path} can't be changed: {error.strerror}")
        return 1
    if not changed:
        print(printable(f"{path}: nothing to change."))
        return 0
    print("\n".join(changed))
    if options.install:
        print(entries.note(agent))
        if not options.user and shutil.which(_PROGRAM) is None:
            print(f"{_PROGRAM} is not on your PATH, where agents look for it.", file=sys.stderr)
    return 0


def _install(agent: Agent, path: Path, command: str) -> list[str]:
    """What was changed, in lines."""
    toml = path.with_name("config.toml")
    old_toml = configuration_file.read_text(toml) if agent is Agent.CODEX else None
    if old_toml is not None and (
        codex_toml.has_block(old_toml) or (codex_toml.has_hooks(old_toml) and not path.exists())
    ):
        return _replace(toml, old_toml, codex_toml.with_hook(old_toml, command), agent)
    old = configuration_file.read_text(path)
    configuration = configuration_file.from_json(old)
    new = entry_merging.with_hook(configuration, agent, command)
    theirs = _left(path, configuration)
    if new == configuration:
        return theirs
    lines = theirs + _replace(path, old, configuration_file.to_json(new, old), agent)
    if entries.is_switched_off(agent, codex_toml.read(old_toml) if old_toml else new):
        lines.append("But hooks are switched off there: switch them on.")
    return lines


def _uninstall(agent: Agent, path: Path) -> list[str]:
    lines: list[str] = []
    toml = path.with_name("config.toml")
    old_toml = configuration_file.read_text(toml) if agent is Agent.CODEX else None
    if old_toml is not None and codex_toml.has_block(old_toml):
        new_toml = codex_toml.without_block(old_toml)
        is_gone = configuration_file.write_or_take_away(toml, old_toml, new_toml)
        lines.append(f"{toml}: the hook's block was taken away{_GONE if is_gone else ''}.")
    old = configuration_file.read_text(path)
    configuration = configuration_file.from_json(old)
    new = entry_merging.without_hook(configuration)
    if new != configuration:
        text = configuration_file.to_json(new, old)
        is_gone = configuration_file.write_or_take_away(path, old or "", text)
        lines.append(f"{path}: the hook's entries were taken away{_GONE if is_gone else ''}.")
    return lines + _left(path, new)


def _left(path: Path, configuration: entries.Json) -> list[str]:
    """What is told of commands of the user's own."""
    return [
        f"{path}: at {event} a command of your own runs the hook; it was left as it is."
        for event in entry_merging.wrapped_at(configuration)
    ]


def _replace(path: Path, old: str | None, new: str, agent: Agent) -> list[str]:
    if new == old:
        return []
    configuration_file.write(path, old, new)
    lines = [f"{path}: {'made' if old is None else 'changed'}; the hook runs"]
    for entry in entries.entries(agent):
        tools = f" of {entry.matcher.replace('|', ', ')}" if entry.matcher else ""
        lines.append(f"  at {entry.event}{tools}")
    return lines


def _program_for_user() -> list[str]:
    """We by our full path: an agent started from a dock has another PATH than a terminal."""
    found = shutil.which(_PROGRAM)
    return [found] if found else [sys.executable, "-m", "livebook_ls"]


def _by_hand(agent: Agent, command: str) -> str:
    return json.dumps(entry_merging.with_hook({}, agent, command), indent=2)
