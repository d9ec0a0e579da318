"""An empty document begun as a notebook: as Livebook would, or by the user's own template."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from lsprotocol import types

from livebook_ls.lsp.commands.arguments import document, select, tell
from livebook_ls.lsp.convert import to_range
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source, decode
from livebook_ls.sync.disk import regular_file

_NEW = "# Untitled notebook\n\n## Section\n\n```elixir\n\n```\n"
_TITLE = re.compile(r"^# ([^\r\n]*)", re.MULTILINE)
_NOT_EMPTY = "There is text in this notebook already. Begin one in an empty file."
_NO_TEMPLATE = "The template {path} can't be read; a plain notebook is begun instead."


async def begin_notebook(ls: NotebookServer, *arguments: object) -> types.Range | None:
    """Fill an empty notebook, its title selected; None where nothing was done."""
    shown = document(ls, arguments)
    if shown is None:
        return None
    if shown.text.strip():
        tell(ls, types.MessageType.Warning, _NOT_EMPTY)
        return None
    text = await _template(ls) or _NEW
    if shown.text.strip() or not await ls.rewrite(shown, text):
        return None
    found = _TITLE.search(text)
    span = Span(*found.span(1)) if found else Span(0, 0)
    selected = to_range(Source(text), span, ls.unit)
    await select(ls, shown.uri, selected)
    return selected


async def _template(ls: NotebookServer) -> str | None:
    """The user's template, without a stamp, which is made for one file; None for none."""
    setting = ls.notebooks.settings.notebook_template
    if not setting:
        return None
    text = await asyncio.to_thread(_text_of, setting)
    if text is None:
        tell(ls, types.MessageType.Warning, _NO_TEMPLATE.format(path=setting))
        return None
    stamp = parse(text).stamp
    return text if stamp is None else text[: stamp.span.start].rstrip() + "\n"


def _text_of(path: str) -> str | None:
    try:
        return decode(regular_file.read(str(Path(path).expanduser())))
    except (OSError, RuntimeError):
        # RuntimeError: a home folder that nobody has.
        return None
