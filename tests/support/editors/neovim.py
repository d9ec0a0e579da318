"""A real Neovim without a screen, asked in Lua over its socket."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.editors.screen import Screen, on_screen
from tests.support.editors.tools import installed, until
from tests.support.places import ROOT

# One that stands at a question answers nothing any more.
_ANSWER_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Neovim:
    """A running Neovim with the plugin of this work tree."""

    program: Path
    socket: Path
    environ: Mapping[str, str]

    def lua(self, code: str) -> Any:
        """Run Lua; what it returns, by way of JSON."""
        quoted = f"(function() {code} end)()".replace("'", "''")
        asked = f"json_encode(luaeval('{quoted}'))"
        command: list[str | Path] = [self.program, "--server", self.socket, "--remote-expr", asked]
        try:
            done = subprocess.run(
                command,
                env=self.environ,
                capture_output=True,
                text=True,
                timeout=_ANSWER_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            pytest.fail(f"Neovim answers nothing, as when it asks something: {code}")
        if done.returncode != 0:
            pytest.fail(f"{code}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout or done.stderr)

    def press(self, keys: str) -> None:
        """Press keys, also where it asks something."""
        command: list[str | Path] = [self.program, "--server", self.socket, "--remote-send", keys]
        subprocess.run(
            command, env=self.environ, capture_output=True, timeout=_ANSWER_S, check=True
        )

    def messages(self) -> str:
        """All that was said so far."""
        said: str = self.lua('return vim.fn.execute("messages")')
        return said


@contextmanager
def neovim_on_screen(
    file: Path, home: Path, environ: Mapping[str, str]
) -> Iterator[tuple[Neovim, Screen]]:
    """The same in a terminal, for a look at it."""
    program = installed("nvim/bin/nvim", "nvim")
    editor = Neovim(program=program, socket=home / "nvim.sock", environ=environ)
    plugin = f"set runtimepath^={ROOT / 'editors' / 'neovim'}"
    command = [str(program), "--clean", "--listen", str(editor.socket), "--cmd", plugin, str(file)]
    with on_screen(command, home, environ, "nvim") as screen:
        until(editor.socket.exists, "Neovim's socket")
        yield editor, screen


@contextmanager
def neovim(
    file: Path, home: Path, environ: Mapping[str, str], settings: str = ""
) -> Iterator[Neovim]:
    """A Neovim with `file` open, with nothing of the user's in it but `settings`, a command."""
    program = installed("nvim/bin/nvim", "nvim")
    editor = Neovim(program=program, socket=home / "nvim.sock", environ=environ)
    plugin = f"set runtimepath^={ROOT / 'editors' / 'neovim'}"
    command: list[str | Path] = [program, "--clean", "--headless", "--listen", editor.socket]
    process = subprocess.Popen(
        [*command, "--cmd", plugin, "--cmd", settings, file],
        env=dict(environ) | {"HOME": str(home), "XDG_STATE_HOME": os.fspath(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(editor.socket.exists, "Neovim's socket")
        yield editor
    finally:
        process.terminate()
        process.wait(timeout=120)
