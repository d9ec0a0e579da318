"""A terminal that tests read and type into, by tmux, and pictures of what is to be seen in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ansi2html import Ansi2HTMLConverter

from tests.support.editors.tools import program, until
from tests.support.places import ROOT

PICTURES = ROOT / "build" / "screenshots"
_COLUMNS, _ROWS = 120, 40
_PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>{styles}
body{{margin:0;padding:12px;background:#1b1b1f;color:#d8d8d8}}
pre{{margin:0;font:14px/1.25 "DejaVu Sans Mono","Liberation Mono",monospace}}</style>
<pre>{text}</pre>"""


@dataclass(frozen=True, slots=True)
class Screen:
    """A program in a tmux of its own."""

    tmux: tuple[str, ...]

    def screen(self) -> str:
        """What is to be seen."""
        return self._tmux("capture-pane", "-p").stdout

    def coloured(self) -> str:
        """The same with its colours, by which alone one sees what is selected."""
        return self._tmux("capture-pane", "-p", "-e").stdout

    def press_until_seen(self, key: str) -> None:
        """Press a key that changes what is to be seen, and wait until it has."""
        before = self.coloured()
        self.press(key)
        until(lambda: self.coloured() != before, f"what {key} changes on the screen")

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names for them."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type what stands for itself."""
        self._tmux("send-keys", "-l", text)

    def until_screen(self, text: str) -> str:
        """Wait until `text` is to be seen; the whole screen."""
        until(lambda: text in self.screen(), f"“{text}” on the screen:\n{self.screen()}")
        return self.screen()

    def picture(self, name: str) -> Path:
        """Keep a picture for people: HTML, and PNG where Chromium is there to make it."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        shown = self.coloured()
        converter = Ansi2HTMLConverter(dark_bg=True, scheme="xterm")
        text = converter.convert(shown, full=False)
        styles = converter.produce_headers().replace('<style type="text/css">', "")
        page = PICTURES / f"{name}.html"
        page.write_text(_PAGE.format(styles=styles.replace("</style>", ""), text=text), "utf-8")
        return _photograph(page)

    def _tmux(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.tmux, *arguments], check=True, capture_output=True, text=True, timeout=120
        )


@contextmanager
def on_screen(
    command: Sequence[str], home: Path, environ: Mapping[str, str], editor: str
) -> Iterator[Screen]:
    """A terminal with `command` in it, with nothing of the user's; it ends with the block."""
    own = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_STATE_HOME": str(home / "state"),
        "SHELL": "/bin/sh",
        "LC_ALL": "C.UTF-8",
        "COLORTERM": "truecolor",
    }
    config = home / "tmux.conf"
    config.write_text("set -g default-terminal tmux-256color\nset -g status off\n", "utf-8")
    tmux = (str(program("tmux", editor)), "-S", str(home / "tmux.sock"), "-f", str(config))
    quoted = " ".join(f"'{it}'" for it in command)
    size = ("-x", str(_COLUMNS), "-y", str(_ROWS))
    subprocess.run(
        [*tmux, "new-session", "-d", *size, quoted],
        env=dict(environ) | own,
        check=True,
        timeout=120,
    )
    try:
        yield Screen(tmux)
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True, timeout=120)


def _photograph(page: Path) -> Path:
    chromium = shutil.which("chromium")
    if chromium is None:
        return page
    picture = page.with_suffix(".png")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    flags += ["--window-size=1060,740", f"--screenshot={picture}"]
    with tempfile.TemporaryDirectory() as home:
        subprocess.run(
            [chromium, *flags, page.as_uri()],
            check=True,
            timeout=120,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"HOME": home},
        )
    return picture
