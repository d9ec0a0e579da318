"""Outputs in the text that Livebook would not keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.hazard import Hazard, QuickFix, Severity, insertion, replacement
from livebook_ls.notebook.importing.annotations import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.model import Notebook, Output, Span
    from livebook_ls.notebook.source import Source


def output_hazards(
    source: Source, notebook: Notebook, outputs: Iterator[tuple[Output, Span]]
) -> Iterator[Hazard]:
    """One hazard for all outputs, or one for each of a kind that is never kept."""
    if OUTPUT not in source.text:
        return
    if notebook.attrs.get("persist_outputs") in (None, False):
        first = next((span for _output, span in outputs), None)
        if first is not None:
            message = (
                "Livebook would drop the outputs in this notebook, for it does not say"
                ' "persist_outputs":true.'
            )
            fix = _keep_outputs(source, notebook)
            yield Hazard("outputs", Severity.DROP, first, message, fix)
        return
    message = "Livebook keeps only outputs that are text, and would drop this one."
    for output, span in outputs:
        if not output.is_kept:
            yield Hazard("output-kind", Severity.DROP, span, message)


def _keep_outputs(source: Source, notebook: Notebook) -> QuickFix | None:
    comment, title = notebook.metadata_comment, notebook.name_span
    if comment is not None and isinstance(comment.value, dict):
        value = to_json(comment.value | {"persist_outputs": True})
        return replacement("Keep outputs", comment.json_span, value)
    if comment is not None or title is None:
        return None
    line = source.line_at(title.start)
    text = '<!-- livebook:{"persist_outputs":true} -->' + 2 * source.newline_at(line)
    return insertion("Keep outputs", source.starts[line], text)
