"""Handlers that answer by where the cursor is: in code, in a link, or in Livebook's comments."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from lsprotocol import types

from livebook_ls import clock
from livebook_ls.intelligence.asking import ON_REQUEST_S, TYPING_S
from livebook_ls.intelligence.code_cells import CodePlace, place_at
from livebook_ls.lsp.completion import suggestions
from livebook_ls.lsp.convert import from_position, to_range
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features.cell_results import result_hover
from livebook_ls.lsp.features.hover import hover
from livebook_ls.lsp.handlers.linking import link_definition, link_hover
from livebook_ls.lsp.server import NotebookServer

_IN_CODE = frozenset(".:@%&^~")
# Behind these stand languages, keys and values of comments, and addresses of links.
_IN_PROSE = frozenset('`~<:{",(#/')
_TRIGGERS = sorted(_IN_CODE | _IN_PROSE)
# Behind a key, clients ask without saying that nobody asked them to.
_TYPED_JUST_NOW_S = 0.3
_DIVIDER = "\n\n---\n\n"


async def completion(
    ls: NotebookServer, params: types.CompletionParams
) -> types.CompletionList | None:
    """What may follow here: code in a cell, else what the format has."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    place = _place(ls, document, params.position)
    typed = params.context.trigger_character if params.context else None
    if place is None:
        return await _in_format(ls, document, params.position)
    if typed is not None and typed not in _IN_CODE:
        return None
    source = document.source
    is_typing = clock.monotonic_s() - document.changed_s < _TYPED_JUST_NOW_S
    found = await ls.intelligence.complete(place, TYPING_S if is_typing else ON_REQUEST_S)
    if found is None or document.source is not source:
        # The helper may still be starting: asked again, it will know.
        return types.CompletionList(is_incomplete=True, items=[])
    return suggestions.completion_list(found, source, ls.unit, ls.profile)


async def _in_format(
    ls: NotebookServer, document: Document, position: types.Position
) -> types.CompletionList | None:
    # Loaded when something is first completed in prose.
    from livebook_ls.lsp.completion.proposals import proposal_list
    from livebook_ls.notebook.completion.proposing import propose

    linked, source = document.reading.linked, document.source
    offset = from_position(source, position, ls.unit)
    around = ls.workspace_notebooks.surroundings(document.path)
    found = await asyncio.to_thread(propose, linked, offset, document.path, around)
    return proposal_list(found, source, ls.unit, ls.profile) if found else None


async def resolve(ls: NotebookServer, item: types.CompletionItem) -> types.CompletionItem:
    """The same item with its documentation."""
    suggestion = suggestions.suggestion_of(item)
    if suggestion is not None and (text := await ls.intelligence.resolve(suggestion)):
        item.documentation = suggestions.documentation(text, ls.profile)
    return item


async def show_hover(ls: NotebookServer, params: types.HoverParams) -> types.Hover | None:
    """What is under the pointer: what only Livebook reads, or a name in code."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    source, unit = document.source, ls.unit
    offset = from_position(source, params.position, unit)
    shown = _result_hover(ls, document, offset) or hover(document.notebook, source, offset, unit)
    place = None if shown else _place(ls, document, params.position)
    if place is None:
        return shown or await link_hover(ls, document, offset)
    found = await ls.intelligence.hover(place)
    if found is None:
        return None
    return types.Hover(
        contents=suggestions.documentation(_DIVIDER.join(found.texts), ls.profile),
        range=to_range(source, found.span, unit),
    )


async def signature_help(
    ls: NotebookServer, params: types.SignatureHelpParams
) -> types.SignatureHelp | None:
    """How the call around the cursor goes."""
    document = ls.documents.get(params.text_document.uri)
    place = _place(ls, document, params.position)
    found = await ls.intelligence.signature(place) if place else None
    if found is None:
        return None
    return types.SignatureHelp(
        signatures=[
            types.SignatureInformation(
                label=form.text,
                parameters=[types.ParameterInformation(label=it) for it in form.arguments],
            )
            for form in found.forms
        ],
        active_signature=0,
        active_parameter=found.active,
    )


async def definition(ls: NotebookServer, params: types.DefinitionParams) -> types.Location | None:
    """Where the name under the cursor is defined, or the link there leads."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    source = document.source
    place = _place(ls, document, params.position)
    if place is None:
        return await link_definition(ls, document, from_position(source, params.position, ls.unit))
    found = await ls.intelligence.definition(place)
    if found is None:
        return None
    if found.span is not None:
        return types.Location(document.uri, to_range(source, found.span, ls.unit))
    # The runtime may be on another machine.
    if found.path is None or not await asyncio.to_thread(Path(found.path).is_file):
        return None
    start = types.Position(line=found.line, character=0)
    return types.Location(Path(found.path).as_uri(), types.Range(start, start))


def _place(
    ls: NotebookServer, document: Document | None, position: types.Position
) -> CodePlace | None:
    if document is None:
        return None
    offset = from_position(document.source, position, ls.unit)
    return place_at(document.notebook, document.source, document.asked_path, offset)


def _result_hover(ls: NotebookServer, document: Document, offset: int) -> types.Hover | None:
    link = ls.notebooks.links.get(document.asked_path)
    return result_hover(
        ls.board.cells(document),
        document.source,
        offset,
        ls.unit,
        link.url if link else None,
        has_images=ls.profile.shows_images,
    )


HANDLERS: dict[str, tuple[Any, Any]] = {
    types.TEXT_DOCUMENT_COMPLETION: (
        completion,
        types.CompletionOptions(
            trigger_characters=sorted(_IN_CODE | _IN_PROSE), resolve_provider=True
        ),
    ),
    types.COMPLETION_ITEM_RESOLVE: (resolve, None),
    types.TEXT_DOCUMENT_HOVER: (show_hover, None),
    types.TEXT_DOCUMENT_SIGNATURE_HELP: (
        signature_help,
        types.SignatureHelpOptions(trigger_characters=["(", ","]),
    ),
    types.TEXT_DOCUMENT_DEFINITION: (definition, None),
}
