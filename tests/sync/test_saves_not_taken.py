"""A save that Livebook does not take, over which its session saves what was typed in the browser."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from livebook_ls.settings import OpenOnDidOpen, Settings
from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.background import retries
from livebook_ls.sync.background.external_changes import Watch
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.notebooks import Notebooks
from tests.conftest import CANONICAL, clean_environ

IN_BROWSER = CANONICAL.replace("1 + 1", "1 + 1\n# from_the_browser")
SAVED = f"{CANONICAL}\nsaved words\n"
ALWAYS = Settings(open_on_did_open=OpenOnDidOpen.ALWAYS)


async def saved_over(livebook: StandIn, path: Path) -> tuple[Notebooks, NotebookLink]:
    """A save that was not taken, and that is in the file no longer."""
    environ = clean_environ() | {"LIVEBOOK_URL": livebook.url}
    notebooks = Notebooks(ALWAYS, environ, lambda _: None)
    link = notebooks.did_open(str(path), CANONICAL)
    await notebooks.idle(str(path))
    livebook.save_session(path)
    livebook.faults = Faults(reply=Reply.ERROR_500)
    path.write_text(SAVED, encoding="utf-8")
    notebooks.did_save(str(path), SAVED)
    await notebooks.idle(str(path))
    assert link.state is State.FAILED
    livebook.edit_session(path, IN_BROWSER)
    livebook.save_session(path)
    assert path.read_text(encoding="utf-8") == IN_BROWSER
    livebook.faults = Faults()
    return notebooks, link


@pytest.mark.parametrize("is_seen_first", [False, True])
def test_it_is_put_back_and_merged_with_that(
    monkeypatch: pytest.MonkeyPatch, livebook: StandIn, notebook: Path, *, is_seen_first: bool
) -> None:
    monkeypatch.setattr(retries, "_FIRST_LOOK_S", 600.0)
    monkeypatch.setattr(retries, "_LOOK_AT_FILE_S", 600.0)
    monkeypatch.setattr(Watch, "start", lambda *_: None)

    async def act() -> None:
        notebooks, link = await saved_over(livebook, notebook)
        operations = notebooks.operations
        await (operations.look(link) if is_seen_first else operations.sync(link))
        await notebooks.idle(str(notebook))
        text = notebook.read_text(encoding="utf-8")
        session = livebook.session(notebook)

        assert "saved words" in text
        assert "from_the_browser" in text
        assert session is not None
        assert session.text == text
        assert link.state is State.IN_SYNC
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))
