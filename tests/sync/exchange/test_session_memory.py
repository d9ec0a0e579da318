"""What a session is seen to hold counts as people's where nobody of ours knows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from livebook_ls.sync.exchange.session_memory import look_over
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import CommonText
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
