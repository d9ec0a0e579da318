"""Stretches of a text that mean the same wherever they stand, each read on its own.

A fragment begins with a section's heading, a cell's fence or a cell's comment, at a place where
neither a block nor the scanner's lookahead nor a comment in hand reaches over; or, in the midst of
a Markdown cell, with a fence that is none of a cell's: where one is not closed, all cells below are
one such cell.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from livebook_ls.notebook.importing.annotations import (
    BREAK_MARKDOWN,
    FORCE_MARKDOWN,
    OUTPUT,
    PREFIX,
)
from livebook_ls.notebook.importing.assembly import CODE_LANGUAGES, Assembler
from livebook_ls.notebook.importing.heading_rewriting import (
    rewrite,
    shown_nodes,
    titles_in,
    with_lines,
)
from livebook_ls.notebook.markdown.blocks import Block, BlockKind, Note
from livebook_ls.notebook.markdown.lines import LineKind, Scan, scan_with_runs
from livebook_ls.notebook.markdown.nested import split_document
from livebook_ls.notebook.markdown.parser_version import may_differ
from livebook_ls.notebook.markdown.places import BlockDocument, Node, comment_lines
from livebook_ls.notebook.model import CellType, Output, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from livebook_ls.notebook.hazard import Hazard
    from livebook_ls.notebook.importing.heading_rewriting import Rewriting
    from livebook_ls.notebook.markdown.lines import RawRun
    from livebook_ls.notebook.markdown.parser_version import ParserVersion
    from livebook_ls.notebook.source import Source

Found = TypeVar("Found")

# Shorter ones cost more to put together than they save when one is read again.
_FEWEST_LINES = 120
_UNSHOWN = frozenset((BlockKind.BLANK, BlockKind.LINK, BlockKind.ATTRIBUTES))
# What is part of a Markdown cell whatever stands above it, and ends where a fence begins.
_PROSE = frozenset((BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.QUOTE, BlockKind.TABLE))
# Without these in a text some looks through all of it are saved; none goes over a line's end.
HTML_TITLE, HTML_SECTION, LINK_DEFINITION, OLD_IMAGE = "<h1", "<h2", "]:", "](images/"
_SIGNS = (HTML_TITLE, HTML_SECTION, LINK_DEFINITION, OLD_IMAGE)
_INERT = frozenset((FORCE_MARKDOWN, BREAK_MARKDOWN, OUTPUT))


class Fragment:
    """A stretch of the text, read; what it gives is worked out when it is first asked for."""

    def __init__(self, document: BlockDocument) -> None:
        self.document = document
        self.text = document.source.text
        # Counted once: each key asks all fragments for these.
        self.length = len(self.text)
        self.breaks = len(document.source.lines) - 1
        self.titles: list[Node] = titles_in(document.blocks)
        # Filled in by `hazards` when it first looks.
        self.hazards: tuple[Hazard, ...] | None = None
        # The same where the fragment stood last, and where that was.
        self.placed_hazards: tuple[int, tuple[Hazard, ...]] = (0, ())
        self.outputs: tuple[tuple[int, Output], ...] | None = None
        self._found: dict[Callable[..., Any], Any] = {}
        self._parts: dict[int, Assembler] = {}
        self._notes: list[Note] | None = None

    @property
    def begins_in_prose(self) -> bool:
        """Whether the Markdown cell of the fragment above goes on in it, if there is one."""
        block = self.document.blocks[0]
        return block.kind is BlockKind.FENCED and block.label not in CODE_LANGUAGES

    @cached_property
    def rewriting(self) -> Rewriting:
        """Its blocks in the importer's order."""
        return rewrite(self.document)

    @cached_property
    def signs(self) -> frozenset[str]:
        """What of `HTML_TITLE` and the like stands in it, wherever: after a key only the fragments
        that are new are looked through.
        """
        return frozenset(it for it in _SIGNS if it in self.text)

    @cached_property
    def may_differ(self) -> bool:
        """Whether the versions of the parser could read something else in it."""
        return may_differ(self.text)

    def found(self, look: Callable[[BlockDocument], Found]) -> Found:
        """What `look` finds in it, by its own text; looked for once, so that after a key only the
        fragments that are new are looked through.
        """
        if look not in self._found:
            self._found[look] = look(self.document)
        found: Found = self._found[look]
        return found

    def parts(self, shift: int) -> Assembler:
        """The cells and sections, with headings moved down by `shift`."""
        parts = self._parts.get(shift)
        if parts is None:
            # With several titles in the whole text none of them moves.
            is_moved = shift and self.rewriting.warnings and len(self.titles) == 1
            blocks = self.document.blocks
            nodes = shown_nodes(blocks) if is_moved else self.rewriting.nodes
            parts = Assembler(self.document, nodes, shift)
            parts.run()
            # Remembered once it is whole: two threads may ask.
            self._parts[shift] = parts
        return parts

    @property
    def notes(self) -> list[Note]:
        """What is said of its blocks, with lines counted from its own first."""
        if self._notes is None:
            self._notes = _notes(self.document.blocks)
        return self._notes

    def first_image(self, shift: int) -> Span | None:
        """The first image in a Markdown cell that points to the old directory."""
        for cell in self.parts(shift).all_cells:
            at = cell.source.find("](images/") if cell.type is CellType.MARKDOWN else -1
            if at != -1:
                start = cell.source_span.start + at
                return Span(start, start + len("](images/"))
        return None


