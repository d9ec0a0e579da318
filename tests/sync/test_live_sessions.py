"""The one connection with a session that all share: joined when somebody asks, and asked for anew
where that failed.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from livebook_ls.livebook.finding.addresses import Endpoint, read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.live_sessions import LiveSessions
from tests.conftest import CANONICAL


def test_a_join_that_failed_for_whatever_reason_is_tried_again(
    livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(CANONICAL, encoding="utf-8")
    home = read_address(livebook.url, "here")
    client = Livebook(home)
    link = NotebookLink(str(notebook), lambda _: None)
    link.session_path = client.open(str(notebook))
    client.close()

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
