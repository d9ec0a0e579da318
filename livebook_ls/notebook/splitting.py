"""Lines to blocks, as EarmarkParser's block parser groups them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.attributes import parse_attributes
from livebook_ls.notebook.backticks import OpenRun, open_run
from livebook_ls.notebook.blocks import (
    FAULT_TAG,
    Block,
    BlockKind,
    Note,
    NoteKind,
    bind_attributes,
)
from livebook_ls.notebook.html import opening_tag, tag_of
from livebook_ls.notebook.line_forms import attributes_of, fence_of, heading_of, underline_level
from livebook_ls.notebook.lines import LineKind, Scan
from livebook_ls.notebook.lists import read_list
from livebook_ls.notebook.tables import table_columns

if TYPE_CHECKING:
    from collections.abc import Callable

_RULES = {LineKind.DASHES: "-", LineKind.STARS: "*", LineKind.UNDERSCORES: "_"}
_PROSE = frozenset((LineKind.TEXT, LineKind.TABLE))
_QUOTED = frozenset((LineKind.QUOTE, LineKind.TEXT, LineKind.TABLE))
_INDENTED = frozenset((LineKind.INDENT, LineKind.BLANK))


def split_blocks(scan: Scan) -> list[Block]:
    """The blocks of a scanned document, list item or quote, in order."""
    splitter = _Splitter(scan)
    splitter.run()
    return bind_attributes(splitter.blocks)


class _Splitter:
    """One pass over the lines; each step adds a block and moves behind it."""

    def __init__(self, scan: Scan) -> None:
        self.lines, self.kinds = scan
        self.end = len(self.kinds)
        while self.end and self.kinds[self.end - 1] is LineKind.BLANK:
            self.end -= 1
        self.blocks: list[Block] = []
        self.at = 0
        # EarmarkParser thinks of a blank line before the text, and after lists, tables and code.
        self.after_blank = True

    def run(self) -> None:
        total = len(self.kinds)
        leading = 0
        while leading < self.end and self.kinds[leading] is LineKind.BLANK:
            leading += 1
        if self.end == 0:
            leading = total
        if leading:
            self.blocks.append(Block(BlockKind.BLANK, 0, leading))
        self.at = leading
        while self.at < self.end:
            self.step()

    def step(self) -> None:
        kind = self.kinds[self.at]
        if kind is LineKind.TEXT:
            if self.after_blank and self.is_underlined():
                self.add_underlined()
            else:
                self.add_paragraph()
            return
        _STEPS[kind](self)

    def add(
        self,
        kind: BlockKind,
        end: int,
        label: str = "",
        level: int = 0,
        notes: tuple[Note, ...] = (),
        *,
        breaks: bool = False,
    ) -> None:
        """Add a block of the lines up to `end`, with the blank ones behind it."""
        kinds = self.kinds
        at = end
        total = len(kinds) if end >= self.end else self.end
        while at < total and kinds[at] is LineKind.BLANK:
            at += 1
        self.blocks.append(Block(kind, end - self.at, at - end, label, level, notes))
        self.after_blank = breaks or at > end
        self.at = at

    def is_underlined(self) -> bool:
        below = self.at + 1
        if below >= self.end:
            return False
        return self.kinds[below] in (LineKind.UNDERLINE, LineKind.DASHES)

    def add_underlined(self) -> None:
        below = self.at + 1
        is_dashes = self.kinds[below] is LineKind.DASHES
        level = 2 if is_dashes else underline_level(self.lines[below])
        text = self.lines[self.at].lstrip(" \t")
        self.add(BlockKind.HEADING, below + 1, text, level)

    def add_paragraph(self) -> None:
        self.add(*self.paragraph_from(self.at + 1))

    def paragraph_from(self, at: int) -> tuple[BlockKind, int, str, int, tuple[Note, ...]]:
        """A paragraph whose first line is taken as text whatever it is."""
        lines, kinds, end = self.lines, self.kinds, self.end
        first = self.at
        pending: OpenRun | None = open_run(lines[first], first, None)
        while at < end and (pending is not None or kinds[at] in _PROSE):
            if "`" in lines[at]:
                pending = open_run(lines[at], at, pending)
            at += 1
        notes: tuple[Note, ...] = ()
        if pending is not None:
            notes = (unclosed_run(pending, first),)
        return BlockKind.PARAGRAPH, at, "", 0, notes

    def add_unexpected(self) -> None:
        line = self.lines[self.at]
        kind, end, label, level, notes = self.paragraph_from(self.at + 1)
        warning = Note(NoteKind.WARNING, 0, f"Unexpected line {line}")
        self.add(kind, end, label, level, (warning, *notes))

    def add_underline(self) -> None:
        # `---` without a heading above it is text, `===` is text with a warning.
        if underline_level(self.lines[self.at]) == 1:
            self.add_unexpected()
        else:
            self.add_paragraph()

    def add_heading(self) -> None:
        first = self.at
        heading = heading_of(self.lines[first])
        if heading is None:
            self.add_paragraph()
            return
        self.add(BlockKind.HEADING, first + 1, heading.text, heading.level)
        if heading.attributes is not None:
            # The list behind a heading counts as a block of its own, without a line.
            notes = _attribute_notes(heading.attributes)
            heading_block = self.blocks[-1]
            self.blocks[-1] = heading_block._replace(gap=0)
            self.blocks.append(
                Block(BlockKind.ATTRIBUTES, 0, heading_block.gap, heading.attributes, 0, notes)
            )

    def add_rule(self) -> None:
        self.add(BlockKind.RULE, self.at + 1, _RULES[self.kinds[self.at]])

    def add_quote(self) -> None:
        at = self.at + 1
        while at < self.end and self.kinds[at] in _QUOTED:
            at += 1
        self.add(BlockKind.QUOTE, at)

    def add_table(self) -> None:
        at = self.at + 1
        if at >= self.end or self.kinds[at] is not LineKind.TABLE:
            self.add_prose()
            return
        width = len(table_columns(self.lines[self.at]))
        while at < self.end and self.kinds[at] is LineKind.TABLE:
            if len(table_columns(self.lines[at])) != width:
                break
            at += 1
        if at == self.at + 1:
            self.add_prose()
        else:
            self.add(BlockKind.TABLE, at, breaks=True)

    def add_prose(self) -> None:
        """A paragraph that begins like a table; in such a one backticks do not count."""
        at = self.at + 1
        while at < self.end and self.kinds[at] in _PROSE:
            at += 1
        self.add(BlockKind.PARAGRAPH, at, level=1)

    def add_list(self) -> None:
        reading = read_list(self.lines, self.kinds, self.at, self.end)
        end = reading.end
        while self.kinds[end - 1] is LineKind.BLANK:
            end -= 1
        notes: tuple[Note, ...] = ()
        if reading.open_run is not None:
            notes = (unclosed_run(reading.open_run, self.at),)
        self.add(BlockKind.LIST, end, notes=notes, breaks=True)

    def add_indented(self) -> None:
        at = self.at + 1
        while at < self.end and self.kinds[at] in _INDENTED:
            at += 1
        while self.kinds[at - 1] is LineKind.BLANK:
            at -= 1
        self.add(BlockKind.INDENTED, at, breaks=True)

    def add_fenced(self) -> None:
        fence = fence_of(self.lines[self.at])
        if fence is None:
            self.add_paragraph()
            return
        delimiter = fence.delimiter
        for at in range(self.at + 1, self.end):
            if self.kinds[at] is LineKind.FENCE:
                closing = fence_of(self.lines[at])
                if closing is not None and closing.delimiter == delimiter:
                    self.add(BlockKind.FENCED, at + 1, fence.info, 1)
                    return
        text = f"Fenced Code Block opened with {delimiter} not closed at end of input"
        self.add(BlockKind.FENCED, self.end, fence.info, 0, (Note(NoteKind.ERROR, 0, text),))

    def add_html(self) -> None:
        first = self.at
        needed = [(tag_of(self.lines[first]), first)]
        at = first + 1
        while needed and at < self.end:
            kind = self.kinds[at]
            if kind is LineKind.HTML_CLOSE and tag_of(self.lines[at]) == needed[-1][0]:
                needed.pop()
            elif kind is LineKind.HTML_OPEN:
                needed.append((tag_of(self.lines[at]), at))
            at += 1
        notes = [
            Note(NoteKind.WARNING, line - first, f"Failed to find closing <{tag}>")
            for tag, line in reversed(needed)
        ]
        self.add(BlockKind.HTML, at, notes=(*notes, *self.tag_fault()))

    def add_html_line(self) -> None:
        self.add(BlockKind.HTML, self.at + 1, notes=self.tag_fault())

    def tag_fault(self) -> tuple[Note, ...]:
        if opening_tag(self.lines[self.at]) is None:
            return (Note(NoteKind.FAULT, 0, FAULT_TAG),)
        return ()

    def add_comment(self) -> None:
        at = self.at
        while at < self.end and "-->" not in self.lines[at]:
            at += 1
        self.add(BlockKind.COMMENT, min(at + 1, self.end))

    def add_complete_comment(self) -> None:
        self.add(BlockKind.COMMENT, self.at + 1)

    def add_link(self) -> None:
        self.add(BlockKind.LINK, self.at + 1)

    def add_attributes(self) -> None:
        inside = attributes_of(self.lines[self.at]) or ""
        notes = _attribute_notes(inside)
        self.add(BlockKind.ATTRIBUTES, self.at + 1, inside, notes=notes)


def unclosed_run(run: OpenRun, first: int) -> Note:
    """The warning for backticks that stay open up to the end."""
    text = f"Closing unclosed backquotes {run.backticks} at end of input"
    return Note(NoteKind.WARNING, run.line - first, text)


def _attribute_notes(inside: str) -> tuple[Note, ...]:
    complaint = parse_attributes(inside).complaint
    return () if complaint is None else (Note(NoteKind.WARNING, 0, complaint),)


_STEPS: dict[LineKind, Callable[[_Splitter], None]] = {
    LineKind.TABLE: _Splitter.add_table,
    LineKind.HEADING: _Splitter.add_heading,
    LineKind.DASHES: _Splitter.add_rule,
    LineKind.STARS: _Splitter.add_rule,
    LineKind.UNDERSCORES: _Splitter.add_rule,
    LineKind.QUOTE: _Splitter.add_quote,
    LineKind.ITEM: _Splitter.add_list,
    LineKind.INDENT: _Splitter.add_indented,
    LineKind.FENCE: _Splitter.add_fenced,
    LineKind.HTML_OPEN: _Splitter.add_html,
    LineKind.HTML_LINE: _Splitter.add_html_line,
    LineKind.HTML_CLOSE: _Splitter.add_unexpected,
    LineKind.COMMENT: _Splitter.add_complete_comment,
    LineKind.COMMENT_START: _Splitter.add_comment,
    LineKind.LINK: _Splitter.add_link,
    LineKind.UNDERLINE: _Splitter.add_underline,
    LineKind.ATTRIBUTES: _Splitter.add_attributes,
}
