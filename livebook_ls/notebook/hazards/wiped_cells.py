"""Texts whose cells or sections Livebook would not see, and so destroy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.hazard import (
    Hazard,
    QuickFix,
    Severity,
    insertion,
    replacement,
)
from livebook_ls.notebook.hazards.nothing_written import nothing_written
from livebook_ls.notebook.hazards.swallowed_cells import begins_something, first_swallowed
from livebook_ls.notebook.importing.assembly import CODE_LANGUAGES
from livebook_ls.notebook.markdown.backticks import OpenRun, open_run
from livebook_ls.notebook.markdown.blocks import Block, BlockKind
from livebook_ls.notebook.markdown.html import tag_of
from livebook_ls.notebook.markdown.line_forms import fence_of
from livebook_ls.notebook.markdown.lines import LineKind
from livebook_ls.notebook.markdown.parser_version import ParserVersion
from livebook_ls.notebook.markdown.places import line_span
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livebook_ls.notebook.markdown.places import BlockDocument
    from livebook_ls.notebook.source import Source

_HTML = (BlockKind.HTML, BlockKind.HTML_HEADING)
_FENCE_SIGNS = frozenset("`~")
_INFO_WORDS = re.compile(r"(`{3,}|~{3,})[ \t]*([^\s`{,]+)([^`]*)\Z")


def text_wipe_hazards(source: Source) -> Iterator[Hazard]:
    """What is seen only in the whole text: that there is none, or two versions of it."""
    if (hazard := nothing_written(source.text)) is not None:
        yield hazard
    yield from _conflicts(source)


def _conflicts(source: Source) -> Iterator[Hazard]:
    lines = source.lines
    if "<<<<<<<" not in source.text or ">>>>>>>" not in source.text:
        return
    opened: int | None = None
    is_parted = False
    for at, line in enumerate(lines):
        if line == "<<<<<<<" or line.startswith("<<<<<<< "):
            opened, is_parted = at, False
        elif line == "=======" and opened is not None:
            is_parted = True
        elif (line == ">>>>>>>" or line.startswith(">>>>>>> ")) and opened is not None:
            if is_parted:
                span = line_span(source, opened)
                message = (
                    "This is an unsettled merge conflict; settle it first:"
                    " Livebook would scramble both sides."
                )
                yield Hazard("merge-conflict", Severity.WIPE, span, message)
            opened = None


def wipe_hazards(document: BlockDocument, block: Block, line: int) -> Iterable[Hazard]:
    """Whatever would hide cells or sections from Livebook in this block."""
    kind = block.kind
    if kind is BlockKind.FENCED:
        return _in_fence(document, block, line)
    if kind is BlockKind.PARAGRAPH:
        return _in_paragraph(document, block, line)
    if kind is BlockKind.LIST:
        return _in_list(document, block, line)
    if kind in _HTML:
        return _in_html(document, block, line)
    if kind is BlockKind.COMMENT:
        return _in_comment(document, block, line)
    return ()


def _in_fence(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    source, lines = document.source, document.scan.lines
    last = line + block.size - 1
    # Nearly all fences end with nothing but backticks.
    if block.level and not lines[last].strip("`"):
        return
    opening = fence_of(lines[line])
    delimiter = opening.delimiter if opening else "```"
    if block.level == 0:
        message = (
            "This code block is never closed; close it:"
            " Livebook would take the rest of the file for its code."
        )
        fix = _closing_fence(source, line, last + 1, delimiter)
        yield Hazard("unclosed-fence", Severity.WIPE, line_span(source, line), message, fix)
        return
    closing = fence_of(lines[last])
    if closing is not None and closing.info:
        message = (
            f"This {delimiter}{closing.info} closes the code block above instead of opening one;"
            " close that one first: Livebook would turn the cells below inside out."
        )
        fix = _closing_fence(source, line, last, delimiter)
        yield Hazard("closed-by-opening", Severity.WIPE, line_span(source, last), message, fix)


def _closing_fence(source: Source, line: int, end: int, delimiter: str) -> QuickFix:
    """Close the fence before whatever looks like the next cell or section, or at the end."""
    last = end - 1
    for at in range(line + 1, end):
        # A line of code may well begin with one `#`.
        is_free = at == line + 1 or not source.lines[at - 1].strip()
        if is_free and begins_something(source.lines[at]) and not source.lines[at].startswith("# "):
            last = at - 1
            break
    while last > line and not source.lines[last].strip():
        last -= 1
    is_parted = last + 1 < len(source.lines) and not source.lines[last + 1].strip()
    newline = source.newline_at(last)
    text = newline + delimiter + ("" if is_parted else newline)
    return insertion("Close the code block", source.line_end(last), text)


def _in_paragraph(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    source, kinds = document.source, document.scan.kinds
    yield from _split_info(source, block, line)
    end = line + block.size
    if not block.notes and not kinds[line:end].strip("tT"):
        return
    swallowed = [at for at in range(line, end) if kinds[at] not in "tT"]
    first = first_swallowed(source, swallowed)
    if first is not None:
        yield _open_backticks(document, line, first)


def _open_backticks(document: BlockDocument, line: int, swallowed: int) -> Hazard:
    source = document.source
    pending: OpenRun | None = None
    for at in range(line, swallowed):
        pending = open_run(document.scan.lines[at], at, pending)
    at = line if pending is None else pending.line
    run = "`" if pending is None else pending.backticks
    message = (
        f"This line opens code with {run} and does not close it; close it:"
        " Livebook would take what follows, cells too, for text."
    )
    fix = insertion("Close the code", source.line_end(at), run)
    if source.lines[at].strip() == run:
        # It was meant for a fence; that is closed by a line of its own.
        last = _last_of_paragraph(source, at, swallowed)
        fix = insertion("Close the code", source.line_end(last), source.newline_at(last) + run)
    elif source.lines[at].rstrip().endswith(run):
        end = source.starts[at] + len(source.lines[at].rstrip())
        fix = replacement("Remove the backticks", Span(end - len(run), end), "")
    return Hazard("open-backticks", Severity.WIPE, line_span(source, at), message, fix)


def _split_info(source: Source, block: Block, line: int) -> Iterator[Hazard]:
    """Fences that are none, because more than one word follows the backticks."""
    for at in range(line, line + block.size):
        content = source.lines[at]
        match = _INFO_WORDS.match(content) if content[:1] in _FENCE_SIGNS else None
        if match is None or match.group(2) not in CODE_LANGUAGES or not match.group(3).strip():
            continue
        message = (
            "Livebook reads a code block only with a single word behind the backticks;"
            " remove the others, or this cell becomes text."
        )
        start = source.starts[at]
        extra = Span(start + match.end(2), start + len(source.lines[at]))
        fix = replacement("Keep only the language", extra, "")
        yield Hazard("fence-words", Severity.WIPE, line_span(source, at), message, fix)
        return


def _in_list(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    source = document.source
    at = first_swallowed(source, range(line + 1, line + block.size))
    if at is None:
        return
    pending: OpenRun | None = None
    for above in range(line, at):
        pending = open_run(source.lines[above], above, pending)
    if pending is not None:
        yield _open_backticks(document, pending.line, at)
    else:
        yield _glued(source, at)


def _glued(source: Source, at: int) -> Hazard:
    message = (
        "No blank line parts this from the list above; add one,"
        " or Livebook takes it for a part of the list item and not for a cell."
    )
    fix = insertion("Add a blank line", source.starts[at], source.newline_at(at))
    return Hazard("glued-to-list", Severity.WIPE, line_span(source, at), message, fix)


def _in_html(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    if not any(note.text.startswith("Failed to find closing") for note in block.notes):
        return
    source = document.source
    if first_swallowed(source, range(line + 1, line + block.size)) is None:
        return
    endless = _without_end(document, block, line)
    if endless:
        yield _unended(document, endless)
        return
    last = _last_of_paragraph(source, line, line + block.size)
    tags = _open_tags(document, line, last)
    message = (
        f"Nothing closes this <{tags[0]}>; close it:"
        " Livebook would take the rest of the file, cells too, for HTML."
    )
    closing = "".join(f"{source.newline_at(last)}</{tag}>" for tag in reversed(tags))
    fix = insertion(f"Close <{tags[0]}>", source.line_end(last), closing)
    yield Hazard("unclosed-html", Severity.WIPE, line_span(source, line), message, fix)


def _without_end(document: BlockDocument, block: Block, line: int) -> list[int]:
    """The lines of tags that need an end for the older of Livebook's parsers alone."""
    lines, kinds, _parser = document.scan
    return [
        at
        for at in range(line, line + block.size)
        if kinds[at] == LineKind.HTML_OPEN and ParserVersion.V1_4_46.is_void(tag_of(lines[at]))
    ]


