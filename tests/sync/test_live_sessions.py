"""The one connection with a session that all share: joined when somebody asks, and asked for anew
where that failed.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from livebook_ls import clock
from livebook_ls.livebook.finding.addresses import Endpoint, read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.live_sessions import LiveSessions
from tests.conftest import CANONICAL
from tests.support.turned_clock import TurnedClock


def linked(notebook: Path, livebook: StandIn) -> NotebookLink:
    """A notebook that has a session."""
    notebook.write_text(CANONICAL, encoding="utf-8")
    link = NotebookLink(str(notebook), lambda _: None)
    link.home = read_address(livebook.url, "here")
    client = Livebook(link.home)
    link.session_path = client.open(str(notebook))
    client.close()
    return link


def test_a_join_that_failed_for_whatever_reason_is_tried_again(
    livebook: StandIn, notebook: Path
) -> None:
    link = linked(notebook, livebook)
    home = link.home

    async def check() -> None:
        sessions = LiveSessions()
        # No address at all, which is nothing that a Livebook does, and no error of ours.
        link.home = Endpoint("http://[::1", "here")
        failed = await asyncio.gather(sessions.joined(link), return_exceptions=True)
        assert isinstance(failed[0], ValueError)
        link.home = home
        assert (await sessions.joined(link)).is_connected
        await sessions.close()

    asyncio.run(check())


def test_who_is_opened_again_stays_joined_however_often_it_was_closed(
    livebook: StandIn, notebook: Path
) -> None:
    link = linked(notebook, livebook)

    async def idle(_: str) -> None:
        """Nothing is under way."""

    async def check() -> None:
        sessions, turned = LiveSessions(), TurnedClock()
        try:
            with clock.using(turned):
                session = await sessions.joined(link)
                for _ in range(2):
                    sessions.leave_soon(link.path, idle)
                    await turned.advance(0.1)
                sessions.stay(link.path)
                await turned.advance(5.0)
                assert sessions.of(link) is session
        finally:
            await sessions.close()

    asyncio.run(check())
