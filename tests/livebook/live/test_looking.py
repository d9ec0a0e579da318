"""Looks at a session's page that nobody waits for any more."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading
from typing import Any

import pytest

from livebook_ls.livebook.errors import NotRunning
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.live.identity import Identity
from livebook_ls.livebook.live.looking import Onlooker


def test_one_that_fails_when_its_asker_is_gone_is_nobodys_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_asked, may_fail = threading.Event(), threading.Event()

    def page(_: Identity, __: str) -> str:
        is_asked.set()
        may_fail.wait()
        raise NotRunning("http://127.0.0.1:9")

    monkeypatch.setattr(Identity, "page", page)
    unhandled: list[dict[str, Any]] = []

    async def act() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, it: unhandled.append(it))
        onlooker = Onlooker(read_address("http://127.0.0.1:9", "a test"), "/sessions/a")
        asker = asyncio.create_task(onlooker.look(lambda: False, lambda: 0, lambda *_: None))
        await asyncio.to_thread(is_asked.wait)
        asker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asker
        others = asyncio.all_tasks() - {asyncio.current_task()}
        may_fail.set()
        await asyncio.wait(others)
        onlooker.close()
        del asker, others
        gc.collect()

    asyncio.run(act())

    assert unhandled == []
