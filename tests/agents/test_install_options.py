"""What `hook --install` is told holds for each call: it stands in what is installed."""

from __future__ import annotations

import json
import os
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.agents.configuration import entries, entry_merging
from livebook_ls.agents.payloads.payload import Agent
from tests.support.command import run

URL = "http://localhost:8090"
GIVEN = ("--url", URL, "--map", "/my notes=/data", "--within", "20", "--verbose", "--run-changed")
PER_CALL = ["--url", URL, "--map", "/my notes=/data"]
SECRETS = ["http://localhost:8080/?token=secret", "localhost:8080/?token=", "http://me:it@lb:8080"]


def hook(folder: Path, environ: dict[str, str], *arguments: str) -> Any:
    return run("hook", *arguments, cwd=folder, environ=environ)


@pytest.mark.skipif(os.name == "nt", reason="quoted as this system's shells read it")
def test_options_get_into_the_installed_hook(project: Path, offline: dict[str, str]) -> None:
    done = hook(project, offline, "--install", "claude", *GIVEN, "--ca-file", "my ca.pem")
    hooks = json.loads((project / ".claude/settings.json").read_text(encoding="utf-8"))["hooks"]
    handler = hooks["PostToolUse"][0]["hooks"][0]
    ca_file = str(project.resolve() / "my ca.pem")

    assert done.returncode == 0
    assert shlex.split(handler["command"]) == [
        *("livebook-ls", "hook", "--url", URL, "--ca-file", ca_file),
        *("--map", "/my notes=/data", "--within", "20", "--verbose", "--run-changed"),
    ]
    # An agent that waits no longer than the hook itself has lost its answer.
    assert handler["timeout"] > 70


@pytest.mark.parametrize("agent", [it.value for it in Agent])
def test_what_was_installed_with_options_goes_with_the_same_line(
    agent: str, project: Path, offline: dict[str, str]
) -> None:
    more = (*GIVEN, "--mcp", "--allow-run")
    hook(project, offline, "--install", agent, *more)
    again = hook(project, offline, "--install", agent, *more)
    gone = hook(project, offline, "--uninstall", agent, *GIVEN, "--allow-run")
    left = [it.read_text() for it in project.rglob("*") if it.is_file()]

    assert "nothing to change" in again.stdout
    assert "changed" not in again.stdout
    assert (gone.returncode, gone.stderr) == (0, "")
    assert not any("livebook" in it for it in left)


@pytest.mark.parametrize("client", ["claude", "vscode"])
def test_tools_are_told_where_livebook_is(
    client: str, project: Path, offline: dict[str, str]
) -> None:
    path = project / {"claude": ".mcp.json", "vscode": ".vscode/mcp.json"}[client]
    hook(project, offline, "--install", client, "--mcp", *PER_CALL)
    (servers,) = json.loads(path.read_text(encoding="utf-8")).values()
    given = servers["livebook"]["args"]

    assert given[given.index("--url") :] == PER_CALL

    hook(project, offline, "--install", client, "--mcp", "--url", "http://localhost:1")
    (servers,) = json.loads(path.read_text(encoding="utf-8")).values()
    given = servers["livebook"]["args"]

    assert [given.count(it) for it in (URL, "http://localhost:1", "--map")] == [0, 1, 1]


def test_codex_tools_are_told_too(project: Path, offline: dict[str, str]) -> None:
    hook(project, offline, "--install", "codex", "--mcp", *PER_CALL)
    toml = tomllib.loads((project / ".codex/config.toml").read_text(encoding="utf-8"))

    assert toml["mcp_servers"]["livebook"]["args"] == ["mcp", *PER_CALL]


@pytest.mark.parametrize("url", SECRETS)
@pytest.mark.parametrize("more", [(), ("--user",), ("--mcp",)])
def test_a_secret_is_written_into_no_configuration(
    url: str, more: tuple[str, ...], project: Path, home: Path, offline: dict[str, str]
) -> None:
    done = hook(project, offline, "--install", "claude", "--url", url, *more)

    assert done.returncode == 2
    assert "LIVEBOOK_URL" in done.stderr
    assert [it for it in (*project.iterdir(), *home.iterdir()) if it.name != "cache"] == []


def test_the_hook_believes_the_mapping_that_it_is_told(
    note: Path, project: Path, agent: dict[str, str], livebook: Any
) -> None:
    """The stand-in has no such folder, so that nothing can be opened there."""
    payload = json.dumps(
        {
            "session_id": "1",
            "cwd": str(project),
            "hook_event_name": "PostToolUse",
            "tool_name": "Write",
            "tool_input": {"file_path": str(note), "content": ""},
        }
    )
    mapped = f"{project}={project.parent / 'elsewhere'}"
    run("hook", "--map", mapped, "--within", "20", cwd=project, environ=agent, given=payload)

    assert livebook.session(note) is None


@pytest.mark.parametrize(
    "options",
    [
        "--verbose",
        "--url http://localhost:8090 --within 5",
        "--map '/my notes=/data' --run-changed",
        "--map '/it'\"'\"'s=/data'",
        '--ca-file "C:\\my place\\ca.pem"',
    ],
)
def test_options_that_are_installed_are_known_again(options: str) -> None:
    assert entries.is_ours({"command": f"livebook-ls hook {options}"})


@pytest.mark.parametrize("options", ["--verbose 2>> /tmp/log", "--url $URL", "--url x; rm y"])
def test_a_users_own_command_line_is_not_ours(options: str) -> None:
    assert not entries.is_ours({"command": f"livebook-ls hook {options}"})


def test_options_make_no_second_entry() -> None:
    old = entry_merging.with_hook({}, Agent.CLAUDE, "livebook-ls hook --url http://localhost:1")

    assert entry_merging.with_hook(old, Agent.CLAUDE, "livebook-ls hook") == (
        entry_merging.with_hook({}, Agent.CLAUDE, "livebook-ls hook")
    )
