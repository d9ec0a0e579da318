"""`check --cells`: what does not parse in the cells, by the languages' own parsers."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace

from livebook_ls.cli import cell_code
from livebook_ls.cli.check.problems import Checked, syntax_error
from livebook_ls.intelligence.asking import Intelligence
from livebook_ls.livebook import paths
from livebook_ls.notebook.source import Source, decode
from livebook_ls.sync.disk import regular_file


def with_syntax_errors(
    found: Sequence[Checked], options: Namespace
) -> tuple[Iterator[Checked], int]:
    """What was found with the cells' syntax errors; exit code 1 where nobody can tell them."""
    checked, code = asyncio.run(_with_syntax_errors(found, options))
    return iter(checked), code


async def _with_syntax_errors(
    found: Sequence[Checked], options: Namespace
) -> tuple[Sequence[Checked], int]:
    async with cell_code.helpers(options) as intelligence:
        if intelligence is None:
            return found, 1
        return [await _checked(intelligence, it) for it in found], 0


async def _checked(intelligence: Intelligence, checked: Checked) -> Checked:
    try:
        # As it is read for every other problem; nothing else goes on meanwhile.
        text = decode(regular_file.read(checked.file))
    except OSError:
        return checked
    if text is None:
        return checked
    source = Source(text)
    found = await cell_code.syntax_errors(intelligence, paths.expanded(checked.file), source)
    problems = [*checked.problems, *(syntax_error(source, it.span, it.message) for it in found)]
    return replace(checked, problems=tuple(sorted(problems, key=lambda it: (it.line, it.column))))
