"""Steps that were begun are over once Livebook has nothing of them left to write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from livebook_ls.settings import Settings
from livebook_ls.sync.exchange.operations import Operations
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.step_journal import StepEntry, StepJournal
from livebook_ls.sync.link import NotebookLink, State
from tests.support.step_kills import AFTER, BEFORE, HALFWAY


class ShownSession:
    """The talk with a Livebook whose session holds one text, and has not saved it yet."""

    def __init__(self, text: str) -> None:
        self._text = NotebookText(text)
        self.looks = Mock()

    async def think(self, work: Callable[[], Any], _: object = None) -> Any:
        return work()

    async def session_text(self, *_: object, **_more: object) -> NotebookText:
        return self._text

    async def parser_for(self, *_: object) -> None:
        """No parser matters here."""

    async def learn_session(self, link: NotebookLink) -> None:
        link.attach("/sessions/1", "http://localhost:8080/sessions/1")

    async def learn_login(self, _: NotebookLink) -> None:
        """None is in the way."""

    async def is_stamp_valid(self, *_: object) -> bool:
        return True

    async def ask_elsewhere(self, _: NotebookLink) -> bool:
        return False

    async def has_saved(self, _: NotebookLink) -> bool:
        return False


NOT_BY_ITSELF = '<!-- livebook:{"autosave_interval_s":null} -->\n\n'


@pytest.mark.parametrize(
    ("attributes", "is_over"),
    [
        pytest.param("", False, id="Livebook saves what was opened"),
        pytest.param(NOT_BY_ITSELF, True, id="it is never saved"),
    ],
)
def test_they_are_not_over_while_livebook_has_yet_to_save_the_session(
    tmp_path: Path, notebook: Path, attributes: str, *, is_over: bool
) -> None:
    before, halfway, after = (attributes + it for it in (BEFORE, HALFWAY, AFTER))
    notebook.write_text(after, encoding="utf-8")
    folder = StateFolder({"XDG_STATE_HOME": str(tmp_path)})
    entry = StepEntry(
        path=str(notebook),
        final=after,
        mtime_ns=notebook.stat().st_mtime_ns,
        halfway=halfway,
        before=before,
        session_path="/sessions/1",
        begun_s=0.0,
        is_by_page=True,
    )
    StepJournal(folder).begin(entry)
    link = NotebookLink(str(notebook), lambda _: None)
    talk: Any = ShownSession(after)
    operations = Operations(talk, Settings, lambda _: False, folder, Mock(of=lambda _: None))
    asyncio.run(operations.open(link))

    assert link.state is State.IN_SYNC
    assert operations.steps.is_open(link.path) is not is_over
