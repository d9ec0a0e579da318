"""Document symbols: the notebook's outline, as a tree or flat, as the client can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from livebook_ls.lsp.convert import to_range
from livebook_ls.notebook.outline import EntryKind, OutlineEntry
from livebook_ls.notebook.source import Source, Unit

SYMBOL_KINDS = {
    EntryKind.NOTEBOOK: types.SymbolKind.File,
    EntryKind.SETUP: types.SymbolKind.Constructor,
    EntryKind.SECTION: types.SymbolKind.Namespace,
    EntryKind.CODE: types.SymbolKind.Function,
    EntryKind.MARKDOWN: types.SymbolKind.String,
    EntryKind.SMART: types.SymbolKind.Object,
    EntryKind.MODULE: types.SymbolKind.Module,
}


def symbol_tree(
    entries: Sequence[OutlineEntry], source: Source, unit: Unit
) -> list[types.DocumentSymbol]:
    """The entries with their children inside them."""
    return [
        types.DocumentSymbol(
            name=entry.name,
            detail=entry.detail or None,
            kind=SYMBOL_KINDS[entry.kind],
            range=to_range(source, entry.span, unit),
            selection_range=to_range(source, entry.name_span, unit),
            children=symbol_tree(entry.children, source, unit) or None,
        )
        for entry in entries
    ]


def flat_symbols(
    entries: Sequence[OutlineEntry], uri: str, source: Source, unit: Unit
) -> list[types.SymbolInformation]:
    """The entries in the order of the text, each with its container's name."""
    return [
        types.SymbolInformation(
            name=entry.name,
            kind=SYMBOL_KINDS[entry.kind],
            location=types.Location(uri=uri, range=to_range(source, entry.span, unit)),
            container_name=container,
        )
        for entry, container in _flat(entries, None)
    ]


def _flat(
    entries: Sequence[OutlineEntry], container: str | None
) -> Iterator[tuple[OutlineEntry, str | None]]:
    for entry in entries:
        yield entry, container
        yield from _flat(entry.children, entry.name)
