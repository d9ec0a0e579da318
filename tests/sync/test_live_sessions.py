"""Sessions are joined once; one that could not be is joined anew by the next who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.live.errors import PageNotUnderstood
from livebook_ls.livebook.live.session import LiveSession
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.live_sessions import LiveSessions


@pytest.mark.parametrize("error", [PageNotUnderstood("it has no cell"), ValueError("a number")])
def test_what_went_wrong_once_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    joined = cast("LiveSession", object())
    answers: list[Callable[[], LiveSession]] = []

    def fail() -> LiveSession:
        raise error

    async def join(*_: object) -> LiveSession:
        return answers.pop(0)()

    monkeypatch.setattr(LiveSession, "join", join)
    answers += [fail, lambda: joined]
    link = NotebookLink("/note.livemd", lambda _: None)
    link.home = read_address("http://127.0.0.1:9", "a test")
    link.session_path = "/sessions/a"

    async def act() -> LiveSession:
        sessions = LiveSessions()
        with pytest.raises((LivebookError, ValueError)):
            await sessions.joined(link)
        return await sessions.joined(link)

    assert asyncio.run(act()) is joined
