"""Suggestions as completion items, in the form that the client takes."""

from __future__ import annotations

from lsprotocol import types

from livebook_ls.intelligence.answers import Suggestion, SuggestionKind, Suggestions
from livebook_ls.lsp.client.profile import Profile
from livebook_ls.lsp.convert import to_range
from livebook_ls.notebook.source import Source, Unit

_CURSOR = "${}"
_FROM_TEXT = "from the text"
_KINDS = {
    SuggestionKind.FUNCTION: types.CompletionItemKind.Function,
    SuggestionKind.MODULE: types.CompletionItemKind.Module,
    SuggestionKind.STRUCT: types.CompletionItemKind.Struct,
    SuggestionKind.INTERFACE: types.CompletionItemKind.Interface,
    SuggestionKind.TYPE: types.CompletionItemKind.TypeParameter,
    SuggestionKind.VARIABLE: types.CompletionItemKind.Variable,
    SuggestionKind.FIELD: types.CompletionItemKind.Field,
    SuggestionKind.KEYWORD: types.CompletionItemKind.Keyword,
}


def completion_list(
    found: Suggestions, source: Source, unit: Unit, profile: Profile
) -> types.CompletionList:
    """The list for a text; what stands behind the cursor already is not written again."""
    begun = to_range(source, found.replaced, unit)
    has_parenthesis = source.text[found.replaced.end : found.replaced.end + 1] == "("
    items = [
        _item(it, number, begun, profile, has_parenthesis) for number, it in enumerate(found.items)
    ]
    return types.CompletionList(is_incomplete=not found.is_whole, items=items)


def suggestion_of(item: types.CompletionItem) -> Suggestion | None:
    """The suggestion that an item was made of, as far as its documentation is asked for."""
    data = item.data
    if not isinstance(data, dict):
        return None
    return Suggestion(
        label=item.label,
        kind=SuggestionKind.FUNCTION,
        insert="",
        key=data.get("key"),
        provider=str(data.get("provider")),
    )


def documentation(text: str, profile: Profile) -> types.MarkupContent:
    """A documentation in the form that the client shows."""
    kind = types.MarkupKind.Markdown if profile.has_markdown else types.MarkupKind.PlainText
    return types.MarkupContent(kind=kind, value=text)


def _item(
    it: Suggestion, number: int, begun: types.Range, profile: Profile, has_parenthesis: bool
) -> types.CompletionItem:
    is_snippet = profile.has_snippets and _CURSOR in it.insert and not has_parenthesis
    text = snippet(it.insert) if is_snippet else _plain(it.insert, has_parenthesis)
    item = types.CompletionItem(
        label=it.label,
        kind=_KINDS[it.kind],
        # Clients sort by themselves; Livebook's order is the better one.
        sort_text=f"{number:05}",
        filter_text=it.insert.partition("(")[0].partition(_CURSOR)[0].strip() or it.label,
        text_edit=types.TextEdit(range=begun, new_text=text),
    )
    if is_snippet:
        item.insert_text_format = types.InsertTextFormat.Snippet
    if it.documentation is not None:
        item.documentation = documentation(it.documentation, profile)
    elif it.key is not None:
        item.data = {"provider": it.provider, "key": it.key}
    if it.is_from_text:
        if profile.has_label_details:
            item.label_details = types.CompletionItemLabelDetails(description=_FROM_TEXT)
        else:
            item.detail = _FROM_TEXT
    return item


def snippet(insert: str) -> str:
    """What is inserted, in the syntax of LSP's snippets."""
    before, _, behind = insert.partition(_CURSOR)
    return f"{_escaped(before)}$0{_escaped(behind)}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")


def _plain(insert: str, has_parenthesis: bool) -> str:
    """Without a place for the cursor, a call ends with the function's name."""
    if _CURSOR in insert or has_parenthesis:
        return insert.partition("(")[0].partition(_CURSOR)[0]
    return insert
