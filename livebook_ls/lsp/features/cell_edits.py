"""Edits of cells and sections, as commands and as code actions with the same words: pure, instant.

What an action carries is the notebook, the place and the version of the text that it was offered
for: where anything was typed since, the place may be another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial

from lsprotocol import types

from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features.actions import is_asked_for_all, wants
from livebook_ls.notebook.editing import cells, converting, inserting, levels, sections, splitting
from livebook_ls.notebook.editing.cell_text import LANGUAGES
from livebook_ls.notebook.editing.inserting import Beside
from livebook_ls.notebook.editing.outcome import EditOutcome
from livebook_ls.notebook.model import Cell, CellType, Notebook

CHANGE_LANGUAGE = "livebook.changeCellLanguage"
_MOVE = types.CodeActionKind.RefactorMove
_REWRITE = types.CodeActionKind.RefactorRewrite
EDIT_KINDS = (_MOVE, _REWRITE)
_CODE = frozenset({CellType.CODE})
_TEXT = frozenset({CellType.MARKDOWN})
_SPLIT = _CODE | _TEXT
_ANY = frozenset(CellType)


class Offered(Enum):
    """Where an edit is offered."""

    # In the plain menu of every editor.
    PLAINLY = "plainly"
    # Where refactorings are asked for, and in editors that have no menu of them.
    AS_REFACTORING = "as refactoring"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEdit:
    """A command that edits the notebook at a place; `fits` has the cells that it is offered on.

    None there means that it is about sections: it is offered anywhere in one.
    """

    command: str
    title: str
    edit: Callable[[str, int], EditOutcome]
    kind: types.CodeActionKind = _REWRITE
    fits: frozenset[CellType] | None = _ANY
    offered: Offered = Offered.AS_REFACTORING


_PLAINLY = Offered.PLAINLY
EDITS = (
    CellEdit(
        command="livebook.insertCodeCellBelow",
        title="Insert Code Cell Below",
        edit=partial(inserting.insert_code_cell, side=Beside.BELOW),
        fits=None,
        offered=_PLAINLY,
    ),
    CellEdit(
        command="livebook.insertMarkdownCellBelow",
        title="Insert Markdown Cell Below",
        edit=partial(inserting.insert_markdown_cell, side=Beside.BELOW),
        fits=None,
        offered=_PLAINLY,
    ),
    CellEdit(
        command="livebook.insertCodeCellAbove",
        title="Insert Code Cell Above",
        edit=partial(inserting.insert_code_cell, side=Beside.ABOVE),
    ),
    CellEdit(
        command="livebook.insertMarkdownCellAbove",
        title="Insert Markdown Cell Above",
        edit=partial(inserting.insert_markdown_cell, side=Beside.ABOVE),
    ),
    CellEdit(
        command="livebook.splitCell",
        title="Split Cell Here",
        edit=splitting.split_cell,
        fits=_SPLIT,
        offered=_PLAINLY,
    ),
    CellEdit(
        command="livebook.joinCells",
        title="Join with the Next Cell",
        edit=splitting.join_with_next,
        fits=_SPLIT,
    ),
    CellEdit(
        command="livebook.moveCellUp",
        title="Move Cell Up",
        edit=cells.move_cell_up,
        kind=_MOVE,
        offered=_PLAINLY,
    ),
    CellEdit(
        command="livebook.moveCellDown",
        title="Move Cell Down",
        edit=cells.move_cell_down,
        kind=_MOVE,
        offered=_PLAINLY,
    ),
    CellEdit(command="livebook.duplicateCell", title="Duplicate Cell", edit=cells.duplicate_cell),
    CellEdit(command="livebook.deleteCell", title="Delete Cell", edit=cells.delete_cell),
    CellEdit(command="livebook.selectCell", title="Select Cell", edit=cells.select_cell),
    CellEdit(
        command="livebook.convertCellToMarkdown",
        title="Convert to Markdown Cell",
        edit=converting.convert_to_markdown,
        fits=_CODE,
    ),
    CellEdit(
        command="livebook.convertCellToCode",
        title="Convert to Code Cell",
        edit=converting.convert_to_code,
        fits=frozenset({CellType.MARKDOWN, CellType.SMART}),
    ),
    CellEdit(
        command="livebook.insertSection",
        title="Insert Section",
        edit=sections.insert_section,
        fits=None,
    ),
    CellEdit(
        command="livebook.branchOff",
        title="Branch Off from This Section",
        edit=sections.branch_off,
        fits=None,
    ),
    CellEdit(
        command="livebook.makeBranch",
        title="Make This Section a Branch of the One Above",
        edit=levels.make_branch,
        fits=None,
    ),
    CellEdit(
        command="livebook.moveSectionUp",
        title="Move Section Up",
        edit=sections.move_section_up,
        kind=_MOVE,
        fits=None,
    ),
    CellEdit(
        command="livebook.moveSectionDown",
        title="Move Section Down",
        edit=sections.move_section_down,
        kind=_MOVE,
        fits=None,
    ),
    CellEdit(
        command="livebook.promote",
        title="Promote Heading or Branch",
        edit=levels.promote,
        fits=None,
    ),
    CellEdit(command="livebook.demote", title="Demote Heading", edit=levels.demote, fits=None),
    CellEdit(
        command="livebook.deleteSection",
        title="Delete Section with Its Cells",
        edit=sections.delete_section,
        fits=None,
    ),
)


def language_title(language: str) -> str:
    """What changing a cell's language is called."""
    return f"Change Language to {language.capitalize()}"


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
    """
    is_plain = is_asked_for_all(context)
    if not is_plain and not context.only:
        return
    where: dict[str, object] = {
        "uri": document.uri,
        "position": {"line": position.line, "character": position.character},
        "version": document.version,
    }
    notebook = document.notebook
    cell = _cell_under(notebook, offset)
    for it in EDITS:
        is_usual = it.offered is _PLAINLY or not shows_refactorings
        if wants(context, it.kind) and (is_usual or not is_plain) and _fits(it, notebook, cell):
            yield _action(it.title, it.kind, it.command, where)
    if cell is None or cell.type is not CellType.CODE or cell in notebook.setup:
        return
    if wants(context, _REWRITE) and not (is_plain and shows_refactorings):
        for language in LANGUAGES:
            if language != cell.language:
                about = {**where, "language": language}
                yield _action(language_title(language), _REWRITE, CHANGE_LANGUAGE, about)


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
    title: str, kind: types.CodeActionKind, command: str, where: dict[str, object]
) -> types.CodeAction:
    return types.CodeAction(
        title=title,
        kind=kind,
        command=types.Command(title=title, command=command, arguments=[where]),
    )
