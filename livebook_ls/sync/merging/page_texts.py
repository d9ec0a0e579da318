"""Texts of cells as a session's page has them, in notebooks as Livebook writes those."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from livebook_ls.notebook.exporting.prose import exported_prose
from livebook_ls.notebook.markdown.parser_version import RELEASED
from livebook_ls.notebook.model import Cell, CellType
from livebook_ls.sync.guarding.notebook_text import NotebookText

# Livebook writes emphasis with another sign.
_WORD = re.compile(r"[^\W_]+")
# A cell and itself with some keys typed are more alike than that; another cell is not.
_ALIKE = 0.49
# Of longer ones words are compared: sign by sign takes time with the square.
_LONG = 200
_KEPT_FORMS = 16


def news(texts: Iterable[str], known: Iterable[NotebookText], written: Iterable[str]) -> list[str]:
    """Which cells' texts none of these has; what was `written` is asked for where there are any."""
    cells = [cell for it in known for cell in it.notebook.cells]
    found = [text for text in texts if not any(says(cell, text) for cell in cells)]
    if found:
        notebooks = list(written)
        found = [text for text in found if not any(has_cell(it, text) for it in notebooks)]
    return found


def filled_with(before: NotebookText, texts: Iterable[str]) -> str:
    """Its body, with each text in the cell that is most like it, where one is."""
    body = before.body
    for text in texts:
        body = _with_cell(NotebookText(body), text)
    return body


def whole_with(before: NotebookText, texts: Sequence[str]) -> NotebookText:
    """The same as a text to be kept, at whose end stands what is in no cell."""
    body = filled_with(before, texts)
    left = [text for text in texts if not (has_cell(body, text) or _has_form(body, text))]
    return NotebookText(body + "".join(f"\n{text}\n" for text in left))


def says(cell: Cell, text: str) -> bool:
    """Whether this is the cell that has a text on the session's page."""
    if cell.source == text:
        return True
    if cell.type is not CellType.MARKDOWN:
        return False
    # Livebook writes Markdown in its own form, in which it comes back from the file.
    words, form = _words(cell.source), _form(text)
    return cell.source == form or words == _words(text) or (words != [] and words == _words(form))


def _has_form(notebook: str, text: str) -> bool:
    """Whether a notebook has all of a Text cell as Livebook writes it."""
    form = _form(text)
    return has_cell(notebook, form) and set(_words(text)) <= set(_words(form))


def has_cell(notebook: str, text: str) -> bool:
    """Whether a notebook has just these lines: in code a sign is all that somebody may change."""
    return f"\n{text}\n" in f"\n{notebook}\n"


@lru_cache(_KEPT_FORMS)
def _form(text: str) -> str:
    """A Text cell as Livebook writes it into the file."""
    return exported_prose(text, RELEASED)


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _with_cell(notebook: NotebookText, text: str) -> str:
    """The notebook with this text in the cell that is most like it; as it is where none is."""
    cell = _most_alike(notebook.notebook.cells, text)
    if cell is None:
        return notebook.text
    start, end = cell.source_span
    whole = notebook.text
    if cell.type is CellType.MARKDOWN:
        # Else code in it would be a cell, and what it leaves open would take in the next ones.
        text = _form(text) or cell.source
    # An empty cell's fences stand on lines of their own.
    fence = "\n" if start == end and cell.type is not CellType.MARKDOWN else ""
    return whole[:start] + text + fence + whole[end:]


def _most_alike(cells: Iterable[Cell], text: str) -> Cell | None:
    """The cell that was `text` before some keys; None where it may be none of them."""
    matchers = [(it, _matcher(it.source, text)) for it in cells]
    # Quicker than the likeness itself, which is no more than that.
    at_most = [(matcher.quick_ratio(), it, matcher) for it, matcher in matchers]
    best, likeness = None, _ALIKE
    for most, cell, matcher in sorted(at_most, key=lambda it: it[0], reverse=True):
        if most <= likeness:
            break
        if matcher.ratio() > likeness:
            best, likeness = cell, matcher.ratio()
    return best


def _matcher(one: str, other: str) -> SequenceMatcher[str]:
    is_long = max(len(one), len(other)) > _LONG
    before, after = (one.split(), other.split()) if is_long else (list(one), list(other))
    return SequenceMatcher(None, before, after, autojunk=False)


def lacks_only_unwritten(before: str, now: str, cells: Iterable[Cell]) -> bool:
    """Whether one of these cells has the text that was there `before` but for what Livebook writes
    into no file, as headings in Text cells: that it says by `now`.
    """
    if not set(_words(before)) - set(_words(now)) or _words(_form(before)) != _words(_form(now)):
        return False
    speaking = [it for it in cells if says(it, now)]
    return bool(speaking) and all(it.type is CellType.MARKDOWN for it in speaking)