def _unended(document: BlockDocument, lines: list[int]) -> Hazard:
    source = document.source
    tag = tag_of(source.lines[lines[0]])
    message = (
        f"To the Livebooks that people install <{tag}> needs an end, and without one takes what"
        " follows, cells too, for HTML; end it by />."
    )
    ends = [source.starts[at] + source.lines[at].find(">") for at in lines]
    fix = QuickFix(f"End <{tag}> by />", tuple(Replacement(Span(it, it), " /") for it in ends))
    return Hazard("unclosed-html", Severity.WIPE, line_span(source, lines[0]), message, fix)


def _open_tags(document: BlockDocument, line: int, last: int) -> list[str]:
    """The tags that are open behind a line, outermost first."""
    lines, kinds, _parser = document.scan
    tags = [tag_of(lines[line])]
    for at in range(line + 1, last + 1):
        if kinds[at] == LineKind.HTML_OPEN:
            tags.append(tag_of(lines[at]))
        elif kinds[at] == LineKind.HTML_CLOSE and tags[-1:] == [tag_of(lines[at])]:
            tags.pop()
    return tags or [tag_of(lines[line])]


def _last_of_paragraph(source: Source, line: int, end: int) -> int:
    """The last line before a blank one, or one that begins something."""
    last = line
    while last + 1 < end and source.lines[last + 1].strip():
        if begins_something(source.lines[last + 1]):
            break
        last += 1
    return last


