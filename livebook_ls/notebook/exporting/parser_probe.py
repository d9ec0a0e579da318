"""A small text by whose form one sees which Markdown parser a Livebook has."""

from __future__ import annotations

from livebook_ls.notebook.exporting.canonical import canonical
from livebook_ls.notebook.markdown.parser_version import ParserVersion

# The older parser needs an end for this element, and takes what follows for its content.
PROBE = "# Probe\n\n## Section\n\n<col>\nwords\n"


def parser_of(form: str | None) -> ParserVersion | None:
    """The parser of a Livebook that writes the probe in this form; None where none of ours does."""
    return next((it for it in ParserVersion if canonical(PROBE, it) == form), None)
