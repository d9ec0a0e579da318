"""Code actions that edit the cell or the section at a place: pure and instant.

What an action carries is the notebook, the place and the version of the text that it was offered
for: where anything was typed since, the place may be another.
"""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features.actions import is_asked_for_all, wants
from livebook_ls.lsp.features.cell_editing.edits import (
    BEGIN,
    CHANGE_LANGUAGE,
    EDITS,
    REWRITE,
    CellEdit,
    Offered,
)
from livebook_ls.notebook.editing.cell_text import LANGUAGES
from livebook_ls.notebook.model import Cell, CellType, Notebook


def edit_actions(
    document: Document,
    offset: int,
    position: types.Position,
    context: types.CodeActionContext,
    *,
    shows_refactorings: bool,
) -> Iterator[types.CodeAction]:
    """What can be done with the cell and the section at a place.

    An editor that `shows_refactorings` has a menu of them: its plain menu has the usual ones only.
    Another one has all in its one menu, without kinds, by which it would put them above the rest.
    """
    is_plain = is_asked_for_all(context)
    if not is_plain and not context.only:
        return
    where: dict[str, object] = {
        "uri": document.uri,
        "position": {"line": position.line, "character": position.character},
        "version": document.version,
    }
    if not document.text.strip():
        if is_plain:
            yield _action("Begin a New Notebook", None, BEGIN, where)
        return
    notebook = document.notebook
    cell = _cell_under(notebook, offset)
    shows_all = not is_plain or not shows_refactorings
    for it in EDITS:
        # A single menu has what is about sections on their headings only.
        fits = _fits(it, notebook, cell) and (shows_refactorings or cell is None or it.is_of_cells)
        if wants(context, it.kind) and fits and (shows_all or it.offered is Offered.PLAINLY):
            yield _action(it.title, it.kind if shows_refactorings else None, it.command, where)
    if cell is None or cell.type is not CellType.CODE or cell in notebook.setup:
        return
    if wants(context, REWRITE) and not is_plain:
        for language in LANGUAGES:
            if language != cell.language:
                about = {**where, "language": language}
                title = f"Change Language to {language.capitalize()}"
                yield _action(title, REWRITE, CHANGE_LANGUAGE, about)


def _fits(edit: CellEdit, notebook: Notebook, cell: Cell | None) -> bool:
    if edit.fits is None:
        return True
    return cell is not None and cell not in notebook.setup and cell.type in edit.fits


def _cell_under(notebook: Notebook, offset: int) -> Cell | None:
    """The cell that a place is in, with the blank lines below it; None on a heading."""
    starts: list[tuple[int, Cell | None]] = [(it.span.start, it) for it in notebook.setup]
    for section in notebook.sections:
        starts.append((section.span.start, None))
        starts += [(it.span.start, it) for it in section.cells]
    above = [cell for start, cell in starts if start <= offset]
    return above[-1] if above else None


def _action(
    title: str, kind: types.CodeActionKind | None, command: str, where: dict[str, object]
) -> types.CodeAction:
    return types.CodeAction(
        title=title,
        kind=kind,
        command=types.Command(title=title, command=command, arguments=[where]),
    )
