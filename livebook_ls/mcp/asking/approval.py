"""A person's word for a run: it covers these cells with these texts, and no others."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from livebook_ls.notebook.exact_edits.handles import HandledPart

_SHOWN_LINES = 40
_SHOWN_CELLS = 20
_LONGEST_LINE = 160


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person is asked, and what their word is bound to: the digest of all of it."""

    question: str
    digest: str


def of_cells(
    notebook: str, wanted: Sequence[HandledPart], brought_along: Sequence[HandledPart]
) -> Approval:
    """The question whether these cells may run, each shown by its text."""
    lines = [f"Run {_count(wanted)} of {notebook} in Livebook?"]
    lines += _shown(wanted)
    if brought_along:
        lines += ["", f"Livebook runs {_count(brought_along)} before, on which they stand:"]
        lines += _shown(brought_along)
    return Approval("\n".join(lines), _digest(notebook, *wanted, *brought_along))


def of_edit(notebook: str, cells: Sequence[HandledPart]) -> Approval:
    """The question whether an edit may be made that has these cells run."""
    lines = [f"Edit {notebook}? Livebook then runs {_count(cells)}, now or by itself later:"]
    lines += _shown(cells)
    return Approval("\n".join(lines), _digest(notebook, *cells))


def of_act(notebook: str, question: str) -> Approval:
    """Another act in a notebook's session."""
    return Approval(f"{question} ({notebook})", _digest(f"{notebook}\n{question}"))


def _count(parts: Sequence[HandledPart]) -> str:
    return "1 cell" if len(parts) == 1 else f"{len(parts)} cells"


def _shown(parts: Sequence[HandledPart]) -> list[str]:
    lines: list[str] = []
    for part in parts[:_SHOWN_CELLS]:
        lines += ["", f"{part.handle}:"]
        code = part.says.text.split("\n")
        lines += map(_printable, code[:_SHOWN_LINES])
        if len(code) > _SHOWN_LINES:
            lines.append(f"… and {len(code) - _SHOWN_LINES} more lines")
    if len(parts) > _SHOWN_CELLS:
        lines += ["", f"… and {len(parts) - _SHOWN_CELLS} more cells"]
    return lines


def _printable(line: str) -> str:
    """The line without what could make a person read something else than what runs."""
    shown = "".join(it if it.isprintable() or it == "\t" else "�" for it in line[:_LONGEST_LINE])
    return f"{shown} … and {len(line) - _LONGEST_LINE} more" if line[_LONGEST_LINE:] else shown


def _digest(*parts: HandledPart | str) -> str:
    hashed = hashlib.sha256()
    for it in parts:
        text = it if isinstance(it, str) else f"{it.handle}\n{it.says.text}"
        hashed.update(f"{len(text)}\n{text}".encode("utf-8", "surrogatepass"))
    return hashed.hexdigest()
