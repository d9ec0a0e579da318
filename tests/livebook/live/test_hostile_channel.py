"""What stands in Livebook's place on the live page's socket gets nothing, and leads nowhere."""

from __future__ import annotations

import asyncio

import pytest

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.live.connection import SessionConnection
from livebook_ls.livebook.live.looking import Onlooker
from livebook_ls.livebook.live.phoenix import frames
from livebook_ls.livebook.live.phoenix.channel import Channel
from tests.support.sockets import listening, saying

REDIRECT = b"HTTP/1.1 302 Found\r\nlocation: %b/live/websocket\r\ncontent-length: 0\r\n\r\n"


def test_a_redirect_takes_no_cookie_to_another() -> None:
    with listening() as (other, heard), saying(REDIRECT % other.encode()) as url:
        channel = Channel("lv:x", lambda _event, _payload: None, lambda _end: None)
        opening = channel.open(
            url.replace("http:", "ws:") + "/live/websocket", read_address(url, "test"), "key=s3cret"
        )
        with pytest.raises(LivebookError):
            asyncio.run(opening)

    assert heard == []


def test_a_flood_of_redirects_asks_for_one_export_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endpoint = read_address("http://127.0.0.1:9", "test")
    connection = SessionConnection(endpoint, "/sessions/a", lambda _: None, lambda _: None)
    asked: list[str] = []

    def flood() -> None:
        for _ in range(1_000):
            connection._received("live_redirect", {})

    async def export(_: Onlooker) -> str:
        asked.append("begun")
        if len(asked) == 1:
            flood()
        await asyncio.sleep(0)
        asked.append("over")
        return ""

    async def act() -> None:
        flood()
        while connection._tasks:
            await asyncio.wait({*connection._tasks})
        await connection.leave()

    monkeypatch.setattr(Onlooker, "export", export)
    asyncio.run(act())

    # The second is for what came behind the first one's beginning.
    assert asked == ["begun", "over", "begun", "over"]


@pytest.mark.parametrize("data", ["[" * 100_000, '{"a":' * 50_000, "[1", "null", b"\xff"])
def test_a_frame_that_nobody_means_is_none(data: str | bytes) -> None:
    assert frames.decode(data) is None
