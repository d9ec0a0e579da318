"""Random exact edits of any notebook: hostile sources among them, and what must hold of each."""

from __future__ import annotations

import random
from dataclasses import replace

from livebook_ls.notebook.exact_edits import operations as ops
from livebook_ls.notebook.exact_edits.edit import ExactEdit
from livebook_ls.notebook.exact_edits.handles import HandledText
from livebook_ls.notebook.exact_edits.operations import (
    EditOperation,
    NewCell,
    PartPlace,
    PlaceRelation,
)
from livebook_ls.notebook.exact_edits.said import said
from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.pieces.cutting import PieceKind

CODE = (
    "1 + 1",
    "",
    "x = 1\n",
    '"""\n```\n"""',
    "````\n```elixir\n`````",
    '# <!-- livebook:{"output":true} -->',
    "<!--",
    "# Heading\n## Heading",
    "  indented\n\tby tabs",
    "é ü 漢 😀 \u2028 \x0c",
    "a\r\nb",
    "\ud800",
    "---",
    "~~~",
)
PROSE = (
    "Words.",
    "### Deeper\n\nWords.",
    "## A section",
    "# A title",
    "<!-- open",
    '<!-- livebook:{"break_markdown":true} -->',
    '<!-- livebook:{"output":true} -->\n\n```\n1\n```',
    "```elixir\n1 + 1\n```",
    "```\nnever closed",
    "* a\n* b",
    "[a]: https://example.com\n\n[a]",
    "| a | b |\n| - | - |\n| 1 | 2 |",
    "",
    "\n\n",
    "    indented code",
    "Title\n=====",
    "<details>\n\nopen",
    "---",
)


def random_operation(rng: random.Random, text: HandledText) -> EditOperation:
    """An operation about some part of the text, or about none that there is."""
    pairs = [*zip(text.handles, text.pieces.all, strict=True)]
    cells = [handle for handle, it in pairs if it.kind in _CELLS] or ["c0000"]
    sections = [handle for handle, it in pairs if it.kind is PieceKind.SECTION] or ["s0000"]
    cell, other, section = rng.choice(cells), rng.choice(cells), rng.choice(sections)
    source = rng.choice((*CODE, *PROSE))
    new = (
        NewCell(type=CellType.CODE, source=rng.choice(CODE))
        if rng.random() < 0.5
        else NewCell(type=CellType.MARKDOWN, source=rng.choice(PROSE))
    )
    place = rng.choice(
        (
            PartPlace(PlaceRelation.AFTER, other),
            PartPlace(PlaceRelation.BEFORE, other),
            PartPlace(PlaceRelation.START_OF, section),
            PartPlace(PlaceRelation.END_OF, section),
            PartPlace(PlaceRelation.END),
        )
    )
    beside = rng.choice(
        (
            PartPlace(PlaceRelation.AFTER, rng.choice(sections)),
            PartPlace(PlaceRelation.BEFORE, rng.choice(sections)),
            PartPlace(PlaceRelation.END),
        )
    )
    return rng.choice(
        (
            ops.ReplaceSource(cell, source),
            ops.ReplaceSource(cell, source),
            ops.ReplacePassage(cell, rng.choice(("e", "end", "\n", "")), source),
            ops.InsertCells(place, (new,)),
            ops.InsertCells(place, (new, replace(new, source="2"))),
            ops.DeleteCell(cell),
            ops.MoveCell(cell, place),
            ops.SetCell(cell, "erlang", {"continue_on_error": True}),
            ops.SmartToCode(cell),
            ops.InsertSection(beside, rng.choice(("New", "*New*", "", "#")), (new,)),
            ops.RenameSection(section, "Renamed"),
            ops.DeleteSection(section, keeps_cells=rng.random() < 0.5),
            ops.MoveSection(section, beside),
            ops.SetBranch(section, rng.choice((None, *sections))),
            ops.SetTitle("Another title"),
        )
    )


def require_exact(before: HandledText, operation: EditOperation, done: ExactEdit) -> None:
    """Require that no byte outside what was asked for has changed, and that it reads back."""
    after = done.after
    old, new = before.pieces, after.pieces
    assert after.text == new.text
    told = [it for it in after.handles if it]
    assert len(told) == len(set(told)) == len(said(new.draft.notebook))
    kept = {handle: piece for handle, piece in zip(before.handles, old.all, strict=True) if handle}
    for handle, piece in zip(after.handles, new.all, strict=True):
        was = kept.get(handle)
        if was is not None and handle not in done.touched:
            # A branch's comment has the number of its parent, which may be another now.
            comment = was.comment if piece.kind is PieceKind.SECTION else piece.comment
            assert (comment, piece.body, piece.outputs) == (was.comment, was.body, was.outputs)
    assert new.stamp == old.stamp
    if isinstance(operation, ops.ReplaceSource | ops.ReplacePassage | ops.SetCell):
        _require_only_the_cell_changed(before, after, operation.handle)
    if isinstance(operation, ops.ReplaceSource):
        (source,) = (
            says.text
            for says, handle in zip(said(new.draft.notebook), told, strict=True)
            if handle == operation.handle
        )
        is_prose = new.all[after.handles.index(operation.handle)].kind is PieceKind.MARKDOWN
        given = operation.source
        assert source == (given.rstrip().strip("\n") if is_prose else given)


def _require_only_the_cell_changed(before: HandledText, after: HandledText, handle: str) -> None:
    if handle not in before.handles:
        return
    at = before.handles.index(handle)
    pieces = before.pieces.all
    head = before.pieces.head + "".join(it.text + it.after for it in pieces[:at])
    tail = pieces[at].after + "".join(it.text + it.after for it in pieces[at + 1 :])
    assert after.text.startswith(head)
    assert after.text.endswith(tail + before.pieces.stamp)


_CELLS = frozenset({PieceKind.SETUP, PieceKind.CODE, PieceKind.MARKDOWN, PieceKind.SMART})
