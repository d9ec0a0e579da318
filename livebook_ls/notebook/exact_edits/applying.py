"""Each operation done to the parts of a notebook."""

from __future__ import annotations

from collections.abc import Sequence

from livebook_ls.notebook.exact_edits import cell_operations, operations, section_operations
from livebook_ls.notebook.exact_edits.operations import EditOperation, NewCell
from livebook_ls.notebook.exact_edits.parts import Parts


def apply(operation: EditOperation, parts: Parts) -> None:
    """Do `operation` to `parts`; raises EditRefusal where it can't be done."""
    match operation:
        case operations.ReplaceSource():
            cell_operations.replace_source(operation, parts)
        case operations.ReplacePassage():
            cell_operations.replace_passage(operation, parts)
        case operations.InsertCells():
            cell_operations.insert_cells(operation, parts)
        case operations.DeleteCell():
            cell_operations.delete_cell(operation, parts)
        case operations.MoveCell():
            cell_operations.move_cell(operation, parts)
        case operations.SetCell():
            cell_operations.set_cell(operation, parts)
        case operations.SmartToCode():
            cell_operations.smart_to_code(operation, parts)
        case operations.InsertSection():
            section_operations.insert_section(operation, parts)
        case operations.RenameSection():
            section_operations.rename_section(operation, parts)
        case operations.DeleteSection():
            section_operations.delete_section(operation, parts)
        case operations.MoveSection():
            section_operations.move_section(operation, parts)
        case operations.SetBranch():
            section_operations.set_branch(operation, parts)
        case operations.SetTitle():
            section_operations.set_title(operation, parts)
        case operations.SetNotebook():
            section_operations.set_notebook(operation, parts)


def new_cells_of(operation: EditOperation) -> Sequence[NewCell]:
    """The cells that an operation brings."""
    if isinstance(operation, operations.InsertCells | operations.InsertSection):
        return operation.cells
    return ()
