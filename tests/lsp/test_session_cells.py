"""Help with code joins a session; one that can't be joined is let alone for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from lsprotocol import types

from livebook_ls import clock
from livebook_ls.clock import Clock
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.lsp.documents.open_documents import Documents
from livebook_ls.lsp.session_cells import SessionFinder
from livebook_ls.settings import Settings
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.notebooks import Notebooks
from tests.conftest import CANONICAL
from tests.support.sockets import free_port


class Ahead(Clock):
    """The system's clock, put forward."""

    ahead_s = 0.0

    def monotonic_s(self) -> float:
        return super().monotonic_s() + self.ahead_s


def test_a_session_that_could_not_be_joined_is_tried_again_after_a_while(
    livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    notebook.write_text(CANONICAL, encoding="utf-8")
    path, uri = str(notebook), notebook.as_uri()
    home = read_address(livebook.url, "here")
    client = Livebook(home)
    session_path = client.open(path)
    client.close()
    begun: list[Coroutine[Any, Any, None]] = []
    joined: list[str] = []

    async def check() -> None:
        documents, notebooks = Documents(), Notebooks(Settings(), environ, lambda _: None)
        documents.open(types.TextDocumentItem(uri, "livebook", 1, CANONICAL))
        link = notebooks.links[path] = notebooks.link(path)
        link.session_path = session_path
        finder = SessionFinder(documents, notebooks, begun.append, joined.append)

        async def ask() -> None:
            assert finder.cells(path) is None
            while begun:
                await begun.pop()

        link.home = read_address(f"http://127.0.0.1:{free_port()}", "here")
        await ask()
        link.home = home
        await ask()
        assert joined == []
        ahead.ahead_s += 60.0
        await ask()
        assert joined == [path]
        assert finder.cells(path) is not None
        await notebooks.close()

    ahead = Ahead()
    with clock.using(ahead):
        asyncio.run(check())