def _notes(blocks: list[Block]) -> list[Note]:
    # Hardly a block has any.
    if not [block for block in blocks if block.notes]:
        return []
    return [
        Note(kind, line + at, said)
        for block, line in with_lines(blocks)
        for kind, at, said in block.notes
    ]


def read_fragments(
    source: Source, parser: ParserVersion, wanted: Container[int] = ()
) -> list[Fragment]:
    """The fragments that a whole text falls into; cut at the `wanted` offsets if possible."""
    document, runs = _read(source, parser)
    titles = titles_in(document.blocks)
    # A single title moves to the top, past all that is in its fragment.
    first = titles[0][1] + 1 if len(titles) == 1 else 1
    return _fragments(document, runs, first, section_level(len(titles)), wanted)


def reread_fragments(
    source: Source, parser: ParserVersion, level: int, wanted: Container[int]
) -> list[Fragment]:
    """The fragments of a stretch of text that has a boundary before it and no single title."""
    document, runs = _read(source, parser)
    return _fragments(document, runs, 1, level, wanted)


def section_level(titles: int) -> int:
    """The level of the headings that begin sections: with several titles these do."""
    return 1 if titles > 1 else 2


def _read(source: Source, parser: ParserVersion) -> tuple[BlockDocument, list[RawRun]]:
    scanned, runs = scan_with_runs(source.lines, parser)
    return BlockDocument(source, scanned, split_document(scanned)), runs


def _fragments(
    document: BlockDocument,
    runs: list[RawRun],
    first_cut: int,
    level: int,
    wanted: Container[int],
) -> list[Fragment]:
    blocks, starts = document.blocks, document.source.starts
    found: list[Fragment] = []
    first = first_block = line = run = 0
    above: Block | None = None
    for index, block in enumerate(blocks):
        is_due = line >= first + _FEWEST_LINES or (line < len(starts) and starts[line] in wanted)
        if is_due and first_cut <= line < len(starts) - 1 and line > first:
            while run < len(runs) and runs[run].stop < line:
                run += 1
            is_clean = run == len(runs) or runs[run].start > line
            is_free = blocks[index - 1].gap > 0 and (
                above is None or above.kind is not BlockKind.COMMENT
            )
            begins = is_free and _begins(document, block, line, level)
            if is_clean and (begins or _goes_on(document, blocks[index - 1], block, line)):
                found.append(_cut(document, first, line, blocks[first_block:index]))
                first, first_block = line, index
        if block[0] not in _UNSHOWN:
            above = block
        line += block[1] + block[2]
    found.append(_cut(document, first, line, blocks[first_block:]))
    return found


def _cut(document: BlockDocument, first: int, end: int, blocks: list[Block]) -> Fragment:
    """The fragment of the lines from `first` to before `end`, without reading it again."""
    source, (lines, kinds, parser), _blocks = document
    if first == 0 and end == len(source.lines):
        return Fragment(document)
    part = source.cut(first, end)
    if end == len(source.lines):
        return Fragment(BlockDocument(part, Scan(lines[first:], kinds[first:], parser), blocks))
    # The part ends with a line break, and so has one more, empty line, as any such text.
    blocks[-1] = blocks[-1]._replace(gap=blocks[-1].gap + 1)
    scan = Scan([*lines[first:end], ""], kinds[first:end] + LineKind.BLANK.value, parser)
    return Fragment(BlockDocument(part, scan, blocks))


def _goes_on(document: BlockDocument, above: Block, block: Block, line: int) -> bool:
    """Whether a block is a fence in a Markdown cell, which begins alike wherever it stands."""
    is_fence = block.kind is BlockKind.FENCED and document.scan.lines[line][0] in "`~"
    return is_fence and block.label not in CODE_LANGUAGES and above.kind in _PROSE


def _begins(document: BlockDocument, block: Block, line: int, level: int) -> bool:
    """Whether a block may begin a fragment, if nothing reaches over to it."""
    kind = block.kind
    if kind is BlockKind.HEADING:
        return block.level == level and document.scan.kinds[line] == LineKind.HEADING
    content = document.scan.lines[line]
    if kind is BlockKind.FENCED:
        return block.label in CODE_LANGUAGES and content[0] in "`~"
    if kind is not BlockKind.COMMENT or block.size > 1 or PREFIX not in content:
        return False
    said = comment_lines([content])[0]
    is_complete = document.scan.kinds[line] == LineKind.COMMENT
    return is_complete and said.startswith(PREFIX) and said not in _INERT
