"""The commands that edit cells and sections, with the words that they are offered with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial

from lsprotocol import types

from livebook_ls.notebook.editing import cells, converting, inserting, levels, sections, splitting
from livebook_ls.notebook.editing.inserting import Beside
from livebook_ls.notebook.editing.outcome import EditOutcome
from livebook_ls.notebook.model import CellType

CHANGE_LANGUAGE = "livebook.changeCellLanguage"
BEGIN = "livebook.beginNotebook"
MOVE = types.CodeActionKind.RefactorMove
REWRITE = types.CodeActionKind.RefactorRewrite
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
    kind: types.CodeActionKind = REWRITE
    fits: frozenset[CellType] | None = _ANY
    offered: Offered = Offered.AS_REFACTORING

    @property
    def is_of_cells(self) -> bool:
        """Whether it is about cells, also where it is offered on headings."""
        return self.fits is not None or "Cell" in self.command


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
        kind=MOVE,
        offered=_PLAINLY,
    ),
    CellEdit(
        command="livebook.moveCellDown",
        title="Move Cell Down",
        edit=cells.move_cell_down,
        kind=MOVE,
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
        kind=MOVE,
        fits=None,
    ),
    CellEdit(
        command="livebook.moveSectionDown",
        title="Move Section Down",
        edit=sections.move_section_down,
        kind=MOVE,
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
