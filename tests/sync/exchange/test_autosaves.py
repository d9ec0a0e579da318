"""What a session has written over a save by itself is told from others' work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from unittest.mock import Mock

import pytest

from livebook_ls.settings import Settings
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange.autosaves import Autosaves
from livebook_ls.sync.exchange.write_back import Aftermath
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.link import NotebookLink, State

BASE = "# N\n\n## S\n\n```elixir\n:mine\n```\n\n```elixir\n:theirs\n```\n"
SAVE = BASE.replace(":mine", ":mine\n# mine")


class ShownSession:
    """The talk with a Livebook whose session holds one text."""

    def __init__(self, text: str) -> None:
        self._text = NotebookText(text)
        self.was_needed = False

    async def session_text(self, _: NotebookLink, *, is_needed: bool = False) -> NotebookText:
        self.was_needed = is_needed
        return self._text

    async def think(self, work: Callable[[], Any], _: object = None) -> Any:
        return work()


def undone(folder: Path, written: str, session: str, *typed: str) -> tuple[bool, str]:
    """Whether what was `written` over the save is undone, and what the file has then."""
    path = folder / "n.livemd"
    path.write_text(written, encoding="utf-8")
    link = NotebookLink(str(path), lambda _: None)
    link.held = link.lineage.base = NotebookText(BASE)
    kept = KeptTexts(StateFolder({"XDG_STATE_HOME": str(folder)}))
    live: Any = Mock(typed=lambda _: typed)
    talk: Any = ShownSession(session)
    autosaves = Autosaves(talk, Settings, kept, Mock(), Mock(), live)
    found = notebook_file.read(str(path))
    is_undone = asyncio.run(autosaves.undo(link, found, NotebookText(written), SAVE))
    assert talk.was_needed
    return is_undone, path.read_text(encoding="utf-8")


@pytest.mark.parametrize("half", [":theirs\n# wo", ":theirs\n", ":theirs\n#", ":theirs\n# word\n#"])
def test_half_a_word_that_an_autosave_wrote_over_a_save_is_undone(
    tmp_path: Path, half: str
) -> None:
    written = BASE.replace(":theirs", half)
    # The last key of the session's may be a blank.
    session = BASE.replace(":theirs", f"{half} " if half.endswith("word\n#") else ":theirs\n# word")
    typed = [":theirs\n", ":theirs\n#", ":theirs\n# wo", ":theirs\n# word", ":theirs\n# word\n#"]

    assert undone(tmp_path, written, session, *typed) == (True, SAVE)


def test_what_nobody_typed_in_the_browser_is_somebodys_work(tmp_path: Path) -> None:
    written = BASE.replace(":theirs", ":theirs\n# a script's")
    session = BASE.replace(":theirs", ":theirs\n# word")

    assert undone(tmp_path, written, session, ":theirs\n# word") == (False, written)


def test_a_buffer_that_has_all_of_the_file_goes_on_from_that_though_it_was_written_since(
    tmp_path: Path,
) -> None:
    path = tmp_path / "n.livemd"
    path.write_text(BASE, encoding="utf-8")
    link = NotebookLink(str(path), lambda _: None)
    link.lineage.base = NotebookText("# N\n")
    link.lineage.make(BASE, NotebookText(BASE), "# N\n")
    rewritten = notebook_file.read(str(path))
    path.write_text(SAVE, encoding="utf-8")
    autosaves = Autosaves(Mock(), Settings, Mock(), Mock(), Mock(), Mock())
    autosaves.adopt(link, rewritten)

    found = link.lineage.base_of(SAVE)
    assert found is not None
    assert found.text == BASE


def is_livebooks(folder: Path, written: str, session: str, *typed: str, before: str = BASE) -> bool:
    """Whether what was `written` over what was there `before` counts as the session's work."""
    link = NotebookLink(str(folder / "n.livemd"), lambda _: None)
    link.lineage.base = NotebookText(BASE)
    talk, live = cast(Any, ShownSession(session)), cast(Any, Mock(typed=lambda _: typed))
    kept = KeptTexts(StateFolder({"XDG_STATE_HOME": str(folder)}))
    autosaves = Autosaves(talk, Settings, kept, Mock(), Mock(), live)
    reading = NotebookText(written)
    return asyncio.run(autosaves.is_one(link, reading, NotebookText(before), Aftermath.CHANGED))


def test_a_blank_more_than_the_session_was_seen_to_hold_is_its_work(tmp_path: Path) -> None:
    before = BASE.replace(":theirs", ":theirs\n# word\n#")
    written, session = (before.replace("\n#\n", it) for it in ("\n# \n", "\n# more\n"))
    typed = ":theirs\n# word\n# "

    assert is_livebooks(tmp_path, written, session, typed, before=before)


def test_an_older_text_of_the_sessions_is_somebodys_work(tmp_path: Path) -> None:
    before, typed = BASE.replace(":theirs", ":theirs\n# word"), ":theirs\n# wo"
    session = BASE.replace(":theirs", ":theirs\n# words")

    assert not is_livebooks(tmp_path, BASE, session, typed, before=before)


def test_what_the_session_holds_is_somebodys_where_it_is_not_in_its_form(tmp_path: Path) -> None:
    session = f"{BASE}\n* one\n"
    # People have gone on there since it was written.
    then = session.replace(":theirs", ":theirs\n# and on")

    assert is_livebooks(tmp_path, session, then)
    assert not is_livebooks(tmp_path, f"{BASE}\n-  one\n", session)


def test_a_save_over_which_somebody_has_written_no_text_is_not_tried_once_more(
    tmp_path: Path,
) -> None:
    path = tmp_path / "n.livemd"
    path.write_text(SAVE, encoding="utf-8")
    link = NotebookLink(str(path), lambda _: None)
    link.known = notebook_file.read(str(path))
    link.was_saved(SAVE)
    link.enter(State.FAILED)
    path.write_bytes(b"\xff")
    kept = KeptTexts(StateFolder({"XDG_STATE_HOME": str(tmp_path)}))
    talk: Any = ShownSession(SAVE)
    autosaves = Autosaves(talk, Settings, kept, Mock(), Mock(), Mock())

    assert asyncio.run(autosaves.unconfirmed(link, lambda _: False)) is None
