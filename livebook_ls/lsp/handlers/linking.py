"""Handlers about links: which there are, where they lead, who links here or uses a name."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from livebook_ls.intelligence.code_cells import place_at
from livebook_ls.intelligence.usages import usages
from livebook_ls.lsp.convert import from_position, to_range
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.links.following import destined, is_there, links_to, meant_at
from livebook_ls.lsp.links.showing import document_links, hover_words, shown_path
from livebook_ls.lsp.server import NotebookServer


def document_link(
    ls: NotebookServer, params: types.DocumentLinkParams
) -> list[types.DocumentLink] | None:
    """The links that can be followed."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    return list(document_links(document, ls.unit, shows_lines=ls.profile.shows_lines_of_uris))


async def link_definition(
    ls: NotebookServer, document: Document, offset: int
) -> types.Location | None:
    """Where the link at a place leads; None for no link, and for those that lead elsewhere."""
    link = document.reading.linked.link_at(offset)
    found = await destined(ls.workspace_notebooks, document, link) if link else None
    if found is None:
        return None
    start = types.Position(line=0, character=0)
    place = types.Range(start, start)
    if found.notebook is not None and found.target is not None:
        place = to_range(found.notebook.notebook.source, found.target.span, ls.unit)
    elif await is_there(ls.workspace_notebooks, document, found.path) is False:
        return None
    return types.Location(ls.workspace_notebooks.uri(found.path), place)


async def link_hover(ls: NotebookServer, document: Document, offset: int) -> types.Hover | None:
    """Where the link at a place leads, in words."""
    link = document.reading.linked.link_at(offset)
    if link is None:
        return None
    found = await destined(ls.workspace_notebooks, document, link)
    name = None
    if found is not None and found.target is not None:
        name = found.target.name
    elif found is not None and found.notebook is not None:
        name = found.notebook.notebook.draft.notebook.name
    path = found.path if found else ""
    there = await is_there(ls.workspace_notebooks, document, path) if path else None
    words = hover_words(
        link, shown_path(path, document.asked_path) if path else "", name, is_there=there
    )
    if words is None:
        return None
    return types.Hover(
        contents=types.MarkupContent(kind=types.MarkupKind.Markdown, value=words),
        range=to_range(document.source, link.span, ls.unit),
    )


async def references(
    ls: NotebookServer, params: types.ReferenceParams
) -> list[types.Location] | None:
    """The links to the heading at the cursor or to what a link leads to; in code, a name's uses."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    offset = from_position(document.source, params.position, ls.unit)
    if place_at(document.notebook, document.source, document.asked_path, offset) is not None:
        wants_definition = params.context.include_declaration
        return await _usages(ls, document, offset, wants_definition=wants_definition)
    meant = await meant_at(ls.workspace_notebooks, document, offset)
    if meant is None:
        return None
    found = [
        types.Location(it.uri, to_range(it.notebook.source, link.span, ls.unit))
        for it in await ls.workspace_notebooks.linking_to(lambda path: path == meant.path)
        for link in links_to(it, meant)
    ]
    if params.context.include_declaration and meant.notebook and meant.target:
        place = to_range(meant.notebook.notebook.source, meant.target.span, ls.unit)
        found.insert(0, types.Location(meant.notebook.uri, place))
    return found


async def _usages(
    ls: NotebookServer, document: Document, offset: int, *, wants_definition: bool
) -> list[types.Location] | None:
    source = document.source
    found = await usages(ls.intelligence, document.notebook, source, document.asked_path, offset)
    if found is None or document.source is not source:
        return None
    defined, used = found
    spans = (defined, *used) if wants_definition else used
    return [types.Location(document.uri, to_range(source, it, ls.unit)) for it in spans]


HANDLERS: dict[str, tuple[Any, Any]] = {
    types.TEXT_DOCUMENT_DOCUMENT_LINK: (document_link, types.DocumentLinkOptions()),
    types.TEXT_DOCUMENT_REFERENCES: (references, None),
}
