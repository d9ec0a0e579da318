"""A real Helix in a terminal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.editors.screen import Screen, on_screen
from tests.support.editors.tools import installed
from tests.support.places import ROOT

# As newer terminals send it: the older one, followed by another key, may be read as Alt.
_ESCAPE = "\x1b[27u"


class Helix(Screen):
    """A running Helix, with the set-up of this work tree."""

    __slots__ = ()

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names for them."""
        for key in keys:
            if key == "Escape":
                self.type(_ESCAPE)
            else:
                super().press(key)

    def command(self, text: str) -> None:
        """Run a command by its name, from normal mode."""
        self.press("Escape")
        self.type(f":{text}")
        self.press("Enter")


@contextmanager
def helix(
    file: Path, home: Path, environ: Mapping[str, str], config: str | None = None
) -> Iterator[Helix]:
    """A Helix with `file` open, with nothing of the user's in it.

    With a `config`, which may have keys that call commands with arguments, a newer one.
    """
    name = "helix" if config is None else "helix-newer"
    hx = installed(f"{name}/bin/hx", name)
    shutil.copytree(ROOT / "editors" / "helix", home / "config" / "helix")
    if config is not None:
        (home / "config" / "helix" / "config.toml").write_text(config, encoding="utf-8")
    with on_screen([str(hx), str(file)], home, environ, "helix") as screen:
        # The terminal's answers to what Helix asks it at its start would mix with early keys.
        screen.until_screen("NOR")
        yield Helix(screen.tmux)
