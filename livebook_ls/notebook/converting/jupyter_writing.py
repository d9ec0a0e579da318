"""A notebook as Jupyter's, in nbformat 4.5, with what only Livebook has under `livebook`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from livebook_ls.notebook.converting.jupyter_outputs import display, lines_of
from livebook_ls.notebook.exporting.export import smart_metadata
from livebook_ls.notebook.extracts import without_forcing
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import Cell, CellType

if TYPE_CHECKING:
    from livebook_ls.notebook.model import JsonValue, Notebook, Section

_FORMAT, _MINOR = 4, 5
_KERNELS: Mapping[str, JsonValue] = {
    "elixir": {"display_name": "Elixir", "language": "elixir", "name": "elixir"},
    "erlang": {"display_name": "Erlang", "language": "erlang", "name": "erlang"},
    "python": {"display_name": "Python 3", "language": "python", "name": "python3"},
}
_ELIXIR = "elixir"
_EDITOR_LANGUAGES = {"pyproject.toml": "toml"}


def jupyter_text(text: str, *, with_outputs: bool) -> str:
    """The notebook as the text of an `.ipynb` file, with its text outputs where they are wanted."""
    notebook = parse(text.removeprefix("\ufeff"))
    language = _main_language(notebook)
    metadata: dict[str, JsonValue] = {
        "kernelspec": _KERNELS.get(language),
        "language_info": {"name": language},
        # Also where it is empty: whoever reads it knows where the notebook comes from.
        "livebook": notebook.attrs,
    }
    cells: list[JsonValue] = [
        it | {"id": f"cell-{number}"}
        for number, it in enumerate(_cells(notebook, language, with_outputs=with_outputs), start=1)
    ]
    made: JsonValue = {
        "cells": cells,
        "metadata": metadata,
        "nbformat": _FORMAT,
        "nbformat_minor": _MINOR,
    }
    return json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _main_language(notebook: Notebook) -> str:
    """That of most cells, which is the one that a kernel is started for."""
    cells = (cell for section in notebook.sections for cell in section.cells)
    counts = Counter(_language(it) for it in cells if it.type is not CellType.MARKDOWN)
    return next((it for it, _ in counts.most_common() if it in _KERNELS), _ELIXIR)


def _cells(
    notebook: Notebook, language: str, *, with_outputs: bool
) -> Iterator[dict[str, JsonValue]]:
    yield _markdown(f"# {notebook.name}")
    for cell in notebook.setup:
        if cell.source.strip():
            yield _code(cell, language, {"setup": True}, with_outputs=False)
    for section in notebook.sections:
        yield _heading(section)
        for cell in section.cells:
            if cell.type is CellType.MARKDOWN:
                yield _markdown(without_forcing(cell.source))
            else:
                yield _code(cell, language, _own(cell), with_outputs=with_outputs)


def _heading(section: Section) -> dict[str, JsonValue]:
    own: dict[str, JsonValue] = {"section": True}
    if section.parent_index is not None:
        own["branch_parent_index"] = section.parent_index
    return _markdown(f"## {section.name}") | {"metadata": {"livebook": own}}


def _own(cell: Cell) -> dict[str, JsonValue]:
    """What Livebook's comment says of a cell."""
    own = dict(cell.metadata)
    if cell.type is CellType.SMART:
        own |= smart_metadata(cell)
    return own


def _markdown(text: str) -> dict[str, JsonValue]:
    return {"cell_type": "markdown", "metadata": {}, "source": lines_of(_line_feeds(text))}


def _code(
    cell: Cell, main: str, own: dict[str, JsonValue], *, with_outputs: bool
) -> dict[str, JsonValue]:
    language = _language(cell)
    metadata: dict[str, JsonValue] = {}
    if language != main:
        own = own | {"language": language}
        # So that an editor colours the cell by its own language.
        metadata["vscode"] = {"languageId": _EDITOR_LANGUAGES.get(language, language)}
    if own:
        metadata["livebook"] = own
    outputs = [display(_line_feeds(it.text)) for it in cell.outputs if it.is_kept]
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": outputs if with_outputs else [],
        "source": lines_of(_line_feeds(cell.source)),
    }


def _language(cell: Cell) -> str:
    """A smart cell's source is Elixir, made by Livebook."""
    return cell.language or _ELIXIR


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
