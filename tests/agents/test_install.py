"""Our entries in agents' configurations: added, found again, taken away, and nothing else moved."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.agents.configuration import entries, entry_merging
from livebook_ls.agents.payloads.payload import Agent
from tests.support.examples import tried
from tests.support.fork_server.program import quick_program

FILES = {
    "claude": ".claude/settings.json",
    "codex": ".codex/hooks.json",
    "cursor": ".cursor/hooks.json",
    "gemini": ".gemini/settings.json",
}
AGENTS = sorted(FILES)
# A configuration that somebody has worked on, with hooks of their own at the same events.
OWN = {
    "$schema": "https://example.org/schema.json",
    "permissions": {"allow": ["Bash(mix test:*)"], "deny": []},
    "version": 1,
    "hooks": {
        "disabled": ["format"],
        "PostToolUse": [
            {"matcher": "Edit", "hooks": [{"type": "command", "command": "mix format", "x": 1.5}]}
        ],
        "afterFileEdit": [{"command": "./format.sh"}],
        "Notification": [],
    },
    "zuletzt": "ä",
}
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
EVENTS = st.sampled_from(["PreToolUse", "PostToolUse", "Stop", "afterFileEdit", "Other"])
HANDLERS = st.fixed_dictionaries({"command": st.text(max_size=8)}, optional={"x": JSON_VALUES})
GROUPS = st.lists(st.fixed_dictionaries({"hooks": st.lists(HANDLERS, max_size=2)}), min_size=1)
CONFIGURATIONS = st.dictionaries(st.text(max_size=5), JSON_VALUES).flatmap(
    lambda rest: st.dictionaries(EVENTS, GROUPS, min_size=1).map(
        lambda hooks: rest | {"version": 1, "hooks": hooks}
    )
)


def run(folder: Path, environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (*quick_program(environ), "hook", *arguments),
        capture_output=True,
        text=True,
        env=environ,
        cwd=folder,
        check=False,
    )


def write(path: Path, value: Any, indent: int | str = 2) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, indent=indent, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")
    return text


@pytest.mark.slow
@pytest.mark.parametrize("scope", [(), ("--project",)])
@pytest.mark.parametrize("agent", AGENTS)
def test_install_and_uninstall_leave_everything_else(
    agent: str, scope: tuple[str, ...], project: Path, offline: dict[str, str]
) -> None:
    path = project / FILES[agent]
    text = write(path, OWN, indent="\t")
    done = run(project, offline, "--install", agent, *scope)
    installed = path.read_text(encoding="utf-8")
    value = json.loads(installed)
    ours = [entry.event for entry in entries.entries(Agent(agent))]

    assert done.returncode == 0
    assert f"{path}: changed" in done.stdout
    assert all(event in done.stdout for event in ours)
    assert list(value) == list(OWN)
    assert value["hooks"]["PostToolUse"][0] == OWN["hooks"]["PostToolUse"][0]  # type: ignore[index]
    assert all("livebook-ls hook" in json.dumps(value["hooks"][event]) for event in ours)

    again = run(project, offline, "--install", agent)

    assert (again.returncode, again.stdout) == (0, f"{path}: nothing to change.\n")
    assert path.read_text(encoding="utf-8") == installed

    gone = run(project, offline, "--uninstall", agent, *scope)

    assert gone.returncode == 0
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("agent", AGENTS)
def test_without_a_file_one_is_made_in_the_home_too(
    agent: str, project: Path, home: Path, offline: dict[str, str]
) -> None:
    done = run(project, offline, "--install", agent, "--user")
    value = json.loads((home / FILES[agent]).read_text(encoding="utf-8"))
    expected = ["version", "hooks"] if agent == "cursor" else ["hooks"]

    assert done.returncode == 0
    assert list(value) == expected
    assert not (project / FILES[agent]).exists()


@tried(60)
@given(CONFIGURATIONS, st.sampled_from(list(Agent)))
def test_whatever_a_configuration_holds_it_comes_back(
    configuration: dict[str, Any], agent: Agent
) -> None:
    installed = entry_merging.with_hook(configuration, agent, "livebook-ls hook")

    assert entry_merging.with_hook(installed, agent, "livebook-ls hook") == installed
    assert entry_merging.without_hook(installed) == configuration


def test_another_place_of_the_program_takes_the_old_ones() -> None:
    old = entry_merging.with_hook({}, Agent.CLAUDE, "'/old place/livebook-ls' hook")
    new = entry_merging.with_hook(old, Agent.CLAUDE, "/new/python -m livebook_ls hook")

    assert new == entry_merging.with_hook({}, Agent.CLAUDE, "/new/python -m livebook_ls hook")
    assert entry_merging.without_hook(new) == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{\n  // mine\n  "hooks": {}\n}\n', "no plain JSON"),
        ('{"hooks": {}, "hooks": {}}', "a key stands there twice"),
        ("[]", "no JSON object"),
        ('{"hooks": []}', "“hooks” is no object"),
        ('{"hooks": {"Stop": {}}}', "“hooks.Stop” is no list"),
        ("[" * 100_000, "no plain JSON"),
    ],
)
def test_what_can_not_be_merged_is_refused_and_left(
    text: str, why: str, project: Path, offline: dict[str, str]
) -> None:
    path = project / FILES["claude"]
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    done = run(project, offline, "--install", "claude")

    assert done.returncode == 1
    assert why in done.stderr
    assert '"PostToolUse"' in done.stderr
    assert path.read_text(encoding="utf-8") == text


def test_form_of_the_file_stays(project: Path, offline: dict[str, str]) -> None:
    path = project / FILES["gemini"]
    path.parent.mkdir()
    text = '\ufeff{\r\n    "a": "ä"\r\n}'
    path.write_bytes(text.encode("utf-8"))
    run(project, offline, "--install", "gemini")
    installed = path.read_bytes().decode("utf-8")
    run(project, offline, "--uninstall", "gemini")

    assert installed.startswith('\ufeff{\r\n    "a": "ä",\r\n    "hooks"')
    assert "\n" not in installed.replace("\r\n", "")
    assert path.read_bytes().decode("utf-8") == text


@pytest.mark.skipif(os.name == "nt", reason="links and modes are POSIX's")
def test_a_link_stays_a_link_and_a_mode_stays(project: Path, offline: dict[str, str]) -> None:
    target = project / "dotfiles" / "settings.json"
    write(target, {})
    target.chmod(0o600)
    path = project / FILES["claude"]
    path.parent.mkdir()
    path.symlink_to(target)
    run(project, offline, "--install", "claude")

    assert path.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "hooks" in json.loads(target.read_text(encoding="utf-8"))
    assert [it.name for it in target.parent.iterdir()] == ["settings.json"]


def test_codex_hooks_in_toml_get_a_block_of_their_own(
    project: Path, offline: dict[str, str]
) -> None:
    path = project / ".codex" / "config.toml"
    path.parent.mkdir()
    text = (
        '# mine\nmodel = "gpt-5"\n\n[[hooks.PostToolUse]]\nmatcher = "Bash" # shells\n'
        '[[hooks.PostToolUse.hooks]]\ntype = "command"\ncommand = "./log.sh"\n'
    )
    path.write_text(text, encoding="utf-8")
    run(project, offline, "--install", "codex")
    installed = path.read_text(encoding="utf-8")
    hooks = tomllib.loads(installed)["hooks"]
    again = run(project, offline, "--install", "codex")

    assert installed.startswith(text)
    assert [it["matcher"] for it in hooks["PostToolUse"]] == ["Bash", "apply_patch|Bash"]
    assert hooks["Stop"][0]["hooks"][0]["command"] == "livebook-ls hook"
    assert "nothing to change" in again.stdout
    assert not path.with_name("hooks.json").exists()

    run(project, offline, "--uninstall", "codex")

    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("text", ["[hooks]\nStop = []\n", "broken\n"])
def test_toml_that_can_not_be_added_to_is_left(
    text: str, project: Path, offline: dict[str, str]
) -> None:
    path = project / ".codex" / "config.toml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    done = run(project, offline, "--install", "codex")

    assert done.returncode == 1
    assert "was left as it is" in done.stderr
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.fault(
    "files",
    "a folder is only to be read",
    during="`hook --install`",
    shows="which file can't be written, and why",
    recovers="the command again",
)
def test_a_folder_that_can_not_be_written_is_told(project: Path, offline: dict[str, str]) -> None:
    (project / ".claude").write_text("a file in the folder's place", encoding="utf-8")
    done = run(project, offline, "--install", "claude")

    assert done.returncode == 1
    assert "can't be changed" in done.stderr


@pytest.mark.parametrize(
    ("agent", "file", "text"),
    [
        ("claude", "settings.json", '{"disableAllHooks": true}\n'),
        ("gemini", "settings.json", '{"hooksConfig": {"enabled": false}}\n'),
        ("codex", "config.toml", "[features]\nhooks = false\n"),
    ],
)
def test_hooks_that_are_switched_off_are_told(
    agent: str, file: str, text: str, project: Path, offline: dict[str, str]
) -> None:
    path = project / f".{agent}" / file
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    done = run(project, offline, "--install", agent)

    assert done.returncode == 0
    assert "hooks are switched off there" in done.stdout


def test_numbers_nulls_and_gaps_stay_as_they_are_written(
    project: Path, offline: dict[str, str]
) -> None:
    path = project / FILES["claude"]
    path.parent.mkdir()
    text = (
        '{ "big": 1e400, "price": 1.10,   "nothing": null,\n'
        '  "hooks": {"PostToolUse": [null, {"matcher":"Edit","hooks":[null]}], "Stop": [ ] ,\n'
        '            "Other": [{"hooks": []}, null]}, "odd": "\\u00e9\\/" }'
    )
    path.write_text(text, encoding="utf-8")
    run(project, offline, "--install", "claude")
    installed = path.read_text(encoding="utf-8")

    last = text[text.index('"Other"') :]
    assert installed.startswith(text[: text.index("], ")])
    assert '"hooks":[null]}' in installed
    assert last[: last.index("}, ")] in installed
    assert "1e400" in installed
    assert '"odd": "\\u00e9\\/"' in installed


WRAPPERS = [
    "nice livebook-ls hook",
    "cd /my/project && livebook-ls hook",
    "LIVEBOOK_URL=http://localhost:1 livebook-ls hook",
    "livebook-ls hook --verbose 2>> /tmp/log",
    "livebook-ls hook | tee log",
    "./my-livebook-ls hook",
    "uvx livebook-ls hook",
]


@pytest.mark.slow
@pytest.mark.parametrize("command", WRAPPERS)
def test_a_users_own_command_around_ours_stays(
    command: str, project: Path, offline: dict[str, str]
) -> None:
    path = project / FILES["claude"]
    handler = {"type": "command", "command": command, "timeout": 60}
    text = write(path, {"hooks": {"PostToolUse": [{"matcher": "Edit", "hooks": [handler]}]}})
    done = run(project, offline, "--install", "claude")
    value = json.loads(path.read_text(encoding="utf-8"))
    run(project, offline, "--uninstall", "claude")

    assert value["hooks"]["PostToolUse"] == [{"matcher": "Edit", "hooks": [handler]}]
    assert "Stop" in value["hooks"]
    assert "at PostToolUse a command of your own runs the hook" in done.stdout
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "command",
    [
        "livebook-ls hook",
        "/usr/local/bin/livebook-ls hook",
        "'/my place/livebook-ls' hook",
        '"C:\\my place\\livebook-ls.exe" hook',
        "/usr/bin/python3 -m livebook_ls hook",
        "'/my place/python' -m livebook_ls hook",
    ],
)
def test_what_install_wrote_is_known_again(command: str) -> None:
    assert entries.is_ours({"command": command})
    assert not entries.runs_ours({"command": command})


@pytest.mark.skipif(os.name == "nt", reason="links are POSIX's")
def test_a_file_with_two_names_keeps_them(project: Path, offline: dict[str, str]) -> None:
    path = project / FILES["claude"]
    write(path, {"a": 1})
    other = project / "dotfiles.json"
    other.hardlink_to(path)
    run(project, offline, "--install", "claude")

    assert other.samefile(path)
    assert "hooks" in json.loads(other.read_text(encoding="utf-8"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root gives files away")
def test_the_owner_stays_whoever_installs(project: Path, offline: dict[str, str]) -> None:
    path = project / FILES["claude"]
    write(path, {"a": 1})
    os.chown(path, 1234, 1234)
    run(project, offline, "--install", "claude")
    status = path.stat()

    assert (status.st_uid, status.st_gid) == (1234, 1234)


def test_a_hook_that_runs_what_changed_is_installed_so_and_goes_again(
    project: Path, offline: dict[str, str]
) -> None:
    path = project / FILES["claude"]
    run(project, offline, "--install", "claude")
    plain = path.read_text(encoding="utf-8")

    run(project, offline, "--install", "claude", "--run-changed")
    handler = json.loads(path.read_text(encoding="utf-8"))["hooks"]["PostToolUse"][0]["hooks"][0]
    run(project, offline, "--install", "claude")

    assert handler["command"] == "livebook-ls hook --run-changed"
    assert handler["timeout"] > 50
    assert path.read_text(encoding="utf-8") == plain
