"""Hover on what only Livebook reads: comments and stamps, and on smart and setup cells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from lsprotocol import types

from livebook_ls.lsp.convert import to_range
from livebook_ls.notebook import comment_words
from livebook_ls.notebook.model import Cell, CellType, JsonValue, Metadata, Notebook, Span, Stamp
from livebook_ls.notebook.outline import smart_cell_name
from livebook_ls.notebook.source import Source, Unit

_MARKER = re.compile(
    r'[ \t]*<!-- *livebook:\{"(force_markdown|break_markdown|output)":true\} *-->[ \t]*\Z'
)
_LONGEST_JSON = 2_000


class _Part(NamedTuple):
    """Something to point at: Markdown about `span`."""

    span: Span
    text: str


def hover(notebook: Notebook, source: Source, offset: int, unit: Unit) -> types.Hover | None:
    """What stands at a place, in words; None for what speaks for itself."""
    part = next((it for it in _parts(notebook, source, offset) if _covers(it.span, offset)), None)
    if part is None:
        return None
    return types.Hover(
        contents=types.MarkupContent(kind=types.MarkupKind.Markdown, value=part.text),
        range=to_range(source, part.span, unit),
    )


def _parts(notebook: Notebook, source: Source, offset: int) -> Iterator[_Part]:
    if notebook.metadata_comment is not None:
        yield _of_metadata("Notebook", notebook.metadata_comment, comment_words.NOTEBOOK)
    if notebook.stamp is not None:
        yield _of_stamp(notebook.stamp)
    for cell in notebook.setup:
        yield _Part(_fence_line(cell, source), comment_words.SETUP[cell.language or ""])
        yield from _of_cell(cell, source)
    for section in notebook.sections:
        if section.metadata_comment is not None:
            yield _of_section(section.metadata_comment, notebook)
        if _covers(section.span, offset):
            for cell in section.cells:
                yield from _of_cell(cell, source)
    yield from _of_marker(notebook, source, offset)


def _of_metadata(title: str, metadata: Metadata, known: dict[str, str]) -> _Part:
    return _Part(metadata.span, "\n\n".join((f"**{title}**", *_explained(metadata.value, known))))


def _of_section(metadata: Metadata, notebook: Notebook) -> _Part:
    part = _of_metadata("Section", metadata, comment_words.SECTION)
    value = metadata.value
    index = value.get("branch_parent_index") if isinstance(value, dict) else None
    sections = notebook.sections
    if isinstance(index, bool) or not isinstance(index, int):
        return part
    if not -len(sections) <= index < len(sections):
        return part
    return _Part(part.span, f"{part.text}\n\nThat is “{sections[index].name}”.")


def _of_stamp(stamp: Stamp) -> _Part:
    offset = stamp.offset
    known = isinstance(offset, int) and not isinstance(offset, bool)
    covered = f"the first {offset} bytes" if known else "the text"
    return _Part(stamp.span, comment_words.STAMP.format(covered=covered))


def _of_cell(cell: Cell, source: Source) -> Iterator[_Part]:
    comment = cell.metadata_comment
    if cell.type is CellType.SMART:
        text = _smart_text(cell)
        yield _Part(_fence_line(cell, source), text)
        if comment is not None:
            yield _Part(comment.span, text)
    elif comment is not None:
        yield _of_metadata("Cell", comment, comment_words.CELL)


def _smart_text(cell: Cell) -> str:
    about = [f"**Smart cell: {smart_cell_name(cell.kind)}**", comment_words.SMART]
    if cell.attrs not in (None, {}, []):
        about.append(_json(cell.attrs))
    if isinstance(cell.chunks, list):
        about.append(f"Its code has {len(cell.chunks)} parts.")
    if cell.metadata:
        about += _explained(cell.metadata, comment_words.CELL)
    return "\n\n".join(about)


def _of_marker(notebook: Notebook, source: Source, offset: int) -> Iterator[_Part]:
    """The comments that only steer Livebook's importer, which stand on a line of their own."""
    line = source.line_at(offset)
    found = _MARKER.match(source.lines[line])
    cells = notebook.cells
    in_code = (
        cell.type is not CellType.MARKDOWN and _covers(cell.source_span, offset) for cell in cells
    )
    if found and not any(in_code):
        span = Span(source.starts[line], source.line_end(line))
        yield _Part(span, comment_words.MARKERS[found[1]])


def _explained(value: JsonValue, known: dict[str, str]) -> Iterator[str]:
    if not isinstance(value, dict):
        yield "Livebook expects a JSON object here."
        yield _json(value)
        return
    lines = []
    for key, item in value.items():
        told = known.get(key, "Livebook does not know this key.")
        lines.append(f"- `{key}`: `{_inline(item)}` – {told}")
        if key == "app_settings" and isinstance(item, dict):
            lines += [
                f"  - `{name}`: `{_inline(it)}` – {comment_words.APP.get(name, 'not known.')}"
                for name, it in item.items()
            ]
    yield "\n".join(lines) or "Nothing is set."


def _inline(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False).replace("`", "ˋ")
    return text if len(text) <= 80 else f"{text[:79]}…"


def _json(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if len(text) > _LONGEST_JSON:
        text = f"{text[:_LONGEST_JSON]}\n…"
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    fence = fence if len(fence) > 2 else "```"
    return f"{fence}json\n{text}\n{fence}"


def _fence_line(cell: Cell, source: Source) -> Span:
    start = cell.body_span.start
    return Span(start, min(source.line_end(source.line_at(start)), cell.body_span.end))


def _covers(span: Span, offset: int) -> bool:
    return span.start <= offset <= span.end
