"""A second client of a real session that types into its cells as a browser does, key by key."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.live.joining import Joined, join
from livebook_ls.livebook.live.sources import apply_delta
from tests.support.typed_words import has_once

_ANSWER_S = 10.0


class TypingBrowser:
    """Holds the texts that it sees, sends each key as a delta, and goes on once that is answered.

    Its caret moves with what others insert and delete before it, as an editor's does.
    """

    def __init__(self, endpoint: Endpoint, session_path: str) -> None:
        self._endpoint = endpoint
        self._session_path = session_path
        self._joined: Joined | None = None
        self._early: list[tuple[str, Mapping[str, Any]]] = []
        self._texts: dict[str, str] = {}
        self._revisions: dict[str, int] = {}
        self._caret = 0
        self._typing: str | None = None
        self._pending: str | None = None
        self._answered = asyncio.Event()

    async def join(self) -> None:
        """Take part in the session."""
        self._joined = await join(
            self._endpoint, self._session_path, self._received, lambda _: None
        )
        for cell in self._joined.state.notebook.cells:
            self._texts[cell.id] = cell.source
            self._revisions[cell.id] = self._joined.state.revision(cell.id)
        for event, payload in self._early:
            self._take(event, payload)

    async def leave(self) -> None:
        """Take part no more."""
        if self._joined is not None:
            await self._joined.channel.close()

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells that it sees."""
        return tuple(self._texts)

    async def cell_with(self, words: str) -> str:
        """The cell whose text has these words."""
        return next(cell for cell, text in self._texts.items() if words in text)

    async def lacking(self, words: Sequence[str]) -> list[str]:
        """The words of which it doesn't see one line."""
        seen = "\n".join(self._texts.values())
        return [it for it in words if not has_once(seen, it)]

    async def type(self, cell: str, text: str, key_s: float) -> None:
        """Type into a cell, at its end, for as long as it is there."""
        assert self._joined is not None
        self._typing, self._caret = cell, _units(self._texts[cell])
        for key in text:
            if cell not in self._texts:
                break
            self._pending = key
            self._answered.clear()
            delta: list[object] = [self._caret, key] if self._caret else [key]
            value = {
                "cell_id": cell,
                "tag": "primary",
                "delta": delta,
                "selection": None,
                "revision": self._revisions[cell],
            }
            response = await self._joined.channel.push("apply_cell_delta", value, _ANSWER_S)
            self._received("diff", response.get("diff") or {})
            await asyncio.wait_for(self._answered.wait(), _ANSWER_S)
            await asyncio.sleep(key_s)
        self._typing = None

    def _received(self, event: str, payload: Mapping[str, Any]) -> None:
        for it in payload.get("e") or () if event == "diff" else ():
            if self._joined is None:
                self._early.append((it[0], it[1]))
            else:
                self._take(it[0], it[1])

    def _take(self, event: str, payload: Mapping[str, Any]) -> None:
        match event.split(":"):
            case ["cell_editor_init", cell, "primary"]:
                self._texts[cell], self._revisions[cell] = payload["source"], payload["revision"]
            case ["cell_deleted"]:
                self._texts.pop(payload["cell_id"], None)
                # Nobody answers what is typed there.
                self._answered.set()
            case ["cell_delta", cell, "primary"] if cell in self._texts:
                self._texts[cell] = apply_delta(self._texts[cell], payload["delta"])
                self._revisions[cell] += 1
                if cell == self._typing:
                    self._caret = _moved(self._caret, payload["delta"])
            case ["cell_acknowledgement", cell, "primary"] if (
                self._pending is not None and cell in self._texts
            ):
                delta = [self._caret, self._pending]
                self._texts[cell] = apply_delta(self._texts[cell], delta)
                self._revisions[cell] += 1
                self._caret += _units(self._pending)
                self._pending = None
                self._answered.set()


def _moved(caret: int, delta: list[object]) -> int:
    """Where a caret is after others' delta."""
    at = 0
    for step in delta:
        if at > caret:
            break
        if isinstance(step, str):
            if at < caret:
                caret += _units(step)
            at += _units(step)
        elif isinstance(step, int) and step >= 0:
            at += step
        elif isinstance(step, int):
            caret -= min(-step, caret - at)
    return caret


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
