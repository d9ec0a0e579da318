"""Where a name of a notebook's code is used: places of the same name with the same definition."""

from __future__ import annotations

import re
from collections.abc import Iterator

from livebook_ls import clock
from livebook_ls.intelligence.asking import Intelligence
from livebook_ls.intelligence.code_cells import code_cells, place_at
from livebook_ls.notebook.model import Notebook, Span
from livebook_ls.notebook.source import Source

_NAME = re.compile(r"[^\W\d]\w*[?!]?")
# A definition may begin with its keyword, and a module's name with those that it is in.
_BEFORE_NAME = re.compile(r"(?:def\w*[ \t]+)?(?:\w+\.)*")
# A name that is everywhere is nobody's question.
_MOST_PLACES = 300
_WITHIN_S = 3.0


async def usages(
    intelligence: Intelligence, notebook: Notebook, source: Source, path: str, offset: int
) -> tuple[Span, tuple[Span, ...]] | None:
    """Where the name at a character is defined, and where else it is used, in the text's order.

    None where there is no name, or one that the notebook itself doesn't define. As many as are
    found in time.
    """
    place = place_at(notebook, source, path, offset)
    name = _name_at(source, offset)
    if name is None or place is None:
        return None
    word = source.text[name.start : name.end]
    meant = await intelligence.definition(place)
    if meant is not None and meant.span is None:
        return None
    # Who asks at a function's own head is answered nothing.
    own = _named(source, meant.span, word) if meant and meant.span else name
    until_s = clock.monotonic_s() + _WITHIN_S
    found: list[Span] = []
    for it in _places(notebook, source, place.cell.language, word):
        if clock.monotonic_s() > until_s or len(found) == _MOST_PLACES:
            break
        if it == own:
            continue
        there = place_at(notebook, source, path, it.start)
        defined = await intelligence.definition(there) if there else None
        if defined and defined.span and _named(source, defined.span, word) == own:
            found.append(it)
    return own, tuple(found)


def _named(source: Source, definition: Span, word: str) -> Span:
    """Where the name itself stands in a definition that begins there."""
    before = _BEFORE_NAME.match(source.text, definition.start)
    at = before.end() if before else definition.start
    if not source.text.startswith(word, at):
        at = definition.start
    return Span(at, at + len(word))


def _name_at(source: Source, offset: int) -> Span | None:
    line = source.line_at(offset)
    start = source.starts[line]
    for found in _NAME.finditer(source.lines[line]):
        if start + found.start() <= offset <= start + found.end():
            return Span(*found.span()).moved(start)
    return None


def _places(notebook: Notebook, source: Source, language: str, word: str) -> Iterator[Span]:
    """The places of a word in the code of a language."""
    pattern = re.compile(rf"(?<![\w:@]){re.escape(word)}(?![\w?!])")
    for cell in code_cells(notebook, source):
        if cell.language == language and cell.is_written:
            for found in pattern.finditer(source.text, cell.span.start, cell.span.end):
                yield Span(*found.span())
