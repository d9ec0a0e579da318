"""Outputs in the text that Livebook would not keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.hazard import (
    Hazard,
    QuickFix,
    Severity,
    insertion,
    lines_removal,
    replacement,
)
from livebook_ls.notebook.markdown.places import line_span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.model import Notebook, Output, Span
    from livebook_ls.notebook.source import Source


def output_hazards(
    source: Source, notebook: Notebook, outputs: Iterator[tuple[Output, Span, bool]]
) -> Iterator[Hazard]:
    """What becomes of the `outputs`, given with their places and whether a setup cell has them."""
    keeps_outputs = notebook.attrs.get("persist_outputs") not in (None, False)
    is_said = False
    for output, span, is_of_setup in outputs:
        if is_of_setup:
            message = "Livebook keeps no outputs of a setup cell, and would drop this one."
            fix = lines_removal("Remove the output", source, span)
            yield Hazard("setup-output", Severity.DROP, _first_line(source, span), message, fix)
        elif keeps_outputs and not output.is_kept:
            message = "Livebook keeps only outputs that are text, and would drop this one."
            yield Hazard("output-kind", Severity.DROP, _first_line(source, span), message)
        elif not keeps_outputs and not is_said:
            # One word for all of them, which one mend keeps.
            is_said = True
            message = (
                "Livebook would drop the outputs in this notebook, for it does not say"
                ' "persist_outputs":true.'
            )
            keep = _keep_outputs(source, notebook)
            yield Hazard("outputs", Severity.DROP, _first_line(source, span), message, keep)


def _first_line(source: Source, span: Span) -> Span:
    return line_span(source, source.line_at(span.start))


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
