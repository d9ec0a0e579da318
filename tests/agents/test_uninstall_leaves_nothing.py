"""What `hook --install` has made is gone after `--uninstall`; what others have stays."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import run

PROGRAMS = ["claude", "codex", "cursor", "gemini", "vscode"]


def hook(folder: Path, environ: dict[str, str], *arguments: str) -> Any:
    return run("hook", *arguments, cwd=folder, environ=environ)


def below(folder: Path) -> dict[str, bytes | None]:
    """All files with what they have, and folders."""
    return {
        str(it.relative_to(folder)): it.read_bytes() if it.is_file() else None
        for it in folder.rglob("*")
        if "cache" not in it.parts
    }


@pytest.mark.parametrize("more", [(), ("--user",)])
@pytest.mark.parametrize("program", PROGRAMS)
def test_what_was_made_goes_again(
    program: str, more: tuple[str, ...], project: Path, home: Path, offline: dict[str, str]
) -> None:
    before = below(project), below(home)
    installed = hook(project, offline, "--install", program, "--mcp", *more)
    made = below(project) | below(home)
    gone = hook(project, offline, "--uninstall", program, *more)
    left = {it for it, data in (below(project) | below(home)).items() if data is not None}

    assert (installed.returncode, gone.returncode) == (0, 0)
    assert any(made.values())
    assert left == set()
    assert "it held nothing else" in gone.stdout
    # Folders whose name doesn't say that they are an agent's are not ours to take away.
    if not (more and program == "vscode"):
        assert (below(project), below(home)) == before


@pytest.mark.parametrize(
    ("program", "file", "text"),
    [
        ("claude", ".claude/settings.json", "{}"),
        ("claude", ".claude/settings.json", '{ "a": 1 }\n'),
        ("claude", ".claude/settings.json", '{\n  "version": 1\n}\n'),
        ("cursor", ".cursor/hooks.json", '{"version": 1}\n'),
        ("codex", ".codex/config.toml", "\n"),
        ("codex", ".codex/config.toml", "# mine\n"),
        ("vscode", ".vscode/mcp.json", '{"inputs": []}\n'),
    ],
)
def test_what_was_there_before_stays(
    program: str, file: str, text: str, project: Path, offline: dict[str, str]
) -> None:
    path = project / file
    path.parent.mkdir()
    path.write_bytes(text.encode())
    hook(project, offline, "--install", program, "--mcp")
    hook(project, offline, "--uninstall", program)

    assert path.read_text(encoding="utf-8") == text


def test_a_folder_with_anything_else_stays(project: Path, offline: dict[str, str]) -> None:
    other = project / ".claude" / "commands"
    other.mkdir(parents=True)
    hook(project, offline, "--install", "claude")
    hook(project, offline, "--uninstall", "claude")

    assert list((project / ".claude").iterdir()) == [other]


@pytest.mark.skipif(os.name == "nt", reason="links are POSIX's")
def test_a_link_to_where_the_configuration_is_stays(project: Path, offline: dict[str, str]) -> None:
    target = project / "settings.json"
    path = project / ".claude" / "settings.json"
    path.parent.mkdir()
    path.symlink_to(target)
    hook(project, offline, "--install", "claude")
    hook(project, offline, "--uninstall", "claude")

    assert path.is_symlink()
    assert target.exists()
