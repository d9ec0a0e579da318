"""A bare pygls server that answers an outline: what any server built on pygls pays.

With `--httpx` it loads the HTTP client as well, as a server that talks to something does.
"""

from __future__ import annotations

import sys

from lsprotocol import types
from pygls.lsp.server import LanguageServer

if "--httpx" in sys.argv:
    import httpx  # noqa: F401 — loading it is the point

server = LanguageServer("bare", "1")


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def outline(ls: LanguageServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    """One symbol for each heading, found in the simplest way."""
    lines = ls.workspace.get_text_document(params.text_document.uri).lines
    return [_symbol(number, it) for number, it in enumerate(lines) if it.startswith("#")]


def _symbol(number: int, line: str) -> types.DocumentSymbol:
    place = types.Range(types.Position(number, 0), types.Position(number, len(line)))
    return types.DocumentSymbol(line.strip("# \n"), types.SymbolKind.String, place, place)


server.start_io()
