"""An editor and a browser write one notebook at once: is every word of both in it at the end?

`python -m tests.support.both_places ROUNDS URL [SEED [EDITOR [BROWSER]]]`, against a real Livebook.
In each round both write a word within the same second, each into a cell of its own. The editor is
one made for `tests`, which waits before a save and takes over a changed file by itself where
nothing was typed in it meanwhile; or `neovim` or `vscode`, a real one. The browser is `typing`, one
made for tests as well; or `chromium`, a real one, which shows Livebook's own page.
It stops where a person is asked to choose: each had a cell of its own, so there is no reason to.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from livebook_ls.livebook.finding.addresses import read_address
from tests.support.chromium_browser import ChromiumBrowser
from tests.support.editing_places import TEXT, CodePlaces, NeovimPlaces, Places
from tests.support.typed_words import strays
from tests.support.typing_browser import TypingBrowser

_KEY_S = 0.015
_WITHIN_S = 8.0


_KINDS = {"tests": Places, "neovim": NeovimPlaces, "vscode": CodePlaces}
_Browser = TypingBrowser | ChromiumBrowser
_BROWSERS: dict[str, type[_Browser]] = {"typing": TypingBrowser, "chromium": ChromiumBrowser}


def main() -> int:
    rounds, url = int(sys.argv[1]), sys.argv[2]
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)  # noqa: S311
    kind = _KINDS[sys.argv[4] if len(sys.argv) > 4 else "tests"]
    browser_kind = _BROWSERS[sys.argv[5] if len(sys.argv) > 5 else "typing"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "note.livemd"
        path.write_text(TEXT, encoding="utf-8")
        places = kind(path, url, Path(folder) / "state")
        places.open()
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, daemon=True).start()
        browser = browser_kind(read_address(url, "this script"), places.session_path)
        _in(loop, browser.join()).result(30)
        took: list[float | None] = []
        while len(took) < rounds and not places.offered():
            took.append(_round(len(took), places, browser, loop, chance))
        asked = places.offered()
        words = [f"{side}{n}x" for n in range(len(took)) for side in ("m", "t")]
        at_end = [(word, where) for word in words if (where := places.lacking(word))]
        at_end += [(it, ["browser"]) for it in _in(loop, browser.lacking(words)).result(30)]
        halves = strays(places.buffer(), TEXT, words)
        _in(loop, browser.leave()).result(30)
        places.close()
    known = sorted(it for it in took if it is not None)
    late = len(took) - len(known)
    print(f"{len(took)} rounds, {late} late, lost or doubled, {places.questions} questions")
    if known:
        print(
            f"all there after: median {statistics.median(known):.2f} s, "
            f"95 % {known[int(len(known) * 0.95)]:.2f} s, most {known[-1]:.2f} s"
        )
    print(f"not there once at the end: {at_end}; typed by nobody: {halves}")
    print(f"to be chosen from: {asked}")
    return 1 if at_end or halves or asked else 0


def _round(
    number: int,
    places: Places,
    browser: _Browser,
    loop: asyncio.AbstractEventLoop,
    chance: random.Random,
) -> float | None:
    """One round; how long it took until both words were everywhere, after the later of the two."""
    mine, theirs = f"m{number}x", f"t{number}x"
    begins_s = chance.random() * 0.6

    async def type_theirs() -> None:
        await asyncio.sleep(begins_s)
        await browser.type(await browser.cell_with(":theirs"), f"\n# {theirs}", _KEY_S)

    typing = _in(loop, type_theirs())
    time.sleep(chance.random() * 0.6)
    places.take_over()
    places.type(mine)
    time.sleep(chance.random() * 0.2)
    places.save()
    typing.result(30)
    began_s = time.monotonic()
    while time.monotonic() - began_s < _WITHIN_S:
        places.take_over()
        if not places.lacking(mine) and not places.lacking(theirs):
            return time.monotonic() - began_s
        time.sleep(0.05)
    print(f"round {number}: {mine} {places.lacking(mine)}, {theirs} {places.lacking(theirs)}")
    return None


def _in(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run_coroutine_threadsafe(work, loop)


if __name__ == "__main__":
    sys.exit(main())
