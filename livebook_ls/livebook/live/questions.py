"""Questions about code, each with its own answer, which come in any order or never."""

from __future__ import annotations

import asyncio
from enum import Enum

from livebook_ls.livebook.live.cells import LiveCellType
from livebook_ls.livebook.live.connection import SessionConnection
from livebook_ls.livebook.live.intellisense import Question
from livebook_ls.livebook.live.phoenix.frames import Payload

# Where the helper in the runtime crashes, no answer ever comes.
_ANSWER_S = 2.0
_KEPT_ANSWERS = 32


class Unanswered(Enum):
    """Why there is no answer, as opposed to one that knows nothing."""

    NO_RUNTIME = "there is no runtime to ask"
    NO_ANSWER = "no answer came in time"
    NOT_CODE = "the cell has no code, or is gone"


class Questions:
    """Asks through a connection; `answered` is to be called with every answer that comes."""

    def __init__(self, connection: SessionConnection) -> None:
        self._connection = connection
        self._waiting: dict[str, asyncio.Future[object]] = {}
        # Answers that came before we knew what they answer.
        self._early: dict[str, object] = {}

    async def ask(self, cell_id: str, question: Question) -> object:
        """Livebook's answer, which is None where nothing is known, or Unanswered."""
        cell = self._connection.state.notebook.cell(cell_id)
        if cell is None or cell.type is LiveCellType.MARKDOWN:
            return Unanswered.NOT_CODE
        asked = {"cell_id": cell_id, **question}
        reply = await self._connection.push("intellisense_request", asked)
        found = _reply(reply)
        if "ref" not in found:
            return Unanswered.NOT_CODE
        ref = found["ref"]
        if not isinstance(ref, str):
            return Unanswered.NO_RUNTIME
        return await self._answer(ref)

    def answered(self, payload: Payload) -> None:
        """An answer has come."""
        ref, response = str(payload.get("ref")), payload.get("response")
        waiting = self._waiting.get(ref)
        if waiting is not None:
            if not waiting.done():
                waiting.set_result(response)
            return
        self._early[ref] = response
        while len(self._early) > _KEPT_ANSWERS:
            del self._early[next(iter(self._early))]

    async def _answer(self, ref: str) -> object:
        if ref in self._early:
            return self._early.pop(ref)
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting[ref] = answer
        try:
            return await asyncio.wait_for(answer, _ANSWER_S)
        except TimeoutError:
            return Unanswered.NO_ANSWER
        finally:
            del self._waiting[ref]


def _reply(response: Payload) -> Payload:
    """What an event's handler replied: its place depends on LiveView's version."""
    diff = response.get("diff")
    places = (diff.get("r") if isinstance(diff, dict) else None, response.get("reply"), response)
    return next((it for it in places if isinstance(it, dict)), {})
