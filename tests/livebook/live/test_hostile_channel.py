"""What stands in Livebook's place on the live page's socket gets nothing, and leads nowhere."""

from __future__ import annotations

import asyncio

import pytest

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.finding.addresses import read_address
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


@pytest.mark.parametrize("data", ["[" * 100_000, '{"a":' * 50_000, "[1", "null", b"\xff"])
def test_a_frame_that_nobody_means_is_none(data: str | bytes) -> None:
    assert frames.decode(data) is None
