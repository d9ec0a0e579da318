"""A real Helix in a terminal that tests read and type into."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.editors.tools import ROOT, installed, program, until

# Else the key after Escape is read as one typed with Alt.
_AFTER_ESCAPE_S = 0.3


@dataclass(frozen=True, slots=True)
class Helix:
    """A running Helix, with the set-up of this work tree, in a tmux of its own."""

    tmux: tuple[str, ...]

    def screen(self) -> str:
        """What is to be seen."""
        done = self._tmux("capture-pane", "-p")
        return done.stdout

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names for them."""
        self._tmux("send-keys", *keys)
        if "Escape" in keys:
            time.sleep(_AFTER_ESCAPE_S)

    def command(self, text: str) -> None:
        """Run a command by its name, from normal mode."""
        self.press("Escape")
        self._tmux("send-keys", "-l", f":{text}")
        self.press("Enter")

    def type(self, text: str) -> None:
        """Type what stands for itself."""
        self._tmux("send-keys", "-l", text)

    def until_screen(self, text: str) -> str:
        """Wait until `text` is to be seen; the whole screen."""
        until(lambda: text in self.screen(), f"“{text}” on the screen:\n{self.screen()}")
        return self.screen()

    def _tmux(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.tmux, *arguments], check=True, capture_output=True, text=True, timeout=30
        )


@contextmanager
def helix(file: Path, home: Path, environ: Mapping[str, str]) -> Iterator[Helix]:
    """A Helix with `file` open, with nothing of the user's in it."""
    hx = installed("helix/bin/hx", "helix")
    tmux = (str(program("tmux", "helix")), "-S", str(home / "tmux.sock"), "-f", os.devnull)
    shutil.copytree(ROOT / "editors" / "helix", home / "config" / "helix")
    command = [*tmux, "new-session", "-d", "-x", "120", "-y", "40", f"'{hx}' '{file}'"]
    own = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "SHELL": "/bin/sh",
        "LC_ALL": "C.UTF-8",
    }
    subprocess.run(command, env=dict(environ) | own, check=True, timeout=30)
    try:
        yield Helix(tmux)
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True, timeout=30)
