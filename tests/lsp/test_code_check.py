"""Code is judged cell by cell, and only what has changed is asked about again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from lsprotocol import types

from livebook_ls.intelligence.answers import CodeProblem
from livebook_ls.intelligence.asking import Intelligence
from livebook_ls.intelligence.code_cells import CodeCell
from livebook_ls.intelligence.provider import Provider
from livebook_ls.lsp.code_check import CodeWatch
from livebook_ls.lsp.documents.diagnostics import Diagnostics
from livebook_ls.lsp.documents.open_documents import Document, Documents
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source, Unit

SECTION = "## Part {0}\n\nSome words.\n\n```elixir\nx{0} = {0}\n```\n\n"
TEXT = "# Note\n\n" + "".join(map(SECTION.format, range(100))) + "```elixir\nbroken(\n```\n"
PROBLEM = TEXT[: TEXT.index("broken(")].count("\n")


class Parser(Provider):
    """Complains about code that ends in a bracket, once it knows anything."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.knows = True

    async def problems(
        self, path: str, cells: Sequence[CodeCell]
    ) -> tuple[CodeProblem, ...] | None:
        del path
        self.asked.append([it.code for it in cells])
        if not self.knows:
            return None
        return tuple(CodeProblem(Span(*it.span), "no end") for it in cells if it.code[-1] == "(")


class Watched:
    """A document that is watched; all that a watch does takes place in `looks`."""

    def __init__(self) -> None:
        self.parser = Parser()
        self.documents = Documents()
        item = types.TextDocumentItem(Path("/n.livemd").as_uri(), "livebook", 1, TEXT)
        opened = self.documents.open(item)
        assert opened is not None
        self.document: Document = opened
        self.lines: list[int] = []
        self.looks: asyncio.Queue[asyncio.Task[None]] = asyncio.Queue()
        self.watch = CodeWatch(
            lambda: Intelligence([self.parser]),
            Diagnostics(self.published),
            lambda: Unit.UTF16,
            lambda work: self.looks.put_nowait(asyncio.create_task(work)),
            lambda _: True,
        )

    def published(self, shown: types.PublishDiagnosticsParams) -> None:
        self.lines = [it.range.start.line for it in shown.diagnostics]

    async def look(self, change: Callable[[str], str] = str) -> None:
        """Change the text, and wait until it was looked at."""
        self.document.source = Source(change(self.document.text))
        self.watch.look_soon(self.document)
        await (await self.looks.get())


def test_after_a_key_only_what_it_touched_is_asked_about() -> None:
    async def typed() -> None:
        watched = Watched()
        await watched.look()
        assert len(watched.parser.asked[0]) == 101
        assert watched.lines == [PROBLEM]

        await watched.look(lambda it: it.replace("x50 = 50", "\nx50 = (", 1))
        assert 0 < len(watched.parser.asked[1]) < 50
        assert len(watched.lines) == 2
        assert watched.lines[1] == PROBLEM + 1

    asyncio.run(typed())


def test_what_nobody_could_tell_is_asked_again() -> None:
    async def typed() -> None:
        watched = Watched()
        watched.parser.knows = False
        await watched.look()
        assert watched.lines == []

        watched.parser.knows = True
        await watched.look()
        assert watched.lines == [PROBLEM]

    asyncio.run(typed())


def test_whoever_has_another_opinion_is_asked_about_everything() -> None:
    async def typed() -> None:
        watched = Watched()
        await watched.look()
        watched.watch.judged_by(watched.document, "a newer Elixir")
        await (await watched.looks.get())

        assert len(watched.parser.asked[1]) == 101

    asyncio.run(typed())
