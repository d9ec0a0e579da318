"""The session's own knowledge: values bound so far, packages that it installed, modules of cells.

Asked only where a session is joined and has a runtime; nothing is started, run or waited for. It
knows what the cells above have evaluated, and nothing that is only written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from livebook_ls.intelligence.answers import (
    CallForm,
    CallHelp,
    Definition,
    Details,
    Suggestion,
    SuggestionKind,
    Suggestions,
)
from livebook_ls.intelligence.code_cells import ELIXIR, CodeCell, CodePlace
from livebook_ls.intelligence.provider import Provider
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.live.cells import RuntimeStatus
from livebook_ls.livebook.live.intellisense import CodeDetails, CompletionItem, DefinitionPlace
from livebook_ls.livebook.live.questions import Unanswered
from livebook_ls.livebook.live.session import LiveSession
from livebook_ls.notebook.model import Span

_KINDS = {it.value: it for it in SuggestionKind}
# What Livebook's own editor takes for the word that is being typed.
_WORD = re.compile(r"[:@&^%~]?[^\W\d]?\w*[?!]?$")
_CELL = re.compile(r"#cell:(\w+)$")


@dataclass(frozen=True, slots=True)
class JoinedCells:
    """A joined session, and which of its cells are which of the notebook's as it is shown.

    Both are ids of the session's cells by the characters at which the code of ours begins: `known`
    of those with the same text, `likely` those in whose names to ask, for all that can be asked
    about.
    """

    session: LiveSession
    known: Mapping[int, str]
    likely: Mapping[int, str]

    def asked_as(self, cell: CodeCell) -> str | None:
        """The session's cell in whose name to ask about a cell."""
        return self.likely.get(cell.span.start)

    def begins_at(self, cell_id: str) -> int | None:
        """Where the code of a session's cell begins in the notebook."""
        return next((at for at, it in self.known.items() if it == cell_id), None)


class SessionHelp(Provider):
    """Asks the notebook's session; `cells_of` says which, by the notebook's path, if any."""

    name = "session"

    def __init__(self, cells_of: Callable[[str], JoinedCells | None]) -> None:
        self._cells_of = cells_of

    async def complete(self, place: CodePlace) -> Suggestions | None:
        """What Livebook's own editor would offer, in its order."""
        if (asked := self._asked(place)) is None:
            return None
        cells, cell_id = asked
        try:
            found = await cells.session.complete(cell_id, place.before)
        except LivebookError:
            return None
        if isinstance(found, Unanswered) or not found:
            return None
        typed = _typed(place.before, found)
        replaced = Span(place.offset - len(typed), place.offset)
        return Suggestions(tuple(map(self._suggestion, found)), replaced)

    async def details(self, place: CodePlace) -> Details | None:
        """What is evaluated under the name at the place, or known of it."""
        if (asked := self._asked(place)) is None:
            return None
        cells, cell_id = asked
        number = place.before.count("\n")
        line = place.cell.code.split("\n")[number]
        column = _units(line[: len(place.before.rpartition("\n")[2])])
        try:
            found = await cells.session.describe(cell_id, line, column)
            if found is None and column:
                # Behind its last letter, one still points at a name.
                found = await cells.session.describe(cell_id, line, column - 1)
        except LivebookError:
            return None
        if found is None or isinstance(found, Unanswered):
            return None
        start, end = (
            place.cell.text_offset(number, len(_of_units(line, it)))
            for it in (found.start, found.end)
        )
        return Details(Span(start, end), found.contents, _definition(cells, place, found))

    async def signature(self, place: CodePlace) -> CallHelp | None:
        """The call that the code before the place ends in."""
        if (asked := self._asked(place)) is None:
            return None
        cells, cell_id = asked
        try:
            found = await cells.session.signatures(cell_id, place.before)
        except LivebookError:
            return None
        if found is None or isinstance(found, Unanswered) or not found.items:
            return None
        forms = tuple(CallForm(it.signature, it.arguments) for it in found.items)
        return CallHelp(forms, found.active_argument)

    async def format(self, path: str, cells: Sequence[CodeCell]) -> tuple[str | None, ...] | None:
        """Each Elixir cell's form by the runtime's own formatter."""
        known = self._ready(path)
        if known is None or not cells or cells[0].language != ELIXIR:
            return None
        forms: list[str | None] = []
        for cell in cells:
            cell_id = known.asked_as(cell) or "setup"
            try:
                form = await known.session.format_code(cell_id, cell.code)
            except LivebookError:
                return None
            if isinstance(form, Unanswered):
                return None
            forms.append(form)
        return tuple(forms)

    def _ready(self, path: str) -> JoinedCells | None:
        """The notebook's session where it has a runtime, which alone knows anything."""
        cells = self._cells_of(path)
        is_ready = cells and cells.session.notebook.runtime is RuntimeStatus.CONNECTED
        return cells if is_ready else None

    def _asked(self, place: CodePlace) -> tuple[JoinedCells, str] | None:
        if place.cell.language != ELIXIR:
            return None
        cells = self._ready(place.path)
        cell_id = cells.asked_as(place.cell) if cells else None
        return (cells, cell_id) if cells and cell_id else None

    def _suggestion(self, item: CompletionItem) -> Suggestion:
        return Suggestion(
            label=item.label,
            kind=_KINDS.get(item.kind, SuggestionKind.FUNCTION),
            insert=item.insert_text,
            documentation=item.documentation or None,
            provider=self.name,
        )


def _typed(before: str, items: Sequence[CompletionItem]) -> str:
    """What is typed of the suggestions already: the end of the code that they begin with."""
    found = _WORD.search(before)
    word = found[0] if found else ""
    for typed in (word, word[1:]):
        if all(it.insert_text.startswith(typed) for it in items):
            return typed
    return re.split(r"\W", word)[-1] if word else ""


def _definition(cells: JoinedCells, place: CodePlace, found: CodeDetails) -> Definition | None:
    at: DefinitionPlace | None = found.definition
    if at is None:
        return None
    inside = _CELL.search(at.file)
    if inside is None:
        return Definition(path=at.file, line=max(at.line, 0))
    begins = cells.begins_at(inside[1])
    if begins is None:
        return None
    cell = next((it for it in (*place.above, place.cell) if it.span.start == begins), None)
    if cell is None:
        return None
    start = cell.text_offset(max(at.line, 0), 0)
    return Definition(span=Span(start, start))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _of_units(line: str, units: int) -> str:
    return line.encode("utf-16-le", "surrogatepass")[: 2 * max(units, 0)].decode(
        "utf-16-le", "ignore"
    )
