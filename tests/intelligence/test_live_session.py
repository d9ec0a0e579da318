"""What a joined session answers is what we answer, in places of the notebook."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from livebook_ls.intelligence.code_cells import CodePlace, place_at
from livebook_ls.intelligence.live_session import JoinedCells, SessionHelp
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.source import Source
from livebook_ls.running.cells_to_ask import cells_to_ask
from livebook_ls.running.runner import Runner
from livebook_ls.running.scope import RunScope
from livebook_ls.settings import Settings
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.notebooks import Notebooks
from tests.support.marks import cut

Result = TypeVar("Result")
NOTEBOOK = "# Note\n\n## S\n\n```elixir\nvalue = 1\n```\n\n```elixir\n{code}\n```\n"


@pytest.fixture(scope="module")
def livebook() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


def ask(
    livebook: StandIn,
    folder: Path,
    code: str,
    question: Callable[[SessionHelp, CodePlace], Awaitable[Result]],
    saved: str = "0",
) -> tuple[Result, str]:
    """The answer to a question at `$0` of the second cell, once the first was run; and the text."""
    marked = cut(NOTEBOOK.replace("{code}", code))
    path = folder / "note.livemd"
    path.write_text(NOTEBOOK.replace("{code}", saved), encoding="utf-8")

    async def act() -> Result:
        notebooks = Notebooks(Settings(url=livebook.url), {}, lambda _: None)
        runner = Runner(notebooks)
        text = path.read_text(encoding="utf-8")
        await runner.run(str(path), text, RunScope.CELL, text.index("value"), timeout_s=30.0)
        source = Source(marked.text)
        notebook = parse_source(source)
        session = await notebooks.live.joined(runner._link(str(path)))
        ids = cells_to_ask(notebook, session.notebook)
        cells = JoinedCells(session, ids.known, ids.likely)
        place = place_at(notebook, source, str(path), marked.cursor or 0)
        assert place is not None
        try:
            return await question(SessionHelp(lambda _: cells), place)
        finally:
            await notebooks.close()

    return asyncio.run(act()), marked.text


def test_a_value_of_a_cell_above_is_offered_while_the_cell_is_typed(
    livebook: StandIn, tmp_path: Path
) -> None:
    found, text = ask(livebook, tmp_path, "1 + va$0", lambda it, place: it.complete(place))

    assert found is not None
    assert [it.label for it in found.items] == ["value"]
    assert text[found.replaced.start : found.replaced.end] == "va"


def test_only_what_is_typed_of_a_name_is_replaced(livebook: StandIn, tmp_path: Path) -> None:
    found, text = ask(livebook, tmp_path, '"🦊" <> Enum.ma$0', lambda it, place: it.complete(place))

    assert found is not None
    assert [it.label for it in found.items] == ["map/2"]
    assert text[found.replaced.start : found.replaced.end] == "ma"


def test_details_stand_at_their_name_behind_an_emoji(livebook: StandIn, tmp_path: Path) -> None:
    found, text = ask(
        livebook, tmp_path, '"🦊"; Enum.m$0ap([])', lambda it, place: it.details(place)
    )

    assert found is not None
    assert text[found.span.start : found.span.end] == "Enum.map"


def test_the_call_around_the_cursor_is_told(livebook: StandIn, tmp_path: Path) -> None:
    found, _ = ask(livebook, tmp_path, "Enum.map([], $0", lambda it, place: it.signature(place))

    assert found is not None
    assert (found.forms[0].text, found.active) == ("map(enumerable, fun)", 1)


def test_an_erlang_cell_is_not_asked_about(livebook: StandIn, tmp_path: Path) -> None:
    code = "0\n```\n\n```erlang\nlists:m$0"
    found, _ = ask(livebook, tmp_path, code, lambda it, place: it.complete(place))

    assert found is None
