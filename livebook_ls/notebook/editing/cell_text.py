"""A cell's source as it is written into the file, so that Livebook reads just that source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.exporting.rendering import fenced
from livebook_ls.notebook.importing.assembly import CODE_LANGUAGES
from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.importing.importer import parse, read_document
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.places import code_text
from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.pieces.cutting import BREAK
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import BlockDocument, Node

FORCE = '<!-- livebook:{"force_markdown":true} -->'
LANGUAGES = ("elixir", "erlang", "python")


def code_body(source: str, language: str) -> str | None:
    """A code cell's fence with this source in it; None where Livebook would read another one."""
    body = fenced(source, language)
    cells = [it for section in parse(f"## S\n\n{body}\n").sections for it in section.cells]
    if [(it.type, it.source, it.language) for it in cells] != [(CellType.CODE, source, language)]:
        return None
    return body


def markdown_body(source: str) -> str | None:
    """A text cell with this source; None where Livebook would make another cell of it, or several.

    Code blocks in a language of cells get the comment that keeps them in the text. Blank lines
    around the source are left out, as Livebook does it; without anything else it is a break.
    """
    source = "\n".join(Source(source).lines)
    lines = source.rstrip().split("\n")
    while len(lines) > 1 and not lines[0].strip():
        lines.pop(0)
    text = "\n".join(lines)
    if not text.strip():
        return BREAK
    body = _forced(text)
    cells = [it for section in parse(f"## S\n\n{body}\n").sections for it in section.cells]
    is_whole = len(cells) == 1 and cells[0].span.end == len(body) + len("## S\n\n")
    return body if is_whole and cells[0].type is CellType.MARKDOWN else None


def code_in_markdown(body: str) -> tuple[str, str] | None:
    """The source and the language of a text cell that is one block of code and nothing else."""
    document = read_document(Source(body))
    nodes = [it for it in with_lines(document.blocks) if it[0].kind is not BlockKind.BLANK]
    shown = [it for it in nodes if not _is_force(document, it)]
    if len(shown) != 1 or shown[0][0].kind is not BlockKind.FENCED:
        return None
    return code_text(document.scan, shown[0]), shown[0][0].label


def markdown_text(body: str) -> str:
    """The source of a text cell, without the comments that keep its code in it."""
    document = read_document(Source(body))
    lines: list[str | None] = list(document.source.lines)
    for node in with_lines(document.blocks):
        block, line = node
        if _is_force(document, node):
            lines[line : line + block.size + block.gap] = [None] * (block.size + block.gap)
    text = "\n".join(it for it in lines if it is not None)
    return "" if text.strip() == BREAK else text


def _forced(text: str) -> str:
    document = read_document(Source(text))
    lines = list(document.source.lines)
    nodes = with_lines(document.blocks)
    for above, node in reversed(list(zip([None, *nodes], nodes, strict=False))):
        block, line = node
        is_code = block.kind is BlockKind.FENCED and block.label in CODE_LANGUAGES
        if is_code and not (above and _is_force(document, above)):
            lines[line:line] = [FORCE, ""]
    return "\n".join(lines)


def _is_force(document: BlockDocument, node: Node) -> bool:
    block, line = node
    return block.kind is BlockKind.COMMENT and document.scan.lines[line].strip() == FORCE
