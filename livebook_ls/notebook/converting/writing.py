"""Pieces as the text of a notebook, in which Livebook sees the same cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from livebook_ls.notebook.converting.containment import contained
from livebook_ls.notebook.converting.pieces import CodePiece, Piece, ProsePiece, SectionPiece
from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.exporting.rendering import fenced
from livebook_ls.notebook.importing.assembly import CODE_LANGUAGES
from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.importing.importer import read_document
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from livebook_ls.notebook.model import JsonValue

_DEFAULT_SECTION = SectionPiece("Section")
_GAP = "\n\n"


def notebook_text(title: str, attributes: Mapping[str, JsonValue], pieces: Sequence[Piece]) -> str:
    """The text; pieces before any section get one, as Livebook would give them."""
    setup = [it for it in pieces if isinstance(it, CodePiece) and it.is_setup]
    rest = [it for it in pieces if not (isinstance(it, CodePiece) and it.is_setup)]
    if rest and not isinstance(rest[0], SectionPiece):
        rest.insert(0, _DEFAULT_SECTION)
    said = dict(attributes)
    if any(isinstance(it, CodePiece) and it.outputs for it in pieces):
        said["persist_outputs"] = True
    entries = said.get("file_entries")
    if isinstance(entries, list):
        said["file_entries"] = sorted(entries, key=to_json)
    parts = [_comment(said)] if said else []
    parts.append(f"# {' '.join(title.split())}")
    parts += [fenced(_lines(it.source), it.language) for it in setup]
    for above, piece in pairwise([None, *rest]):
        if piece is not None:
            parts += _written(piece, above)
    return _GAP.join(parts) + "\n"


def _written(piece: Piece, above: Piece | None) -> Iterator[str]:
    if isinstance(piece, SectionPiece):
        if piece.parent_index is not None:
            yield _comment({"branch_parent_index": piece.parent_index})
        yield f"## {' '.join(piece.name.split())}"
    elif isinstance(piece, ProsePiece):
        if isinstance(above, ProsePiece):
            yield _comment({"break_markdown": True})
        yield _with_forcing(contained(piece.text))
    else:
        if piece.metadata:
            yield _comment(piece.metadata)
        yield fenced(_lines(piece.source), piece.language)
        for output in piece.outputs:
            yield _comment({"output": True})
            yield fenced(_lines(output), "")


def _with_forcing(text: str) -> str:
    """Markdown in which code stays code and becomes no cell."""
    source = Source(text)
    lines = source.lines[:]
    nodes = with_lines(read_document(source).blocks)
    for block, line in reversed(nodes):
        if block.kind is BlockKind.FENCED and block.label in CODE_LANGUAGES:
            gap = [""] if line and lines[line - 1].strip() else []
            lines[line:line] = [*gap, _comment({"force_markdown": True}), ""]
    return "\n".join(lines)


def _comment(said: Mapping[str, JsonValue]) -> str:
    return f"<!-- livebook:{to_json(dict(said))} -->"


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
