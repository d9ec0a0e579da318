"""Elements to cells: what each takes from the comment above it, and where its parts stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.metadata import cell_attributes, smart_attributes
from livebook_ls.notebook.model import Cell, CellType, Span
from livebook_ls.notebook.places import block_span, code_span, code_text, label_span

if TYPE_CHECKING:
    from livebook_ls.notebook.elements import Code, Prose
    from livebook_ls.notebook.metadata import SmartCell
    from livebook_ls.notebook.model import Metadata
    from livebook_ls.notebook.places import Document


def code_cell(document: Document, code: Code, metadata: Metadata | None) -> Cell:
    """The cell of a code block with the comment above it."""
    source, scan, _blocks = document
    body = block_span(source, code.node)
    return Cell(
        type=CellType.CODE,
        span=_cell_span(code, body, metadata),
        body_span=body,
        source_span=code_span(source, code.node),
        source=code_text(scan, code.node),
        language=code.node.block.label,
        language_span=label_span(source, code.node),
        metadata_comment=metadata,
        metadata={} if metadata is None else cell_attributes(metadata.value),
        outputs=code.outputs,
    )


def smart_cell_of(document: Document, code: Code, metadata: Metadata, smart: SmartCell) -> Cell:
    """The smart cell that the comment above a code block makes of it."""
    source, scan, _blocks = document
    body = block_span(source, code.node)
    return Cell(
        type=CellType.SMART,
        span=_cell_span(code, body, metadata),
        body_span=body,
        source_span=code_span(source, code.node),
        source=code_text(scan, code.node),
        language=code.node.block.label,
        language_span=label_span(source, code.node),
        metadata_comment=metadata,
        metadata=smart_attributes(metadata.value),
        kind=smart.kind,
        attrs=smart.attrs,
        chunks=smart.chunks,
        outputs=code.outputs,
    )


def markdown_cell(document: Document, prose: Prose, metadata: Metadata | None) -> Cell:
    """The cell of a run of blocks; empty where only a comment breaks it open."""
    source = document.source
    if prose.nodes:
        start = block_span(source, prose.nodes[0]).start
        body = Span(start, max(start, block_span(source, prose.nodes[-1]).end))
    else:
        body = Span(prose.span.end, prose.span.end)
    start = min(body.start, prose.span.start) if metadata is None else metadata.span.start
    return Cell(
        type=CellType.MARKDOWN,
        span=Span(min(start, body.end), body.end),
        body_span=body,
        source_span=body,
        source=source.text[body.start : body.end],
        metadata_comment=metadata,
        metadata={},
    )


def _cell_span(code: Code, body: Span, metadata: Metadata | None) -> Span:
    start = body.start if metadata is None else min(metadata.span.start, body.start)
    return Span(start, code.outputs[-1].span.end if code.outputs else body.end)
