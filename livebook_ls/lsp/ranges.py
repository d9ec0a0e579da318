"""Places in JSON and the units of their columns; the first outline is made of them.

lsprotocol's types stay away: they are still being loaded then.
"""

from __future__ import annotations

from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source, Unit


def to_unit(kind: str | None) -> Unit:
    """The unit that was negotiated, by LSP's name of it; UTF-16 where nothing was said."""
    return Unit(kind or "utf-16")


def to_range_json(source: Source, span: Span, unit: Unit) -> dict[str, dict[str, int]]:
    """Where `span` is for the client."""
    (line, column), (last, end) = source.position(span.start, unit), source.position(span.end, unit)
    return {
        "start": {"line": line, "character": column},
        "end": {"line": last, "character": end},
    }
