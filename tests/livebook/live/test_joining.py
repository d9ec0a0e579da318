"""A session is tried to be joined again where another moment may help, and nobody waits twice."""

from __future__ import annotations

import asyncio

import pytest

from livebook_ls import clock
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.live.errors import PageNotUnderstood
from livebook_ls.livebook.live.identity import Identity
from livebook_ls.livebook.live.joining import join
from tests.support.turned_clock import TurnedClock


@pytest.mark.parametrize(("takes_s", "times"), [(0.1, 2), (30.0, 1)])
def test_a_page_that_took_long_and_is_not_understood_is_not_read_again(
    monkeypatch: pytest.MonkeyPatch, takes_s: float, times: int
) -> None:
    turned = TurnedClock()
    read: list[str] = []

    def page(_: Identity, path: str) -> str:
        turned.now_s += takes_s
        read.append(path)
        return "<html></html>"

    monkeypatch.setattr(Identity, "page", page)
    endpoint = read_address("http://127.0.0.1:9", "test")
    with clock.using(turned), pytest.raises(PageNotUnderstood):
        asyncio.run(join(endpoint, "/sessions/a", lambda *_: None, lambda _: None))

    assert len(read) == times
