"""What is held for what runs waits for the end of that, and not for that of our looking on."""

from __future__ import annotations

import asyncio
from pathlib import Path

from livebook_ls.livebook.live.cells import CellStatus
from livebook_ls.livebook.live.events import LiveEvent, SessionEnded
from livebook_ls.settings import Settings
from livebook_ls.standin import Faults, StandIn
from livebook_ls.sync.link import State
from livebook_ls.sync.notebooks import Notebooks
from tests.support.waiting import until

CELL = "```elixir\nProcess.sleep(60000)\n```\n"
TEXT = f"# Note\n\n## Section\n\n```elixir\n1 + 1\n```\n\n{CELL}"
WITHOUT = TEXT.replace(f"\n{CELL}", "")


def test_it_stays_held_where_the_session_lives_on_unseen(
    livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    async def stays(notebooks: Notebooks) -> None:
        events: list[LiveEvent] = []
        notebooks.live.listen(lambda _, event: events.append(event))
        link = notebooks.did_open(str(notebook), TEXT)
        await notebooks.idle(link.path)
        session = await notebooks.live.joined(link)
        await session.queue_all()
        await session.wait_until(
            lambda it: it.cells[-1].state.status is CellStatus.EVALUATING, 60.0
        )
        await asyncio.to_thread(notebook.write_text, WITHOUT, encoding="utf-8")
        notebooks.did_save(link.path, WITHOUT)
        await notebooks.idle(link.path)
        assert link.state is State.HELD
        livebook.faults = Faults(page_lacks="data-el-cell")
        livebook.drop_sockets()
        await asyncio.to_thread(until, lambda: any(isinstance(it, SessionEnded) for it in events))
        await notebooks.idle(link.path)
        assert link.state is State.HELD

    async def check() -> None:
        notebooks = Notebooks(Settings(), environ, lambda _: None)
        try:
            await stays(notebooks)
        finally:
            await notebooks.close()

    notebook.write_text(TEXT, encoding="utf-8")
    asyncio.run(check())
    found = livebook.session(notebook)

    assert found is not None
    assert "sleep" in found.text
