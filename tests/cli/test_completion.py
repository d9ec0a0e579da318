"""Completion in shells, and how the program ends when it is ended."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from livebook_ls.cli.main import _COMMANDS
from tests.conftest import clean_environ
from tests.support.child import Child
from tests.support.command import PROGRAM, run

# Dozens of processes, of git's and of shells.
pytestmark = pytest.mark.slow


def completed(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last of the words."""
    script = run("--print-completion", "bash").stdout
    ask = (
        f"COMP_WORDS=({' '.join(repr(it) for it in words)}); COMP_CWORD={len(words) - 1}\n"
        '"$(complete -p livebook-ls | sed "s/.*-F \\([^ ]*\\).*/\\1/")"\n'
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ("bash", "--norc", "-c", script + ask), cwd=folder, capture_output=True, check=False,
        encoding="utf-8",
    )  # fmt: skip
    assert not done.stderr
    return done.stdout.splitlines()


def test_bash_completes_commands_options_and_files(tmp_path: Path) -> None:
    (tmp_path / "analysis.livemd").touch()

    assert "check" in completed(tmp_path, "livebook-ls", "ch")
    assert "--level" in completed(tmp_path, "livebook-ls", "check", "--l")
    assert "sarif" in completed(tmp_path, "livebook-ls", "check", "--format", "s")
    assert "analysis.livemd" in completed(tmp_path, "livebook-ls", "check", "an")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_knows_every_command(shell: str) -> None:
    done = run(f"--print-completion={shell}")

    assert done.returncode == 0
    assert all(name in done.stdout for name in _COMMANDS)
    assert "restamp" in done.stdout
    assert "staged" in done.stdout


def test_another_shell_is_wrong_usage() -> None:
    assert run("--print-completion", "cmd").returncode == 2
    assert run("--print-completion").returncode == 2


@pytest.mark.parametrize("command", [it for it in _COMMANDS if it not in ("serve", "demo")])
def test_every_command_tells_how_it_is_used(command: str) -> None:
    done = run(command, "--help")

    assert done.returncode == 0
    assert f"usage: livebook-ls {command}" in done.stdout


def test_ctrl_c_ends_it_without_a_word() -> None:
    with Child[bytes](
        (*PROGRAM, "inspect", "--jsonl", "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environ(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b'{"text": ""}\n')
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)

        assert process.wait(120) == 128 + signal.SIGINT
        assert process.stderr.read() == b""


def test_no_colours_in_files_and_help_without_a_terminal(tmp_path: Path) -> None:
    assert "\033" not in run("--help", cwd=tmp_path).stdout
