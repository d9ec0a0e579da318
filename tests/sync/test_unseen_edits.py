"""What was typed while a sync was on its way and nobody was told: it is gone, and that is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from livebook_ls.livebook.live import connection, joining
from livebook_ls.livebook.live.joining import Joined
from livebook_ls.settings import Settings
from livebook_ls.standin import HoldPoint, StandIn
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks
from tests.support.waiting import until

BASE = "# Note\n\n## Section\n\n```elixir\none = 1\n```\n\n```elixir\ntwo = 2\n```\n"
SAVED = BASE.replace("one = 1", "one = 11")
UNSEEN = "browser-unseen"


class Interrupted:
    """An editor's notebook in a joined session, whose connection ends while a save is sent."""

    def __init__(self, livebook: StandIn, path: Path, environ: dict[str, str]) -> None:
        self.livebook = livebook
        self.path = path
        self.may_join = asyncio.Event()
        self.notebooks = Notebooks(Settings(), environ, lambda _: None)
        self.link = NotebookLink(str(path), lambda _: None)

    async def open(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        self.link = self.notebooks.did_open(str(self.path), text)
        await self.notebooks.idle(self.link.path)
        assert await self.notebooks.live.is_joined(self.link)

    async def save(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        self.notebooks.did_save(self.link.path, text)
        await self.notebooks.idle(self.link.path)

    async def save_unheard(self, text: str, typed: str | None = None) -> None:
        """Save, while nothing is told of the session until it has read that."""
        with self.livebook.holding(HoldPoint.SYNC) as until_held:
            saving = asyncio.create_task(self.save(text))
            await asyncio.to_thread(until_held, 1)
            self.livebook.drop_sockets()
            await asyncio.to_thread(until, lambda: self.notebooks.live.of(self.link) is None)
            if typed is not None:
                self.livebook.edit_session(self.path, typed, is_typed=True)
        await saving

    async def join_again(self) -> None:
        self.may_join.set()
        await asyncio.to_thread(until, lambda: self.notebooks.live.of(self.link) is not None)

    @property
    def codes(self) -> set[str]:
        return {it.code for it in self.link.findings}


@asynccontextmanager
async def interrupted(
    livebook: StandIn, path: Path, environ: dict[str, str], patch: pytest.MonkeyPatch
) -> AsyncIterator[Interrupted]:
    it = Interrupted(livebook, path, environ)
    await it.open(BASE)
    join = joining.join

    async def join_later(*arguments: object) -> Joined:
        await it.may_join.wait()
        return await join(*arguments)  # type: ignore[arg-type]  # as they are handed over

    patch.setattr(connection, "join", join_later)
    try:
        yield it
    finally:
        it.may_join.set()
        await it.notebooks.close()


@pytest.mark.fault(
    "network",
    "the socket of a joined session is cut",
    during="somebody types in the browser while a sync is on its way",
    sees="unseen",
    recovers="by typing it again",
)
@pytest.mark.parametrize("cell", ["one = 11", "two = 2"], ids=["a saved cell", "another"])
def test_what_a_sync_replaced_before_anybody_saw_it_is_told(
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    cell: str,
) -> None:
    async def check() -> None:
        async with interrupted(livebook, notebook, environ, monkeypatch) as case:
            was = cell.replace("11", "1")
            await case.save_unheard(SAVED, BASE.replace(was, f"{was} + 4"))
            await case.join_again()

            (told,) = (it for it in case.link.findings if it.code == "browser-unseen")
            assert f"“{cell}”" in told.sentence
            await case.save(SAVED.replace("two = 2", "two = 22"))
            assert UNSEEN not in case.codes

    asyncio.run(check())


@pytest.mark.parametrize("types_on", [False, True])
def test_saves_alone_and_what_is_typed_behind_them_are_no_loss(
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    types_on: bool,
) -> None:
    async def check() -> None:
        async with interrupted(livebook, notebook, environ, monkeypatch) as case:
            await case.save_unheard(SAVED)
            await case.save(SAVED.replace("one = 11", "one = 111"))
            if types_on:
                livebook.edit_session(notebook, SAVED.replace("one = 11", "one = 2"), is_typed=True)
            await case.join_again()

            assert UNSEEN not in case.codes

    asyncio.run(check())
