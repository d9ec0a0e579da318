"""Looks at a session's page that end with who looks."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.live.errors import ConnectionLost
from livebook_ls.livebook.live.looking import Onlooker
from tests.support.sockets import endless, saying

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 100000000\r\n\r\n"


async def begun(onlooker: Onlooker) -> asyncio.Task[None]:
    """A look whose page has been asked for."""
    is_begun = asyncio.Event()

    def begin() -> int:
        is_begun.set()
        return 0

    looking = onlooker.look(lambda: False, begin, lambda _page, _since: None)
    waiting = asyncio.ensure_future(looking)
    await is_begun.wait()
    return waiting


async def let_go() -> None:
    """Everything that is done is told, and what nobody asked for is complained of."""
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
    del others
    await asyncio.sleep(0)
    gc.collect()


def complaints(loop: asyncio.AbstractEventLoop) -> list[str]:
    found: list[str] = []

    def take(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        found.append(context["message"])

    loop.set_exception_handler(take)
    return found


def test_a_look_that_fails_when_nobody_waits_any_more_is_no_complaint() -> None:
    async def check(url: str) -> None:
        found = complaints(asyncio.get_running_loop())
        onlooker = Onlooker(read_address(url, "here"), "/sessions/x")
        waiting = await begun(onlooker)
        waiting.cancel()
        await let_go()
        onlooker.close()

        assert found == []

    with saying(b"no HTTP at all\r\n\r\n") as url:
        asyncio.run(check(url))


def test_who_waits_for_a_look_hears_that_it_was_ended() -> None:
    async def check() -> None:
        found = complaints(asyncio.get_running_loop())
        with endless(HEAD, b" ") as url:
            onlooker = Onlooker(read_address(url, "here"), "/sessions/x")
            waiting = await begun(onlooker)
            onlooker.close()
            with pytest.raises(ConnectionLost):
                await waiting
        await let_go()

        assert found == []

    asyncio.run(check())


def test_a_look_that_fails_is_told_to_all_who_wait() -> None:
    async def check(url: str) -> None:
        onlooker = Onlooker(read_address(url, "here"), "/sessions/x")
        looks = [onlooker.look(lambda: False, lambda: 0, lambda *_: None) for _ in range(2)]
        told = await asyncio.gather(*looks, return_exceptions=True)
        onlooker.close()

        assert all(isinstance(it, LivebookError) for it in told)

    with saying(b"no HTTP at all\r\n\r\n") as url:
        asyncio.run(check(url))
