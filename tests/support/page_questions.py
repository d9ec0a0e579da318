"""What a Livebook's own editor would be answered: asked of a session over a socket of our own.

`python -m tests.support.page_questions URL` asks the Livebook at URL about every place, and writes
its answers into `places.jsonl`.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from livebook_ls.livebook.live.questions import Unanswered
from livebook_ls.livebook.live.session import LiveSession
from tests.support.code_places import NOTEBOOK, PLACES, Place, page_question, read_places, slots
from tests.support.evaluating_browser import opened_session

_RUN_S = 60.0
_LONGEST_TEXT = 200


class Page:
    """A session whose cells were run, with a client in it that asks as Livebook's page does."""

    def __init__(self, session: LiveSession) -> None:
        self.session = session
        self.cell_ids = [it.id for it in session.notebook.cells if it.is_evaluable]
        self._ids = dict(zip(slots(), self.cell_ids[1:], strict=True))

    async def answer(self, place: Place) -> Any:
        """The session's answer, as it came; None where it knows nothing."""
        for question in page_question(place):
            asked = self.session._questions.ask(self._ids[f":{place.slot}"], question)
            answer = await asked
            if answer is not None and not isinstance(answer, Unanswered):
                return answer
        return None


@asynccontextmanager
async def page(url: str, path: Path) -> AsyncIterator[Page]:
    """The page of a notebook that is opened in the Livebook at `url`, and run."""
    async with opened_session(url, path) as session:
        await session.connect_runtime()
        await session.queue_all([it.id for it in session.notebook.cells if it.is_evaluable])
        assert await session.wait_until_idle(_RUN_S)
        yield Page(session)


async def record(url: str) -> None:
    """Write what the Livebook at `url` answers at each place."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.livemd"
        path.write_text(NOTEBOOK, encoding="utf-8")
        async with page(url, path) as asked:
            lines = []
            for place in read_places():
                answer = _shortened(await asked.answer(place), asked.cell_ids)
                line = {"ask": place.ask, "in": place.slot, "code": place.code}
                lines.append(line | {"own": place.own, "session": answer})
    text = "".join(f"{json.dumps(it, ensure_ascii=False)}\n" for it in lines)
    PLACES.write_text(text, encoding="utf-8")


def _shortened(answer: Any, cell_ids: list[str]) -> Any:
    """Without what isn't compared: most of what documentations say, and where the file was."""
    if not isinstance(answer, dict):
        return answer
    found = dict(answer)
    if "items" in found and found["items"] and "documentation" in found["items"][0]:
        found["items"] = [it | {"documentation": None} for it in found["items"]]
    if "contents" in found:
        found["contents"] = [it[:_LONGEST_TEXT] for it in found["contents"]]
    if found.get("definition"):
        cell_id = found["definition"]["file"].rpartition("#cell:")[2]
        found["definition"] = found["definition"] | {"file": cell_ids.index(cell_id)}
    return found


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1]))
