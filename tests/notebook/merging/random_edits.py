"""Random edits of notebooks, as people make them in editors and in the browser."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.pieces.cutting import BREAK, Piece, PieceKind, cut

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from livebook_ls.notebook.model import JsonValue

_CELLS = (PieceKind.CODE, PieceKind.MARKDOWN)
_STAMP = '<!-- livebook:{"offset":%d,"stamp":{"token":"XCP.%d","version":1}} -->\n'
_OUTPUT = '\n\n<!-- livebook:{"output":true} -->\n\n```\n%s\n```'


class Editing:
    """A notebook under random edits; whatever is new says so by a number of its own."""

    def __init__(self, text: str, random: Random) -> None:
        found = cut(text)
        self.head = found.head
        self.pieces = list(found.all)
        self.has_stamp = bool(found.stamp)
        self.random = random

    def edited(self, count: int) -> str:
        """The text after so many edits."""
        for _ in range(count):
            if self.pieces:
                self.random.choices(*zip(*self._edits(), strict=True))[0]()
        return self.text()

    def text(self) -> str:
        """The text as Livebook would space it."""
        parts: list[str] = []
        last: Piece | None = None
        for piece in self.pieces:
            if last is not None:
                both = last.kind is piece.kind is PieceKind.MARKDOWN
                is_break = piece.body.startswith(BREAK)
                parts.append(f"\n\n{BREAK}\n\n" if both and not is_break else "\n\n")
            parts.append(piece.text)
            last = piece
        body = self.head + "".join(parts) + "\n"
        if not self.has_stamp:
            return body
        return body + "\n" + _STAMP % (len(body.encode()), self._number())

    def _edits(self) -> list[tuple[Callable[[], None], int]]:
        return [
            (self._change_line, 8),
            (self._insert_line, 5),
            (self._delete_line, 4),
            (self._insert_cell, 5),
            (self._delete_cell, 3),
            (self._move_cell, 3),
            (self._copy_cell, 1),
            (self._rename, 2),
            (self._insert_section, 1),
            (self._delete_section, 1),
            (self._move_section, 1),
            (self._set_metadata, 2),
            (self._run, 3),
        ]

    def _number(self) -> int:
        return self.random.randrange(10**6)

    def _word(self) -> str:
        return f"w{self._number()}"

    def _any(self, *kinds: PieceKind) -> int | None:
        found = [at for at, it in enumerate(self.pieces) if it.kind in kinds]
        return self.random.choice(found) if found else None

    def _lines(self, at: int) -> tuple[list[str], int, int]:
        """The lines of a cell, and which of them are its content."""
        lines = self.pieces[at].body.split("\n")
        is_fenced = self.pieces[at].kind is not PieceKind.MARKDOWN
        return lines, int(is_fenced), len(lines) - int(is_fenced)

    def _set(self, at: int, lines: list[str]) -> None:
        self.pieces[at] = replace(self.pieces[at], body="\n".join(lines), outputs="")

    def _change_line(self) -> None:
        at = self._any(*_CELLS, PieceKind.SETUP)
        if at is None:
            return
        lines, start, end = self._lines(at)
        if start < end:
            line = self.random.randrange(start, end)
            if re.match(r"\s*[\w#]", lines[line]) and not lines[line].startswith("#"):
                lines[line] += f" {self._word()}"
            self._set(at, lines)

    def _insert_line(self) -> None:
        at = self._any(*_CELLS)
        if at is not None:
            lines, start, end = self._lines(at)
            lines.insert(self.random.randint(start, end), f"{self._word()} = {self._word()}")
            self._set(at, lines)

    def _delete_line(self) -> None:
        at = self._any(*_CELLS)
        if at is None:
            return
        lines, start, end = self._lines(at)
        line = self.random.randrange(start, end) if end - start > 1 else None
        if line is not None and not re.match(r"\s*(?:```|~~~|<)", lines[line]):
            del lines[line]
            self._set(at, lines)

    def _insert_cell(self) -> None:
        at = self._any(*_CELLS, PieceKind.SECTION)
        if at is not None:
            self.pieces.insert(at + 1, self._cell(self.pieces[at]))

    def _cell(self, like: Piece) -> Piece:
        lines = [f"{self._word()} = {self._word()}" for _ in range(self.random.randint(1, 4))]
        kind = self.random.choice(_CELLS)
        body = "\n".join(lines if kind is PieceKind.MARKDOWN else ["```elixir", *lines, "```"])
        return replace(like, kind=kind, comment="", value=None, body=body, outputs="", parent=None)

    def _delete_cell(self) -> None:
        at = self._any(*_CELLS, PieceKind.SMART)
        if at is not None:
            del self.pieces[at]

    def _move_cell(self) -> None:
        at = self._any(*_CELLS, PieceKind.SMART)
        if at is not None:
            piece = self.pieces.pop(at)
            to = self._any(*_CELLS, PieceKind.SECTION)
            self.pieces.insert(at if to is None else to + 1, piece)

    def _copy_cell(self) -> None:
        at = self._any(*_CELLS)
        to = self._any(*_CELLS, PieceKind.SECTION)
        if at is not None and to is not None:
            self.pieces.insert(to + 1, self.pieces[at])

    def _rename(self) -> None:
        at = self._any(PieceKind.TITLE, PieceKind.SECTION)
        if at is not None:
            body = f"{self.pieces[at].body} {self._word()}"
            self.pieces[at] = replace(self.pieces[at], body=body)

    def _insert_section(self) -> None:
        at = self._any(PieceKind.SECTION)
        if at is not None and not self._has_branches():
            like = replace(self.pieces[at], comment="", value=None, body=f"## {self._word()}")
            self.pieces[at:at] = [like, self._cell(like)]

    def _delete_section(self) -> None:
        at = self._any(PieceKind.SECTION)
        if at is not None and not self._has_branches():
            del self.pieces[at : self._end(at)]

    def _move_section(self) -> None:
        at = self._any(PieceKind.SECTION)
        if at is None or self._has_branches():
            return
        end = self._end(at)
        block = self.pieces[at:end]
        del self.pieces[at:end]
        to = self._any(PieceKind.SECTION)
        to = at if to is None else to
        self.pieces[to:to] = block

    def _end(self, heading: int) -> int:
        kinds = [it.kind for it in self.pieces]
        return next(
            (it for it in range(heading + 1, len(kinds)) if kinds[it] is PieceKind.SECTION),
            len(kinds),
        )

    def _has_branches(self) -> bool:
        """Their numbers would have to follow, which Livebook does and an editor does not."""
        return any("branch_parent_index" in it.comment for it in self.pieces)

    def _set_metadata(self) -> None:
        at = self._any(PieceKind.CODE)
        if at is not None:
            key = self.random.choice(["reevaluate_automatically", "continue_on_error"])
            value: JsonValue = {key: True}
            comment = f'<!-- livebook:{{"{key}":true}} -->\n\n'
            if key in self.pieces[at].comment:
                value, comment = None, ""
            self.pieces[at] = replace(self.pieces[at], value=value, comment=comment)

    def _run(self) -> None:
        at = self._any(PieceKind.CODE)
        if at is not None:
            self.pieces[at] = replace(self.pieces[at], outputs=_OUTPUT % self._number())
