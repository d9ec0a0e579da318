"""Blocks to cells: what each takes from the comment above it, and where its parts stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.importing.metadata import cell_attributes, smart_attributes
from livebook_ls.notebook.markdown.places import block_span, code_span, code_text, label_span
from livebook_ls.notebook.model import Cell, CellType, Output, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from livebook_ls.notebook.importing.metadata import SmartCell
    from livebook_ls.notebook.markdown.places import BlockDocument, Node
    from livebook_ls.notebook.model import Metadata

_CODE = CellType.CODE
_MARKDOWN = CellType.MARKDOWN


class CellRecipe(NamedTuple):
    """How a cell is made, and what is asked of all cells, for which none needs to be made."""

    type: CellType
    comment: Metadata | None
    outputs: tuple[Output, ...]
    make: Callable[[], Cell]


def code_cell(
    document: BlockDocument, node: Node, metadata: Metadata | None, outputs: tuple[Output, ...]
) -> Cell:
    """The cell of a code block with the comment above it."""
    source = document.source
    body = block_span(source, node)
    return Cell(
        type=_CODE,
        span=_cell_span(body, metadata, outputs),
        body_span=body,
        source_span=code_span(source, node),
        source=code_text(document.scan, node),
        language=node[0].label,
        language_span=label_span(source, node),
        metadata_comment=metadata,
        metadata={} if metadata is None else cell_attributes(metadata.value),
        outputs=outputs,
    )


def smart_cell_of(
    document: BlockDocument,
    node: Node,
    metadata: Metadata,
    smart: SmartCell,
    outputs: tuple[Output, ...],
) -> Cell:
    """The smart cell that the comment above a code block makes of it."""
    source = document.source
    body = block_span(source, node)
    return Cell(
        type=CellType.SMART,
        span=_cell_span(body, metadata, outputs),
        body_span=body,
        source_span=code_span(source, node),
        source=code_text(document.scan, node),
        language=node[0].label,
        language_span=label_span(source, node),
        metadata_comment=metadata,
        metadata=smart_attributes(metadata.value),
        kind=smart.kind,
        attrs=smart.attrs,
        chunks=smart.chunks,
        outputs=outputs,
    )


def markdown_cell(document: BlockDocument, nodes: list[Node], metadata: Metadata | None) -> Cell:
    """The cell of a run of blocks."""
    source = document.source
    _block, line = nodes[0]
    start = source.starts[line]
    body = Span(start, max(start, block_span(source, nodes[-1]).end))
    span = body if metadata is None else Span(min(start, metadata.span.start), body.end)
    return Cell(
        type=_MARKDOWN,
        span=span,
        body_span=body,
        source_span=body,
        source=source.text[body.start : body.end],
        metadata_comment=metadata,
        metadata={},
    )


def empty_markdown_cell(document: BlockDocument, comment: Node, metadata: Metadata | None) -> Cell:
    """The cell that a comment breaks open and nothing fills."""
    span = block_span(document.source, comment)
    body = Span(span.end, span.end)
    start = span.start if metadata is None else metadata.span.start
    return Cell(
        type=_MARKDOWN,
        span=Span(start, span.end),
        body_span=body,
        source_span=body,
        source="",
        metadata_comment=metadata,
        metadata={},
    )


def output_of(document: BlockDocument, first: Node, code: Node) -> Output:
    """The output in a code block that belongs to the cell above; `first` is its comment."""
    start, end = block_span(document.source, first).start, block_span(document.source, code).end
    is_kept = first is code or not code[0].label
    return Output(span=Span(start, end), text=code_text(document.scan, code), is_kept=is_kept)


def _cell_span(body: Span, metadata: Metadata | None, outputs: tuple[Output, ...]) -> Span:
    if metadata is None and not outputs:
        return body
    start = body.start if metadata is None else min(metadata.span.start, body.start)
    return Span(start, outputs[-1].span.end if outputs else body.end)
