"""What a session is seen to hold counts as people's where nobody of ours knows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest

from livebook_ls.sync.exchange.session_memory import SessionMemory, look_over
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.held_saves import HeldSaves
from livebook_ls.sync.keeping.kept_texts import CommonText, KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink

_T = TypeVar("_T")

SHARED = NotebookText("# N\n\n## S\n\nshared\n")
TYPED = NotebookText("# N\n\n## S\n\nshared and typed\n")
SAVED = NotebookText("# N\n\n## S\n\nsaved\n")


class Thinking:
    """The talk with a Livebook that nobody asks anything."""

    async def think(self, work: Callable[[], _T], *_: object) -> _T:
        return work()


@pytest.fixture
def link() -> NotebookLink:
    """Attached to a session of which nothing is known, as after a sync that failed."""
    link = NotebookLink("/notes/n.livemd", lambda _: None)
    link.attach("/sessions/1", "http://localhost:8080/sessions/1")
    return link


def look(link: NotebookLink, session: NotebookText) -> bool:
    talk: Any = Thinking()
    return asyncio.run(look_over(talk, link, SAVED, session, is_merged=False))


@pytest.mark.parametrize("common", [SHARED, None])
def test_what_a_session_holds_of_which_nothing_is_known_is_what_a_save_replaces(
    link: NotebookLink, common: NotebookText | None
) -> None:
    if common is not None:
        link.common = CommonText(common.text, "/sessions/1")

    assert look(link, TYPED)
    assert link.browser is TYPED
    assert link.held is TYPED


def test_what_a_session_shares_with_the_file_needs_nobody_to_have_back(link: NotebookLink) -> None:
    link.common = CommonText(SHARED.text, "/sessions/1")

    look(link, NotebookText(SHARED.text))

    assert link.browser is None


def test_what_was_known_of_a_session_that_is_gone_says_nothing_of_the_next(
    link: NotebookLink,
) -> None:
    link.held = link.seen = TYPED
    link.detach()
    link.attach("/sessions/2", "http://localhost:8080/sessions/2")
    link.common = CommonText(SHARED.text, "/sessions/2")

    look(link, TYPED)

    assert link.browser is TYPED


@pytest.mark.parametrize("has_session", [True, False])
def test_a_save_that_was_written_over_before_there_was_a_session_is_not_forgotten(
    tmp_path: Path, has_session: bool
) -> None:
    path = tmp_path / "n.livemd"
    folder = StateFolder({"XDG_STATE_HOME": str(tmp_path)})
    kept, talk, steps = KeptTexts(folder), cast(Any, Thinking()), cast(Any, None)
    memory = SessionMemory(talk, kept, steps, HeldSaves(folder, kept))
    link = NotebookLink(str(path), lambda _: None)
    path.write_text(SHARED.text, encoding="utf-8")
    memory.look_for_left(link, SHARED)
    kept.keep(str(path), SAVED.text, VersionOrigin.SAVED)
    link.was_saved(SAVED.text)
    path.write_text(TYPED.text, encoding="utf-8")
    if has_session:
        # Then whoever has it is told by its sync.
        link.attach("/sessions/1", "http://localhost:8080/sessions/1")
    memory.look_for_left(link, TYPED)

    assert (link.lost_save is None) is has_session


@pytest.mark.parametrize("is_gone", [True, False])
def test_what_a_process_before_held_back_is_told_to_be_gone_only_where_it_is(
    tmp_path: Path, *, is_gone: bool
) -> None:
    path = str(tmp_path / "n.livemd")
    folder = StateFolder({"XDG_STATE_HOME": str(tmp_path)})
    kept, talk, steps = KeptTexts(folder), cast(Any, Thinking()), cast(Any, None)
    kept.keep(path, SAVED.text, VersionOrigin.SAVED)
    HeldSaves(folder, kept).note(path, SAVED.text)
    link = NotebookLink(path, lambda _: None)
    found = SHARED if is_gone else SAVED
    link.common = CommonText(SHARED.text, None)
    held = HeldSaves(folder, kept)
    SessionMemory(talk, kept, steps, held).look_for_left(link, found)

    assert [it.code for it in link.findings] == (["held-gone"] if is_gone else [])
    # The next process has to know of it as long as it is still held back.
    assert HeldSaves(folder, kept).left(path) == (None if is_gone else SAVED.text)
