"""Lines to blocks, as EarmarkParser's block parser groups them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.markdown.attribute_lists import parse_attributes
from livebook_ls.notebook.markdown.backticks import OpenRun, is_balanced, open_run
from livebook_ls.notebook.markdown.blocks import (
    FAULT_TAG,
    Block,
    BlockKind,
    Note,
    NoteKind,
    bind_attributes,
)
from livebook_ls.notebook.markdown.html import opening_tag, tag_of
from livebook_ls.notebook.markdown.line_forms import (
    FenceLine,
    attributes_of,
    fence_of,
    heading_of,
    underline_level,
)
from livebook_ls.notebook.markdown.lines import LineKind, Scan
from livebook_ls.notebook.markdown.lists import list_end, read_list
from livebook_ls.notebook.markdown.tables import table_columns

if TYPE_CHECKING:
    from collections.abc import Callable

_BLANK = LineKind.BLANK.value
_TEXT = LineKind.TEXT.value
_DASHES = LineKind.DASHES.value
_UNDERLINE = LineKind.UNDERLINE.value
_FENCE = LineKind.FENCE.value
_HTML_OPEN = LineKind.HTML_OPEN.value
_HTML_CLOSE = LineKind.HTML_CLOSE.value
_TABLE = LineKind.TABLE.value

_new = tuple.__new__
_B_PARAGRAPH = BlockKind.PARAGRAPH
_B_HEADING = BlockKind.HEADING
_B_FENCED = BlockKind.FENCED
_B_COMMENT = BlockKind.COMMENT
_B_LIST = BlockKind.LIST
_BLANKS = re.compile("b*")
_PROSE = re.compile("[tT]*")
_TABLES = re.compile("T*")
_QUOTED = re.compile("[qtT]*")
_INDENTED = re.compile("[nb]*")
_TAGS = re.compile("[oe]")


def split_blocks(scan: Scan) -> list[Block]:
    """The blocks of a scanned document, list item or quote, in order."""
    splitter = _Splitter(scan)
    splitter.run()
    return bind_attributes(splitter.blocks)


class _Splitter:
    """One pass over the lines; each step adds a block and moves behind it."""

    def __init__(self, scan: Scan) -> None:
        self.lines, self.kinds, self.parser = scan
        self.end = len(self.kinds.rstrip(_BLANK))
        self.blocks: list[Block] = []
        self.fences: dict[str, FenceLine | None] = {}
        self.at = 0
        # EarmarkParser thinks of a blank line before the text, and after lists, tables and code.
        self.after_blank = True

    def run(self) -> None:
        leading = _run(_BLANKS, self.kinds, 0, len(self.kinds))
        if leading:
            self.blocks.append(Block(BlockKind.BLANK, 0, leading))
        self.at = leading
        while self.at < self.end:
            kind = self.kinds[self.at]
            if kind != _TEXT:
                _STEPS[kind](self)
            elif self.after_blank and self.kinds[self.at + 1 : self.at + 2] in _UNDERLINES:
                self.add_underlined()
            else:
                self.add_paragraph()

    def add(
        self,
        kind: BlockKind,
        end: int,
        label: str = "",
        level: int = 0,
        notes: tuple[Note, ...] = (),
    ) -> None:
        """Add a block of the lines up to `end`, with the blank ones behind it."""
        # Blank lines at the end of the text belong to its last block.
        kinds = self.kinds
        at = end
        if kinds[at : at + 1] == _BLANK:
            at += 1
            if kinds[at : at + 1] == _BLANK:
                at = _run(_BLANKS, kinds, at, len(kinds))
        # Blocks are many: this skips what a call of `Block` does besides.
        self.blocks.append(_new(Block, (kind, end - self.at, at - end, label, level, notes)))
        self.after_blank = at > end
        self.at = at

    def add_underlined(self) -> None:
        below = self.at + 1
        is_dashes = self.kinds[below] == _DASHES
        level = 2 if is_dashes else underline_level(self.lines[below])
        text = self.lines[self.at].lstrip(" \t")
        self.add(_B_HEADING, below + 1, text, level)

    def add_paragraph(self, *said: Note) -> None:
        """A paragraph whose first line is taken as text whatever it is."""
        lines, kinds, first = self.lines, self.kinds, self.at
        at = first + 1
        if kinds[at : at + 1] in _MORE_PROSE:
            at = _run(_PROSE, kinds, at, self.end)
        text = lines[first] if at == first + 1 else "\n".join(lines[first:at])
        if is_balanced(text):
            self.add(_B_PARAGRAPH, at, "", 0, said)
            return
        pending: OpenRun | None = None
        line = first
        while line < at or (pending is not None and line < self.end):
            if "`" in lines[line]:
                pending = open_run(lines[line], line, pending)
                if pending is None and line >= at:
                    at = _run(_PROSE, self.kinds, line + 1, self.end)
            line += 1
        if pending is not None:
            said = (*said, unclosed_run(pending, first))
        self.add(_B_PARAGRAPH, max(at, line), "", 0, said)

    def add_unexpected(self) -> None:
        line = self.lines[self.at]
        self.add_paragraph(Note(NoteKind.WARNING, 0, f"Unexpected line {line}"))

    def add_underline(self) -> None:
        # `---` without a heading above it is text, `===` is text with a warning.
        if underline_level(self.lines[self.at]) == 1:
            self.add_unexpected()
        else:
            self.add_paragraph()

    def add_heading(self) -> None:
        heading = heading_of(self.lines[self.at])
        if heading is None:
            self.add_paragraph()
            return
        self.add(_B_HEADING, self.at + 1, heading.text, heading.level)
        inside = heading.attributes
        if inside is not None:
            # The list behind a heading counts as a block of its own, without a line.
            above = self.blocks.pop()
            notes = _attribute_notes(inside, -1)
            self.blocks.append(above._replace(gap=0))
            self.blocks.append(Block(BlockKind.ATTRIBUTES, 0, above.gap, inside, 0, notes))

    def add_rule(self) -> None:
        self.add(BlockKind.RULE, self.at + 1, self.kinds[self.at])

    def add_quote(self) -> None:
        self.add(BlockKind.QUOTE, _run(_QUOTED, self.kinds, self.at, self.end))

    def add_table(self) -> None:
        end = _run(_TABLES, self.kinds, self.at, self.end)
        width = len(table_columns(self.lines[self.at]))
        at = self.at + 1
        while at < end and len(table_columns(self.lines[at])) == width:
            at += 1
        if at > self.at + 1:
            self.add(BlockKind.TABLE, at)
            self.after_blank = True
        else:
            # A paragraph that begins like a table; in such a one backticks do not count.
            self.add(_B_PARAGRAPH, _run(_PROSE, self.kinds, self.at, self.end), level=1)

    def add_list(self) -> None:
        lines, kinds, first = self.lines, self.kinds, self.at
        open_backticks = None
        end = list_end(lines, kinds, first, self.end)
        if end is None:
            _items, end, open_backticks = read_list(lines, kinds, first, self.end)
        notes = () if open_backticks is None else (unclosed_run(open_backticks, first),)
        self.add(_B_LIST, first + len(kinds[first:end].rstrip(_BLANK)), notes=notes)
        self.after_blank = True

    def add_indented(self) -> None:
        end = _run(_INDENTED, self.kinds, self.at, self.end)
        self.add(BlockKind.INDENTED, self.at + len(self.kinds[self.at : end].rstrip(_BLANK)))
        self.after_blank = True

    def add_fenced(self) -> None:
        fence = self.fence_at(self.at)
        if fence is None:
            self.add_paragraph()
            return
        delimiter = fence.delimiter
        at = self.kinds.find(_FENCE, self.at + 1, self.end)
        while at != -1:
            closing = self.fence_at(at)
            if closing is not None and closing.delimiter == delimiter:
                self.add(_B_FENCED, at + 1, fence.info, 1)
                return
            at = self.kinds.find(_FENCE, at + 1, self.end)
        text = f"Fenced Code Block opened with {delimiter} not closed at end of input"
        self.add(_B_FENCED, self.end, fence.info, 0, (Note(NoteKind.ERROR, 0, text),))

    def fence_at(self, at: int) -> FenceLine | None:
        """The fence on a line; most of a notebook's fences are alike."""
        line = self.lines[at]
        fence = self.fences.get(line)
        if fence is None:
            self.fences[line] = fence = fence_of(line)
        return fence

    def add_html(self) -> None:
        first = self.at
        needed = [(tag_of(self.lines[first]), first)]
        at = first + 1
        while needed:
            match = _TAGS.search(self.kinds, at, self.end)
            if match is None:
                at = self.end
                break
            at = match.end()
            tag = tag_of(self.lines[at - 1])
            if match.group() == _HTML_OPEN:
                needed.append((tag, at - 1))
            elif tag == needed[-1][0]:
                needed.pop()
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
        self.add(_B_COMMENT, min(at + 1, self.end))

    def add_complete_comment(self) -> None:
        self.add(_B_COMMENT, self.at + 1)

    def add_link(self) -> None:
        self.add(BlockKind.LINK, self.at + 1)

    def add_attributes(self) -> None:
        inside = attributes_of(self.lines[self.at]) or ""
        self.add(BlockKind.ATTRIBUTES, self.at + 1, inside, notes=_attribute_notes(inside))


def unclosed_run(run: OpenRun, first: int) -> Note:
    """The warning for backticks that stay open up to the end."""
    text = f"Closing unclosed backquotes {run.backticks} at end of input"
    return Note(NoteKind.WARNING, run.line - first, text)


def _run(pattern: re.Pattern[str], kinds: str, start: int, stop: int) -> int:
    """The end of a run of lines of some kinds."""
    match = pattern.match(kinds, start, stop)
    return match.end() if match else start


def _attribute_notes(inside: str, line: int = 0) -> tuple[Note, ...]:
    complaint = parse_attributes(inside).complaint
    return () if complaint is None else (Note(NoteKind.WARNING, line, complaint),)


_MORE_PROSE = frozenset((_TEXT, _TABLE))
_UNDERLINES = frozenset((_UNDERLINE, _DASHES))
_STEPS: dict[str, Callable[[_Splitter], None]] = {
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
