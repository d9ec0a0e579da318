"""A real browser with a session's page, in which a person clicks into a cell and types.

It stands in the place of `typing_browser`, where Livebook's own page is meant to be part of what
is tried. The page's code must be there: a Livebook that was built from source has none of it until
its assets are built.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from livebook_ls.livebook.finding.addresses import Endpoint
from tests.support.devtools import CTRL_END, Page, key_for
from tests.support.typed_words import has_once

_WAIT_S = 30.0
_LOOK_AGAIN_S = 0.05
# CodeMirror reads a key out of its page a moment after that was pressed.
_SHOWN_S = 0.5
# Each cell that has its editor: what CodeMirror holds of it, which is more than it shows.
_CELLS = """
[...document.querySelectorAll("[data-el-cell] .cm-content")].map((it) => {
  const { doc, selection } = it.cmTile.root.view.state;
  return {
    id: it.closest("[data-el-cell]").dataset.focusableId,
    text: doc.toString(),
    caret: selection.main.head,
    length: doc.length,
    isFocused: document.hasFocus() && document.activeElement === it,
  };
})
"""
# In the middle of the cell's last line, once that is to be seen.
_PLACE = """
((id) => {
  const cell = document.querySelector(`[data-el-cell][data-focusable-id="${id}"]`);
  const line = cell?.querySelector(".cm-content")?.lastElementChild;
  line?.scrollIntoView({ block: "center", behavior: "instant" });
  const { left, top, height } = line?.getBoundingClientRect() ?? {};
  return line ? { x: left + 10, y: top + height / 2 } : null;
})(%s)
"""


class ChromiumBrowser:
    """Types as `TypingBrowser` does, by the keys of a keyboard; what comes of it is the page's."""

    def __init__(self, endpoint: Endpoint, session_path: str) -> None:
        token = f"?{urlencode({'token': endpoint.token})}" if endpoint.token else ""
        self._address = f"{endpoint.origin}{session_path}{token}"
        self._page = Page()

    async def join(self) -> None:
        """Open the session's page, and wait until its editors are there."""
        await self._page.open(self._address)
        await self.cell_with("")

    async def leave(self) -> None:
        """Close the browser."""
        await self._page.close()

    async def cell_with(self, words: str) -> str:
        """The cell whose text has these words, once there is one."""
        async with asyncio.timeout(_WAIT_S):
            while True:
                for it in await self._page.evaluate(_CELLS):
                    if words in it["text"]:
                        return str(it["id"])
                await asyncio.sleep(_LOOK_AGAIN_S)

    async def lacking(self, words: Sequence[str]) -> list[str]:
        """The words that don't have a line of their own in its page, or more than one."""
        seen = "\n".join(it["text"] for it in await self._page.evaluate(_CELLS))
        return [it for it in words if not has_once(seen, it)]

    async def type(self, cell: str, text: str, key_s: float) -> None:
        """Type into a cell, at its end, for as long as the caret is in it."""
        await self._go_into(cell)
        before = (await self._look(cell))["text"]
        await self._page.press(CTRL_END)
        for number, character in enumerate(text):
            seen = await self._look(cell)
            if not seen["isFocused"] or (not number and seen["caret"] != seen["length"]):
                print(f"typed {text[:number]!r} of {text!r}, and is out of it: {seen}", flush=True)
                return
            await self._page.press(key_for(character))
            await asyncio.sleep(key_s)
        after = await self._seen(cell, text)
        if f"{text}\n" not in f"{after}\n":
            print(f"typed {text!r} into {before!r}, and that became {after!r}", flush=True)

    async def _go_into(self, cell: str) -> None:
        """Click into the cell, unless the caret is there from the last time."""
        async with asyncio.timeout(_WAIT_S):
            while not (await self._look(cell))["isFocused"]:
                place = await self._page.evaluate(_PLACE % json.dumps(cell))
                if place:
                    await self._page.click(place["x"], place["y"])
                await asyncio.sleep(_LOOK_AGAIN_S)

    async def _seen(self, cell: str, text: str) -> str:
        """What the cell has once it has what was typed, or some time after it should have."""
        until_s = time.monotonic() + _SHOWN_S
        while True:
            seen = str((await self._look(cell))["text"])
            if f"{text}\n" in f"{seen}\n" or time.monotonic() > until_s:
                return seen
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def _look(self, cell: str) -> dict[str, Any]:
        """What is to be seen of a cell; no text and no caret where it is gone."""
        gone = {"id": cell, "text": "", "caret": -1, "length": 0, "isFocused": False}
        found: list[dict[str, Any]] = await self._page.evaluate(_CELLS)
        return next((it for it in found if it["id"] == cell), gone)
