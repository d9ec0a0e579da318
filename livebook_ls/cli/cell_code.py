"""The code in notebooks' cells, for commands: its form, and what does not parse of it."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from livebook_ls.cli.terminal import complain
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.source import Source
from livebook_ls.settings import Settings

# Who helps with code is loaded where that is asked for: most of these commands do without.
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import AsyncIterator

    from livebook_ls.intelligence.answers import CodeProblem
    from livebook_ls.intelligence.asking import Intelligence

_WITHIN_S = 30.0


def add_arguments(parser: ArgumentParser, what: str) -> None:
    """`--cells`, which does `what`, and whose Elixir is asked."""
    parser.add_argument("--cells", action="store_true", help=f"{what}; asks your elixir")
    parser.add_argument("--elixir", metavar="PROGRAM", default="", help="with --cells: that elixir")


@asynccontextmanager
async def helpers(options: Namespace) -> AsyncIterator[Intelligence | None]:
    """Who can be asked; None, and told on stderr, where there is no Elixir."""
    from livebook_ls.intelligence.standing import CodeHelpers

    found = CodeHelpers(Settings(elixir_path=options.elixir), os.environ)
    try:
        elixir = await found.elixir()
        if not elixir.helps:
            complain(f"{elixir.sentence} {elixir.mend}")
        yield found.intelligence if elixir.helps else None
    finally:
        await found.close()


async def formed(intelligence: Intelligence, path: str, text: str) -> str:
    """A notebook's text with its cells' code in form; what does not parse stays as it is."""
    from livebook_ls.intelligence.cell_forms import with_forms
    from livebook_ls.intelligence.code_cells import code_cells

    source = Source(text)
    notebook = parse_source(source)
    cells = [it for it in code_cells(notebook, source) if it.is_written]
    forms = await intelligence.format(path, cells, _WITHIN_S)
    return with_forms(notebook, text, forms) or text


async def syntax_errors(
    intelligence: Intelligence, path: str, source: Source
) -> tuple[CodeProblem, ...]:
    """What does not parse in a notebook's cells."""
    from livebook_ls.intelligence.code_cells import code_cells

    cells = [it for it in code_cells(parse_source(source), source) if it.is_written]
    return await intelligence.problems(path, cells, _WITHIN_S)
