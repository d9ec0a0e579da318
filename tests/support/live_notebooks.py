"""A session as its page would show it that holds a text, all of it evaluated."""

from __future__ import annotations

from livebook_ls.livebook.live.cells import (
    CellState,
    CellStatus,
    LiveCell,
    LiveCellType,
    LiveNotebook,
    LiveSection,
    Validity,
    digest_of,
)
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import CellType

_TYPES = {
    CellType.CODE: LiveCellType.CODE,
    CellType.MARKDOWN: LiveCellType.MARKDOWN,
    CellType.SMART: LiveCellType.SMART,
}


def live_of(text: str, running: str = "", waiting: str = "") -> LiveNotebook:
    """The session; the cell with `running` in it is being evaluated, that with `waiting` queued."""
    cells = [LiveCell(id="setup", type=LiveCellType.CODE, is_setup=True, language="elixir")]
    for number, section in enumerate(parse(text).sections):
        is_branch = section.parent_index is not None
        held = LiveSection(id=f"s{number}", name=section.name, is_branch=is_branch)
        for cell in section.cells:
            status = CellStatus.READY
            if running and running in cell.source:
                status = CellStatus.EVALUATING
            elif waiting and waiting in cell.source:
                status = CellStatus.QUEUED
            state = CellState(
                validity=Validity.EVALUATED,
                digest=digest_of(cell.source),
                status=status,
            )
            cells.append(
                LiveCell(
                    id=f"c{len(cells)}",
                    type=_TYPES[cell.type],
                    language=cell.language or "",
                    section=held,
                    source=cell.source,
                    state=CellState() if cell.type is CellType.MARKDOWN else state,
                )
            )
    return LiveNotebook(cells=tuple(cells))
