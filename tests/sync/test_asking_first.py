"""With `merge` on "ask" every save that would be merged waits for a word of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

from livebook_ls.settings import MergeMode, Settings
from livebook_ls.standin import StandIn
from livebook_ls.sync.notebooks import Notebooks

BASE = "# Note\n\n## Section\n\n```elixir\none = 1\n```\n\n```elixir\ntwo = 2\n```\n"
THEIRS = BASE.replace("two = 2", "two = 22")


def test_what_was_asked_of_a_save_is_asked_of_the_next(
    livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    async def check() -> None:
        notebooks = Notebooks(Settings(merge=MergeMode.ASK), environ, lambda _: None)
        path = str(notebook)
        link = notebooks.did_open(path, BASE)
        await notebooks.idle(path)
        livebook.edit_session(notebook, THEIRS)
        for number in (11, 111):
            text = BASE.replace("one = 1", f"one = {number}")
            await asyncio.to_thread(notebook.write_text, text, encoding="utf-8")
            notebooks.did_save(path, text)
            await notebooks.idle(path)

            assert [it.code for it in link.findings] == ["browser-edited"]
        await notebooks.close()

    notebook.write_text(BASE, encoding="utf-8")
    asyncio.run(check())
