"""Quick fixes of git's conflict markers: edits of the text that take one side, or both."""

from __future__ import annotations

from lsprotocol import types

from livebook_ls.lsp.convert import from_position, to_workspace_edit
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features.actions import wants
from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.notebook.merging.lines.marked_blocks import MarkedBlock, marked_blocks
from livebook_ls.notebook.source import Unit

# What the hazard of such markers is called.
_CODE = "merge-conflict"
_TITLES = {Take.MINE: "Take mine", Take.THEIRS: "Take theirs", Take.BOTH: "Take both"}


def marker_actions(
    document: Document, range_: types.Range, context: types.CodeActionContext, unit: Unit
) -> list[types.CodeAction]:
    """What settles the conflict that `range_` touches, and all of them where there are several."""
    if not wants(context, types.CodeActionKind.QuickFix):
        return []
    source = document.source
    start = from_position(source, range_.start, unit)
    end = from_position(source, range_.end, unit)
    blocks = list(marked_blocks(source.text))
    touched = [it for it in blocks if it.span.start <= end and start <= it.span.end]
    if not touched:
        return []
    shown = [it for it in context.diagnostics if it.code == _CODE] or None
    actions = [
        _action(document, touched[:1], take, title, shown, unit) for take, title in _TITLES.items()
    ]
    if len(blocks) > 1:
        actions += [
            _action(document, blocks, take, f"{title} everywhere", shown, unit)
            for take, title in _TITLES.items()
        ]
    return actions


def _action(
    document: Document,
    blocks: list[MarkedBlock],
    take: Take,
    title: str,
    shown: list[types.Diagnostic] | None,
    unit: Unit,
) -> types.CodeAction:
    changes = [Replacement(it.span, it.taking(take)) for it in blocks]
    return types.CodeAction(
        title=title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=shown,
        edit=to_workspace_edit(document.uri, document.source, changes, unit),
    )
