"""What each agent's configuration must say so that it runs the hook, and where that is written.

The forms are those of the agents' documentation: Claude Code's and Gemini CLI's `settings.json`,
Codex's `hooks.json`, Cursor's `hooks.json`, each for a project or for a user.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from livebook_ls.agents.payloads.payload import Agent

Json = dict[str, object]

# Our program by a name alone or a path, quoted or not, with options that the installing takes, and
# nothing else in the command.
_VALUE = r"""(?:"[^"$`]*"|'[^']*'|[^\s"';&|<>$`])+"""
_OPTION = rf"--(?:run-changed|verbose|(?:url|ca-file|map|within)\s+{_VALUE})"
_OURS = re.compile(
    r"""\s*(?:"(?:[^"]*[/\\])?livebook-ls(?:\.exe)?"|'(?:[^']*/)?livebook-ls'"""
    r"""|(?:[^\s"';&|<>$`]*[/\\])?livebook-ls(?:\.exe)?"""
    r"""|(?:"[^"]*"|'[^']*'|[^\s"';&|<>$`=]+)\s+-m\s+livebook_ls)\s+hook"""
    rf"(?:\s+{_OPTION})*\s*"
)
_RUNS_OURS = re.compile(r"""livebook[-_]ls(\.exe)?["']?\s+hook(\s|$)""")
_HOME_VARIABLES = {Agent.CLAUDE: "CLAUDE_CONFIG_DIR", Agent.CODEX: "CODEX_HOME"}
_FILES = {
    Agent.CLAUDE: "settings.json",
    Agent.CODEX: "hooks.json",
    Agent.CURSOR: "hooks.json",
    Agent.GEMINI: "settings.json",
}
# The hook takes 2 s at the most, or as long as it is told; an agent that waits longer has lost it.
_TIMEOUT_S = 10
_WITHIN = re.compile(r"\s--within\s+(\d+(?:\.\d+)?)(?!\S)")
_SPARE_S = 8
# With this it also waits for cells that run.
RUN_CHANGED = "--run-changed"
_RUNNING_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class HookEntry:
    """When the agent runs the hook; without a matcher, always."""

    event: str
    matcher: str | None = None


# Claude Code's own shell tool runs often, and before it nothing is to be done.
_ENTRIES = {
    Agent.CLAUDE: (
        HookEntry("PreToolUse", "Edit|MultiEdit|Write"),
        HookEntry("PostToolUse", "Edit|MultiEdit|Write|Bash"),
        HookEntry("Stop"),
    ),
    Agent.CODEX: (
        HookEntry("PreToolUse", "apply_patch"),
        HookEntry("PostToolUse", "apply_patch|Bash"),
        HookEntry("Stop"),
    ),
    Agent.CURSOR: (
        HookEntry("preToolUse", "Write|StrReplace"),
        HookEntry("afterFileEdit"),
        HookEntry("postToolUse", "Shell"),
        HookEntry("stop"),
    ),
    Agent.GEMINI: (
        HookEntry("BeforeTool", "write_file|replace"),
        HookEntry("AfterTool", "write_file|replace|run_shell_command"),
        HookEntry("AfterAgent"),
    ),
}
_NOTES = {
    Agent.CLAUDE: "Claude Code reads its hooks when it starts: start it again.",
    Agent.CODEX: "Codex asks whether you trust a new hook: answer with /hooks.",
    Agent.CURSOR: "Cursor lists its hooks in Settings → Hooks.",
    Agent.GEMINI: "Gemini CLI lists its hooks with /hooks.",
}


def file_for_user(agent: Agent, environ: Mapping[str, str]) -> Path:
    """The agent's configuration for all of a user's projects."""
    given = environ.get(_HOME_VARIABLES.get(agent, ""), "")
    folder = Path(given) if given else Path.home() / f".{agent.value}"
    return folder / _FILES[agent]


def file_for_project(agent: Agent, folder: Path) -> Path:
    """The agent's configuration for one project."""
    return folder / f".{agent.value}" / _FILES[agent]


def entries(agent: Agent) -> tuple[HookEntry, ...]:
    """When this agent is to run the hook."""
    return _ENTRIES[agent]


def note(agent: Agent) -> str:
    """What is left to do for the user."""
    return _NOTES[agent]


def is_switched_off(agent: Agent, configuration: Json) -> bool:
    """Whether this configuration (Codex: `config.toml`) lets the agent run no hook at all."""
    if agent is Agent.CLAUDE:
        return configuration.get("disableAllHooks") is True
    places = {
        Agent.CODEX: (("features", "hooks"), ("features", "codex_hooks")),
        Agent.GEMINI: (("hooksConfig", "enabled"), ("tools", "enableHooks")),
    }
    for table, key in places.get(agent, ()):
        values = configuration.get(table)
        if isinstance(values, dict) and values.get(key) is False:
            return True
    return False


def group(agent: Agent, entry: HookEntry, command: str) -> Json:
    """The entry in the agent's own form."""
    matcher: Json = {"matcher": entry.matcher} if entry.matcher else {}
    timeout_s = _timeout_s(command)
    if agent is Agent.CURSOR:
        return {"command": command} | matcher | {"timeout": timeout_s}
    # Gemini CLI counts milliseconds, the others seconds.
    timeout = timeout_s * 1000 if agent is Agent.GEMINI else timeout_s
    return matcher | {"hooks": [{"type": "command", "command": command, "timeout": timeout}]}


def _timeout_s(command: str) -> int:
    """How long the agent is to wait for this command."""
    usual_s = _RUNNING_TIMEOUT_S if RUN_CHANGED in command.split() else _TIMEOUT_S
    within = _WITHIN.search(command)
    # What is usual has room for the usual two seconds.
    return (
        usual_s + max(0, math.ceil(float(within[1])) + _SPARE_S - _TIMEOUT_S) if within else usual_s
    )


def is_ours(handler: object) -> bool:
    """Whether this is what we write: our hook and nothing else, wherever the program is."""
    command = handler.get("command") if isinstance(handler, dict) else None
    return isinstance(command, str) and _OURS.fullmatch(command) is not None


def runs_ours(handler: object) -> bool:
    """Whether this is a command of the user's own that runs our hook, in their way."""
    command = handler.get("command") if isinstance(handler, dict) else None
    is_there = isinstance(command, str) and _RUNS_OURS.search(command) is not None
    return is_there and not is_ours(handler)
