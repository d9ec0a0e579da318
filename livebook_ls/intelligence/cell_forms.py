"""A notebook's text with the code of its cells in another form, proven to be the same notebook."""

from __future__ import annotations

from collections.abc import Mapping

from livebook_ls.intelligence.code_cells import CodeCell
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.model import Notebook
from livebook_ls.notebook.source import Source


def with_forms(notebook: Notebook, text: str, forms: Mapping[CodeCell, str]) -> str | None:
    """The text with these cells' code replaced; None where another notebook would come of it.

    A form could hold a line that ends its fence, for example.
    """
    changed = text
    for cell in sorted(forms, key=lambda it: it.span, reverse=True):
        start, end = cell.span
        changed = changed[:start] + cell.text_of(forms[cell]) + changed[end:]
    expected = {cell.span: form for cell, form in forms.items()}
    wanted = [(it.type, expected.get(it.source_span, it.source)) for it in notebook.cells]
    now = parse_source(Source(changed))
    is_same = [(it.type, it.source) for it in now.cells] == wanted
    return changed if is_same and _frame(now) == _frame(notebook) else None


def _frame(notebook: Notebook) -> tuple[object, ...]:
    """What must stay beside the cells' code."""
    return (
        notebook.name,
        notebook.attrs,
        len(notebook.failures),
        [(it.name, it.parent_index, len(it.cells)) for it in notebook.sections],
        [(it.language, it.metadata, len(it.outputs)) for it in notebook.cells],
    )
