"""Proposals of the format as completion items, in the form that the client takes."""

from __future__ import annotations

from lsprotocol import types

from livebook_ls.lsp.client.profile import Profile
from livebook_ls.lsp.completion.suggestions import documentation, snippet
from livebook_ls.lsp.convert import to_range
from livebook_ls.notebook.completion.proposal import CURSOR, Proposal, ProposalKind, Proposals
from livebook_ls.notebook.source import Source, Unit

_KINDS = {
    ProposalKind.LANGUAGE: types.CompletionItemKind.EnumMember,
    ProposalKind.KEY: types.CompletionItemKind.Property,
    ProposalKind.VALUE: types.CompletionItemKind.Value,
    ProposalKind.COMMENT: types.CompletionItemKind.Snippet,
    ProposalKind.SECTION: types.CompletionItemKind.Reference,
    ProposalKind.FILE: types.CompletionItemKind.File,
    ProposalKind.FOLDER: types.CompletionItemKind.Folder,
    ProposalKind.BLOCK: types.CompletionItemKind.Snippet,
}


def proposal_list(
    found: Proposals, source: Source, unit: Unit, profile: Profile
) -> types.CompletionList | None:
    """The list for a text; of blocks a client that brings its own gets what only the text knows."""
    place = to_range(source, found.replaced, unit)
    items = [
        _item(it, number, place, profile)
        for number, it in enumerate(found.items)
        if not (profile.brings_snippets and it.is_fixed)
    ]
    return types.CompletionList(is_incomplete=False, items=items) if items else None


def _item(it: Proposal, number: int, place: types.Range, profile: Profile) -> types.CompletionItem:
    is_snippet = profile.has_snippets and CURSOR in it.insert
    text = snippet(it.insert) if is_snippet else it.insert.replace(CURSOR, "")
    item = types.CompletionItem(
        label=it.label,
        kind=_KINDS[it.kind],
        detail=it.detail or None,
        sort_text=f"{number:05}",
        filter_text=it.typed_as or it.label,
        text_edit=types.TextEdit(range=place, new_text=text),
    )
    if is_snippet:
        item.insert_text_format = types.InsertTextFormat.Snippet
    if it.documentation:
        item.documentation = documentation(it.documentation, profile)
    return item
