"""The hooks that pre-commit is offered, as far as that can be told without it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from livebook_ls.cli.main import main
from tests.support.places import ROOT

HOOKS = ROOT / ".pre-commit-hooks.yaml"


def hooks() -> list[dict[str, str]]:
    """The file's entries, each of plain keys and values."""
    found: list[dict[str, str]] = []
    for line in HOOKS.read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"(- |  )(\w+): (.+)", line)
        assert match is not None or line.startswith("#"), line
        if match is not None:
            if match[1] == "- ":
                found.append({})
            found[-1][match[2]] = match[3]
    return found


def test_every_hook_is_whole() -> None:
    assert [it["id"] for it in hooks()] == ["livebook-check", "livebook-restamp", "livebook-format"]
    for hook in hooks():
        assert hook["language"] == "python"
        assert hook["name"]
        assert re.search(hook["files"], "a b/ü.livemd")
        assert not re.search(hook["files"], "a.livemd.md")


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_every_entry_is_a_command_that_takes_notebooks(
    hook: dict[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    program, *arguments = hook["entry"].split()
    code = main([*arguments, str(tmp_path / "gone.livemd")])

    assert program == "livebook-ls"
    assert code == 1
    assert "There is no such file or folder." in capsys.readouterr().err
