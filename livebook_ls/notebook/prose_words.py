"""How many words of prose a notebook has: those of its Markdown, without code and comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.model import CellType

if TYPE_CHECKING:
    from livebook_ls.notebook.model import Notebook

_NO_PROSE = re.compile(
    r"^(?P<fence>`{3,}|~{3,}).*?(?:^(?P=fence)[`~]*[ \t]*$|\Z)|<!--.*?(?:-->|\Z)|\]\([^)\s]*\)",
    re.MULTILINE | re.DOTALL,
)
# An apostrophe or a hyphen within a word parts nothing.
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def count_words(notebook: Notebook) -> int:
    """The words of all Markdown cells and headings."""
    prose = [
        cell.source
        for section in notebook.sections
        for cell in section.cells
        if cell.type is CellType.MARKDOWN
    ]
    names = [section.name for section in notebook.sections if section.name_span is not None]
    if notebook.name_span is not None:
        names.append(notebook.name)
    return sum(len(_WORD.findall(it)) for it in (*names, *(_NO_PROSE.sub(" ", it) for it in prose)))
