from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from livebook_ls.intelligence.answers import Suggestion, SuggestionKind, Suggestions
from livebook_ls.intelligence.asking import Intelligence
from livebook_ls.intelligence.cell_forms import with_forms
from livebook_ls.intelligence.code_cells import CodeCell, CodePlace, code_cells
from livebook_ls.intelligence.provider import Provider
from livebook_ls.intelligence.ruff import Ruff
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source
from tests.support.elixirs import in_cells, place

AT, _ = place(in_cells("x$0"))


class Knowing(Provider):
    """Knows these labels, those of the text with a mark, and forms every cell by shouting."""

    def __init__(self, name: str, *labels: str) -> None:
        self.name = name
        self.labels = labels

    async def complete(self, place: CodePlace) -> Suggestions | None:
        items = tuple(
            Suggestion(
                label=it.removeprefix("text:"),
                kind=SuggestionKind.FUNCTION,
                insert=it,
                provider=self.name,
                is_from_text=it.startswith("text:"),
            )
            for it in self.labels
        )
        return Suggestions(items, Span(place.offset - 1, place.offset))

    async def format(self, path: str, cells: Sequence[CodeCell]) -> tuple[str | None, ...] | None:
        del path
        return tuple(f"{it.code}{self.name}" for it in cells)


class Late(Provider):
    """Never answers."""

    async def complete(self, place: CodePlace) -> Suggestions | None:
        del place
        await asyncio.Event().wait()
        return None


def test_one_list_without_doubles_the_first_ones_first() -> None:
    own = Knowing("text", "text:map/2", "text:mine/1")
    asked = Intelligence([Knowing("session", "map/2", "max/2"), own])
    found = asyncio.run(asked.complete(AT, 1.0))

    assert found is not None
    assert [(it.label, it.provider) for it in found.items] == [
        ("map/2", "session"),
        ("max/2", "session"),
        ("mine/1", "text"),
    ]
    assert found.is_whole


def test_behind_a_session_only_what_the_text_says_is_added() -> None:
    own = Knowing("own", "gone_since/1", "text:mine/1")
    both = asyncio.run(Intelligence([Knowing("session", "map/2"), own]).complete(AT, 1.0))
    alone = asyncio.run(Intelligence([Knowing("session"), own]).complete(AT, 1.0))

    assert both is not None
    assert [it.label for it in both.items] == ["map/2", "mine/1"]
    assert alone is not None
    assert [it.label for it in alone.items] == ["gone_since/1", "mine/1"]


def test_who_is_late_costs_only_its_time_and_the_list_is_not_whole() -> None:
    found = asyncio.run(Intelligence([Late(), Knowing("text", "mine/1")]).complete(AT, 0.01))

    assert found is not None
    assert [it.label for it in found.items] == ["mine/1"]
    assert not found.is_whole


def test_nobody_knows_anything() -> None:
    async def ask() -> None:
        asked = Intelligence([Provider()])
        assert await asked.complete(AT, 1.0) is None
        assert await asked.hover(AT) is None
        assert await asked.definition(AT) is None
        assert await asked.signature(AT) is None
        assert await asked.format("/n", [AT.cell]) == {}
        assert await asked.problems("/n", [AT.cell]) == ()

    asyncio.run(ask())


def test_one_provider_forms_all_cells() -> None:
    asked = Intelligence([Provider(), Knowing("one"), Knowing("other")])

    assert asyncio.run(asked.format("/n", [AT.cell])) == {AT.cell: "xone"}


def formed(text: str, form: str) -> str | None:
    source = Source(text)
    notebook = parse_source(source)
    (cell, *_) = code_cells(notebook, source)
    return with_forms(notebook, text, {cell: form})


def test_a_form_that_would_end_its_fence_is_no_form() -> None:
    assert formed(in_cells("x=1"), "x = 1\n```\n\n# Another") is None


def test_line_breaks_of_the_file_stay() -> None:
    text = in_cells("x=1\ny=2").replace("\n", "\r\n")

    assert formed(text, "x = 1\ny = 2") == in_cells("x = 1\ny = 2").replace("\n", "\r\n")


def test_python_cells_get_ruffs_form_where_it_may_be_started(tmp_path: Path) -> None:
    program = tmp_path / "ruff"
    program.write_text("#!/bin/sh\ntr a-z A-Z\n", encoding="utf-8")
    program.chmod(0o755)
    environ = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    text = "# N\n\n## S\n\n```python\nx\n```\n"
    source = Source(text)
    cells = list(code_cells(parse_source(source), source))
    path = str(tmp_path / "n.livemd")

    def forms(may_start: bool) -> list[str]:
        asked = Intelligence([Ruff(environ, lambda: may_start)])
        return list(asyncio.run(asked.format(path, cells)).values())

    assert forms(may_start=True) == ["X"]
    assert forms(may_start=False) == []