def _in_comment(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    source, kinds = document.source, document.scan.kinds
    last = line + block.size - 1
    content = source.lines[last]
    end = content.find("-->")
    if end == -1:
        if first_swallowed(source, range(line + 1, last + 1)) is not None:
            message = (
                "Nothing closes this comment; close it:"
                " Livebook would take the rest of the file, cells too, for a comment."
            )
            fix = insertion("Close the comment", source.line_end(line), " -->")
            yield Hazard("unclosed-comment", Severity.WIPE, line_span(source, line), message, fix)
        return
    if kinds[line] != LineKind.COMMENT_START or block.size > 1:
        return
    hidden = _hidden_by_tail(document, last)
    if hidden is None:
        return
    span = Span(source.starts[last] + end + 3, source.line_end(last))
    message = (
        "Something follows --> on this line, and so Livebook reads all up to the next -->"
        " as plain text, cells too; move it to a line of its own."
    )
    tail = source.text[span.start : span.end].strip()
    fix = replacement(
        "End the line behind -->", span, 2 * source.newline_at(last) + tail if tail else ""
    )
    yield Hazard("text-after-comment", Severity.WIPE, span, message, fix)


def _hidden_by_tail(document: BlockDocument, line: int) -> int | None:
    """The first cell or section that is read as text because something follows `-->`."""
    source, kinds = document.source, document.scan.kinds
    for at in range(line + 1, len(source.lines)):
        content = source.lines[at]
        if begins_something(content) and kinds[at] == LineKind.TEXT:
            return at
        if "-->" in content:
            return None
    return None
