"""The demo as a person runs it, and the page that follows saves."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from livebook_ls.standin.pages.pages import session_page
from livebook_ls.standin.sessions.import_export import Format
from livebook_ls.standin.sessions.session import SessionView
from livebook_ls.standin.sessions.stamps import Stamps
from tests.conftest import clean_environ
from tests.support.child import Child

PROGRAM = (sys.executable, "-u", "-m", "livebook_ls", "demo")


def page(url: str) -> str:
    with urlopen(url, timeout=120) as answer:  # noqa: S310 — of the stand-in
        text: str = answer.read().decode()
    return text


@pytest.fixture
def demo() -> Iterator[subprocess.Popen[str]]:
    with Child(
        (*PROGRAM, "--keep"), env=clean_environ(), stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


@pytest.mark.slow
def test_the_demo_goes_on_until_it_is_interrupted(demo: subprocess.Popen[str]) -> None:
    assert demo.stdout is not None
    said = ""
    while "Ctrl-C" not in said:
        line = demo.stdout.readline()
        assert line, said
        said += line
    (url,) = re.findall(r"in a browser: (\S+)", said)
    (file,) = map(Path, re.findall(r"in any editor, and save: (\S+)", said))
    file.write_text(file.read_text(encoding="utf-8") + "\nUnheard of.\n", encoding="utf-8")
    deadline = time.monotonic() + 120
    while "Unheard of.</p>" not in (shown := page(url)) and time.monotonic() < deadline:
        time.sleep(0.1)
    demo.send_signal(signal.SIGINT)

    assert "Unheard of.</p>" in shown
    assert demo.wait(120) == 0
    assert not file.exists()


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x>', "</article><b>"])
def test_a_page_shows_words_and_obeys_none(words: str) -> None:
    text = f"# {words}\n\n## {words}\n\n{words}\n\n```elixir\n{words}\n```\n"
    held = Format(Stamps()).read(text.encode())
    shown = session_page(SessionView(id="a", path=f"/{words}", held=held, is_stamped=False))
    parts = re.split(r"</style>|<script type=\"module\">", shown)

    assert words not in parts[1]
    assert "<h2>" in parts[1]
