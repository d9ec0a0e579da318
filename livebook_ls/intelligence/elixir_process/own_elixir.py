"""The provider that asks the helper process: code in, values out, as far as the text tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from livebook_ls.intelligence.answers import (
    CallForm,
    CallHelp,
    CodeProblem,
    Definition,
    Details,
    Suggestion,
    SuggestionKind,
    Suggestions,
)
from livebook_ls.intelligence.code_cells import ELIXIR, ERLANG, CodeCell, CodePlace
from livebook_ls.intelligence.elixir_process.complaints import in_the_notebook
from livebook_ls.intelligence.elixir_process.supervision import ElixirSupervisor
from livebook_ls.intelligence.provider import Provider
from livebook_ls.notebook.model import JsonValue, Span

_LANGUAGES = frozenset({ELIXIR, ERLANG})
_SHORT_S, _LONG_S = 1.0, 5.0


class OwnElixir(Provider):
    """Says what the text says: nothing of the notebook is run for it."""

    name = "elixir"

    def __init__(self, supervisor: ElixirSupervisor) -> None:
        self.supervisor = supervisor

    async def complete(self, place: CodePlace) -> Suggestions | None:
        """What may follow by the text, its order as Livebook's."""
        found, _ = await self._ask_at("complete", place)
        if not isinstance(found, list):
            return None
        begun = _begun(place)
        items = tuple(_suggestion(it) for it in found if isinstance(it, dict))
        return Suggestions(items, begun)

    async def resolve(self, suggestion: Suggestion) -> str | None:
        """The documentation of a compiled function or module."""
        found = await self.supervisor.ask("resolve", _SHORT_S, data=suggestion.key)
        return found if isinstance(found, str) else None

    async def details(self, place: CodePlace) -> Details | None:
        """What the name is, and where the notebook defines it."""
        found, numbers = await self._ask_at("details", place)
        if not isinstance(found, dict):
            return None
        line = place.before.count("\n")
        texts = found.get("contents")
        return Details(
            span=Span(
                place.cell.text_offset(line, _number(found, "from") - 1),
                place.cell.text_offset(line, _number(found, "to") - 1),
            ),
            texts=tuple(it for it in texts if isinstance(it, str))
            if isinstance(texts, list)
            else (),
            definition=_definition(place, numbers, found.get("definition")),
        )

    async def signature(self, place: CodePlace) -> CallHelp | None:
        """The call around the place."""
        found, _ = await self._ask_at("signature", place)
        items = found.get("items") if isinstance(found, dict) else None
        if not isinstance(found, dict) or not isinstance(items, list):
            return None
        forms = tuple(
            CallForm(str(it.get("signature", "")), tuple(map(str, _list(it.get("arguments")))))
            for it in items
            if isinstance(it, dict)
        )
        return CallHelp(forms, _number(found, "active"))

    async def format(self, path: str, cells: Sequence[CodeCell]) -> tuple[str | None, ...] | None:
        """Elixir cells as `mix format` writes them; Erlang's printers would drop comments."""
        if not cells or cells[0].language != ELIXIR:
            return None
        folder = str(Path(path).parent)
        codes: list[JsonValue] = [it.code for it in cells]
        found = await self.supervisor.ask("format", _LONG_S, cells=codes, folder=folder)
        if not isinstance(found, list) or len(found) != len(cells):
            return None
        return tuple(it if isinstance(it, str) else None for it in found)

    async def problems(
        self, path: str, cells: Sequence[CodeCell]
    ) -> tuple[CodeProblem, ...] | None:
        """Where Elixir's or Erlang's parser stops, per cell."""
        del path
        if not cells or cells[0].language not in _LANGUAGES:
            return None
        asked: list[JsonValue] = [{"language": it.language, "code": it.code} for it in cells]
        found = await self.supervisor.ask("problems", _LONG_S, cells=asked)
        if not isinstance(found, list) or len(found) != len(cells):
            return None
        return tuple(
            in_the_notebook(it, cell)
            for cell, problems in zip(cells, found, strict=True)
            for it in _list(problems)
            if isinstance(it, dict)
        )

    async def close(self) -> None:
        """End the helper."""
        await self.supervisor.close()

    async def _ask_at(self, op: str, place: CodePlace) -> tuple[JsonValue, list[int]]:
        if place.cell.language not in _LANGUAGES:
            return None, []
        return await self.supervisor.ask_below(
            [it.code for it in place.above],
            op,
            _SHORT_S,
            language=place.cell.language,
            before=place.before,
            rest=place.rest,
        )


def _definition(place: CodePlace, numbers: list[int], found: JsonValue) -> Definition | None:
    """`cell` is the number of a cell above, or None for the cell itself."""
    if not isinstance(found, dict):
        return None
    number = found.get("cell")
    if number is None:
        cell = place.cell
    elif number in numbers:
        # Of cells with the same code, the last one counts.
        cell = place.above[len(numbers) - 1 - numbers[::-1].index(int(str(number)))]
    else:
        return None
    start = cell.text_offset(_number(found, "line") - 1, _number(found, "column") - 1)
    return Definition(span=Span(start, start))


def _suggestion(item: Mapping[str, Any]) -> Suggestion:
    documentation, key = item.get("documentation"), item.get("data")
    return Suggestion(
        label=str(item.get("label", "")),
        kind=SuggestionKind(item.get("kind", "function")),
        insert=str(item.get("insert", "")),
        documentation=documentation if isinstance(documentation, str) else None,
        # What is compiled is the same wherever one reads of it; an import of it stands in the text.
        is_from_text=key is None or item.get("import") is True,
        key=key,
        provider=OwnElixir.name,
    )


def _begun(place: CodePlace) -> Span:
    """The part of a name that stands before the place already."""
    before = place.before
    start = len(before)
    while start and (before[start - 1].isalnum() or before[start - 1] in "_?!"):
        start -= 1
    if start and before[start - 1] == "~":
        start -= 1
    # `:` belongs to an Erlang module's label, `@` to no attribute's.
    return Span(place.offset - (len(before) - start), place.offset)


def _number(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name)
    return value if isinstance(value, int) else 0


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
