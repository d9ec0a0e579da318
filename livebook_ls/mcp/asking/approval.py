"""A person's word for a run: it covers these cells with these texts, and no others.

They see all that they agree to, or are not asked at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livebook_ls.mcp import tool_refusal
from livebook_ls.mcp.asking import shown_code
from livebook_ls.notebook.exact_edits.handles import HandledPart
from livebook_ls.notebook.pieces.cutting import PieceKind

# More than that nobody reads in a dialog.
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person is asked, and what their word is bound to: the digest of all of it."""

    question: str
    digest: str


def of_cells(
    notebook: str,
    wanted: Sequence[HandledPart],
    brought_along: Sequence[HandledPart],
    by_themselves: Sequence[HandledPart],
) -> Approval:
    """The question whether these cells may run, each shown by its text; raises ToolRefusal where
    that is more than a person can be shown.
    """
    asked = [
        f"Run {_count(wanted)} of {shown_code.visible(notebook)} in Livebook?",
        *_shown(wanted),
    ]
    if brought_along:
        asked += ["", f"Livebook runs {_count(brought_along)} before, on which they stand:"]
        asked += _shown(brought_along)
    if by_themselves:
        asked += ["", f"Livebook may then run {_count(by_themselves)} by itself, as set there:"]
        asked += _shown(by_themselves)
    return _asked(notebook, asked, (*wanted, *brought_along, *by_themselves))


def of_edit(notebook: str, cells: Sequence[HandledPart], unseen: str = "") -> Approval:
    """The same for an edit that has these cells run, or may have, since what waits in the session
    can't be seen for the reason that is given.
    """
    told = f"Livebook then runs {_count(cells)}, now or by itself later:"
    if unseen:
        told = (
            f"What waits to run there can't be seen: {unseen} Livebook may then run "
            f"{_count(cells)}:"
        )
    asked = [f"Edit {shown_code.visible(notebook)}? {told}", *_shown(cells)]
    return _asked(notebook, asked, cells)


def of_act(notebook: str, question: str) -> Approval:
    """Another act in a notebook's session."""
    asked = f"{question} ({shown_code.visible(notebook)})"
    return Approval(asked, _digest(notebook, question))


def _asked(notebook: str, asked: Sequence[str], parts: Sequence[HandledPart]) -> Approval:
    question = "\n".join(asked)
    if len(question) > _MOST_CHARACTERS:
        raise tool_refusal.too_much_to_show(len(question), _MOST_CHARACTERS)
    return Approval(question, _digest(notebook, question, *map(repr, map(_said, parts))))


def _count(parts: Sequence[HandledPart]) -> str:
    return "1 cell" if len(parts) == 1 else f"{len(parts)} cells"


def _shown(parts: Sequence[HandledPart]) -> Iterator[str]:
    for it in parts:
        kind = "smart cell, " if it.says.kind is PieceKind.SMART else ""
        yield ""
        yield shown_code.visible(f"{it.handle} ({kind}{it.says.language}):")
        yield ""
        yield from shown_code.lines_of(it.says.text)
        if it.says.more != "{}":
            yield ""
            yield "with its attributes:" if not kind else "made by Livebook anew from:"
            yield ""
            yield from shown_code.lines_of(it.says.more)


def _said(part: HandledPart) -> tuple[str, ...]:
    """All of a cell that says what runs; outputs don't."""
    says = part.says
    return part.handle, says.kind.value, says.language, says.more, says.text


def _digest(*texts: str) -> str:
    hashed = hashlib.sha256()
    for it in texts:
        hashed.update(f"{len(it)}\n{it}".encode("utf-8", "surrogatepass"))
    return hashed.hexdigest()
