"""Our server of tools in agents' configurations: added, taken away, and nothing else moved."""

from __future__ import annotations

import json
import tomllib
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.agents.configuration import codex_toml, mcp_servers
from livebook_ls.agents.configuration.entry_merging import RefusedError
from livebook_ls.agents.configuration.mcp_servers import McpClient
from livebook_ls.cli.hook import server
from tests.support.command import run

FILES = {
    "claude": ".mcp.json",
    "cursor": ".cursor/mcp.json",
    "gemini": ".gemini/settings.json",
    "vscode": ".vscode/mcp.json",
}
# Written as nobody's program writes it.
OWN = '{\n\t"zuletzt" :"ä",\n\t"%s": {\n\t\t"other": {"command": "x",   "args": [1.50]}\n\t}\n}\n'
TOML = '# mine\nmodel = "x"\r\n[mcp_servers.other]\ncommand = "y" # and why\n'


def key(client: str) -> str:
    return "servers" if client == "vscode" else "mcpServers"


def hook(folder: Path, environ: dict[str, str], *arguments: str) -> Any:
    return run("hook", *arguments, cwd=folder, environ=environ)


@pytest.mark.parametrize("client", sorted(FILES))
def test_the_server_comes_and_goes_and_all_else_stays(
    client: str, project: Path, offline: dict[str, str]
) -> None:
    path = project / FILES[client]
    path.parent.mkdir(exist_ok=True)
    text = OWN % key(client)
    path.write_text(text, encoding="utf-8")

    done = hook(project, offline, "--install", client, "--mcp")
    value = json.loads(path.read_text(encoding="utf-8"))

    assert (done.returncode, "gives notebooks as tools" in done.stdout) == (0, True)
    server = value[key(client)]["livebook"]
    assert (server["command"], server["args"][0]) == ("livebook-ls", "mcp")
    assert ("${workspaceFolder}" in server["args"]) is (client in ("cursor", "vscode"))
    installed = path.read_text(encoding="utf-8")
    hook(project, offline, "--install", client, "--mcp")
    assert path.read_text(encoding="utf-8") == installed

    gone = hook(project, offline, "--uninstall", client)

    assert gone.returncode == 0
    assert path.read_text(encoding="utf-8") == text


def test_codex_gets_a_block_of_its_own(project: Path, offline: dict[str, str]) -> None:
    path = project / ".codex" / "config.toml"
    path.parent.mkdir()
    path.write_bytes(TOML.encode())

    hook(project, offline, "--install", "codex", "--mcp", "--allow-run")
    servers = tomllib.loads(path.read_text(encoding="utf-8"))["mcp_servers"]

    assert servers["livebook"] == {"command": "livebook-ls", "args": ["mcp", "--allow-run"]}
    assert servers["other"] == {"command": "y"}
    assert path.read_bytes().startswith(TOML.encode())
    hook(project, offline, "--uninstall", "codex", "--mcp")
    assert path.read_bytes() == TOML.encode()


@pytest.mark.parametrize("client", [it for it in McpClient if it is not McpClient.CODEX])
def test_a_server_of_another_with_our_name_is_left_alone(client: McpClient) -> None:
    theirs: dict[str, object] = {
        key(client.value): {"livebook": {"command": "npx", "args": ["livebook-mcp"]}}
    }

    with pytest.raises(RefusedError):
        mcp_servers.with_server(theirs, client, ["livebook-ls", "mcp"])
    assert mcp_servers.without_server(theirs, client) == theirs


def test_in_codex_too() -> None:
    with pytest.raises(RefusedError):
        codex_toml.with_server('[mcp_servers.livebook]\ncommand = "npx"\n', ["livebook-ls"])


def test_what_a_user_added_to_the_server_stays() -> None:
    server: dict[str, Any] = {
        "command": "/opt/livebook-ls",
        "args": ["mcp", "--url", "http://localhost:1"],
    }
    server_of: dict[str, object] = {"mcpServers": {"livebook": server | {"env": {"A": "b"}}}}
    words = ["livebook-ls", "mcp", "--allow-run"]

    allowed = mcp_servers.with_server(server_of, McpClient.CLAUDE, words)
    again = mcp_servers.with_server(allowed, McpClient.CLAUDE, words[:2])

    assert allowed["mcpServers"] == {
        "livebook": server | {"args": [*server["args"], "--allow-run"], "env": {"A": "b"}}
    }
    assert again == server_of


def test_comments_are_not_lost_but_told(project: Path, offline: dict[str, str]) -> None:
    path = project / ".vscode" / "mcp.json"
    path.parent.mkdir()
    path.write_text("{\n  // mine\n}\n")

    done = hook(project, offline, "--install", "vscode", "--mcp")

    assert (done.returncode, "Add this by hand" in done.stderr) == (1, True)
    assert path.read_text() == "{\n  // mine\n}\n"


def test_vs_code_has_tools_but_no_hooks(project: Path, offline: dict[str, str]) -> None:
    done = hook(project, offline, "--install", "vscode")

    assert (done.returncode, "--mcp" in done.stderr) == (2, True)


def test_what_can_t_start_is_told_at_once(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setattr(server, "find_spec", lambda _: None)
    options = Namespace(
        install="claude",
        uninstall=None,
        user=False,
        allow_run=False,
        url=None,
        ca_file=None,
        map=[],
    )

    assert server.run(options, is_quiet=False) == 0
    assert "Install livebook-ls with its extra" in capsys.readouterr().err


def test_a_user_gets_the_server_in_all_projects(
    project: Path, home: Path, offline: dict[str, str]
) -> None:
    hook(project, offline, "--install", "claude", "--mcp", "--user")

    server = json.loads((home / ".claude.json").read_text())["mcpServers"]["livebook"]
    assert Path(server["command"]).is_absolute()
    assert mcp_servers.is_ours(server)
