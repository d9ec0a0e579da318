"""Document symbols: the notebook's outline, as a tree or flat, as the client can.

In JSON, which is all that becomes of them: a large notebook has thousands, and each would be six of
lsprotocol's objects for a moment. The first outline is made before those types are loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from livebook_ls.lsp.ranges import to_range_json
from livebook_ls.notebook.outline import EntryKind, OutlineEntry
from livebook_ls.notebook.source import Source, Unit

# By the numbers of LSP's SymbolKind.
SYMBOL_KINDS = {
    EntryKind.NOTEBOOK: 1,  # File
    EntryKind.SETUP: 9,  # Constructor
    EntryKind.SECTION: 3,  # Namespace
    EntryKind.CODE: 12,  # Function
    EntryKind.MARKDOWN: 15,  # String
    EntryKind.SMART: 19,  # Object
    EntryKind.MODULE: 2,  # Module
}


def symbol_tree(
    entries: Sequence[OutlineEntry], source: Source, unit: Unit
) -> list[dict[str, Any]]:
    """The entries with their children inside them: LSP's `DocumentSymbol[]`."""
    return [_symbol(it, source, unit) for it in entries]


def _symbol(entry: OutlineEntry, source: Source, unit: Unit) -> dict[str, Any]:
    symbol: dict[str, Any] = {
        "name": entry.name,
        "kind": SYMBOL_KINDS[entry.kind],
        "range": to_range_json(source, entry.span, unit),
        "selectionRange": to_range_json(source, entry.name_span, unit),
    }
    if entry.detail:
        symbol["detail"] = entry.detail
    if entry.children:
        symbol["children"] = symbol_tree(entry.children, source, unit)
    return symbol


def flat_symbols(
    entries: Sequence[OutlineEntry], uri: str, source: Source, unit: Unit
) -> list[dict[str, Any]]:
    """The entries in the order of the text, each with its container's name: LSP's
    `SymbolInformation[]`.
    """
    symbols = []
    for entry, container in _flat(entries, None):
        symbol: dict[str, Any] = {
            "name": entry.name,
            "kind": SYMBOL_KINDS[entry.kind],
            "location": {"uri": uri, "range": to_range_json(source, entry.span, unit)},
        }
        if container is not None:
            symbol["containerName"] = container
        symbols.append(symbol)
    return symbols


def _flat(
    entries: Sequence[OutlineEntry], container: str | None
) -> Iterator[tuple[OutlineEntry, str | None]]:
    for entry in entries:
        yield entry, container
        yield from _flat(entry.children, entry.name)
