"""What others have written into a file is brought into the buffer that shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

from livebook_ls.lsp.file_changes import FileChanges
from livebook_ls.settings import Settings
from livebook_ls.sync.disk import notebook_file

BEFORE = "# N\n\n## S\n\n```elixir\n:one\n```\n\n```elixir\n:two\n```\n"
TYPED = BEFORE.replace(":one", ":typed")
SAVED_BY_SESSION = BEFORE.replace(":two", ":theirs")
BOTH = TYPED.replace(":two", ":theirs")


def test_an_edit_that_a_save_comes_before_is_known_to_have_been_made(tmp_path: Path) -> None:
    path = tmp_path / "n.livemd"
    path.write_text(BEFORE, encoding="utf-8")
    known = notebook_file.read(str(path))
    path.write_text(SAVED_BY_SESSION, encoding="utf-8")
    written = notebook_file.read(str(path))
    document: Any = SimpleNamespace(uri="file:///n.livemd", path=str(path), text=TYPED)
    link: Any = SimpleNamespace(
        path=str(path),
        known=known,
        version=written.version,
        rewritten=written,
        is_being_saved=False,
    )
    notebooks, tasks = Mock(settings=Settings(), links={str(path): link}), list[Any]()
    profile: Any = SimpleNamespace(applies_edits=True, reloads_files=True)

    async def rewrite(_: object, text: str) -> bool:
        changes.forget(document.uri)  # As with each save.
        document.text = text
        changes.buffer_changed(document)
        return True

    def in_background(work: Coroutine[Any, Any, None]) -> None:
        tasks.append(asyncio.ensure_future(work))

    async def act() -> None:
        changes.notice(document, link)
        await asyncio.gather(*tasks)

    changes = FileChanges(notebooks, lambda: profile, cast(Any, rewrite), in_background)
    asyncio.run(act())

    assert document.text == BOTH
    notebooks.adopt.assert_called_once_with(str(path), written)
