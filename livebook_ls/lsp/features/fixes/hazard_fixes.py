"""Quick fixes of what Livebook would do to a notebook: edits of the text, tied to diagnostics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lsprotocol import types

from livebook_ls.lsp.convert import from_position, to_range, to_workspace_edit
from livebook_ls.lsp.documents.moved_text import first_line
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features.actions import wants
from livebook_ls.notebook.hazard import Hazard, QuickFix
from livebook_ls.notebook.links.checking import DeadLink
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Unit

_WORD = re.compile(r"\w+")


def fixes(
    document: Document, range_: types.Range, context: types.CodeActionContext, unit: Unit
) -> list[types.CodeAction]:
    """The fixes of the hazards that `range_` touches."""
    if not wants(context, types.CodeActionKind.QuickFix):
        return []
    source = document.source
    asked = Span(from_position(source, range_.start, unit), from_position(source, range_.end, unit))
    return [
        types.CodeAction(
            title=fix.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=_diagnostics(document, hazard, context.diagnostics, unit) or None,
            is_preferred=_keeps_all_words(fix, source.text) or None,
            edit=to_workspace_edit(document.uri, source, fix.replacements, unit),
        )
        for hazard, fix in _offered(document, asked)
    ]


def link_fixes(
    document: Document,
    dead: Sequence[DeadLink],
    range_: types.Range,
    context: types.CodeActionContext,
    unit: Unit,
) -> list[types.CodeAction]:
    """What the dead links on the lines of `range_` may have meant."""
    if not wants(context, types.CodeActionKind.QuickFix):
        return []
    source = document.source
    places = [(it, to_range(source, it.span, unit)) for it in dead]
    return [
        types.CodeAction(
            title=fix.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=_shown_at(place, it.code, context.diagnostics) or None,
            edit=to_workspace_edit(document.uri, source, fix.replacements, unit),
        )
        for it, place in places
        if place.start.line <= range_.end.line and range_.start.line <= place.end.line
        for fix in it.fixes
    ]


def _offered(document: Document, asked: Span) -> Iterator[tuple[Hazard, QuickFix]]:
    """Hazards on the lines asked about: nobody aims at a column to mend a line."""
    source = document.source
    first, last = source.line_at(asked.start), source.line_at(asked.end)
    offered: set[QuickFix] = set()
    for hazard in document.hazards:
        begins, ends = source.line_at(hazard.span.start), source.line_at(hazard.span.end)
        touches = begins <= last and first <= ends
        if touches and hazard.fix is not None and hazard.fix not in offered:
            offered.add(hazard.fix)
            yield hazard, hazard.fix


def _diagnostics(
    document: Document, hazard: Hazard, shown: Sequence[types.Diagnostic], unit: Unit
) -> list[types.Diagnostic]:
    place = to_range(document.source, first_line(document.source, hazard.span), unit)
    return _shown_at(place, hazard.code, shown)


def _shown_at(
    place: types.Range, code: str, shown: Sequence[types.Diagnostic]
) -> list[types.Diagnostic]:
    return [
        item
        for item in shown
        if item.source == "livebook" and item.code == code and item.range == place
    ]


def _keeps_all_words(fix: QuickFix, text: str) -> bool:
    """Whether nothing that anybody wrote goes, so that the fix needs no second thought."""
    gone = {word for it in fix.replacements for word in _words(text[it.span.start : it.span.end])}
    return gone <= {word for it in fix.replacements for word in _words(it.text)}


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
