"""The text that Livebook would write for a notebook: its import, then its export.

Import is `import.ex`, export `live_markdown/export.ex`. A stamp is left out: only Livebook can
make one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.exporting.export import exported_text
from livebook_ls.notebook.exporting.prose import cell_sources
from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.importing.metadata import OPENING_FAILURES
from livebook_ls.notebook.markdown.parser_version import ParserVersion, may_differ
from livebook_ls.notebook.markdown.tree import UnwritableError
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import BlockDocument


def canonical(text: str, parser: ParserVersion | None = None) -> str | None:
    """The text as a Livebook with this parser would write it back.

    None where reading or writing it would fail, or where no parser is given and it matters.
    """
    source = Source(text)
    if parser is not None:
        return canonical_document(read_document(source, parser))
    parsers = list(ParserVersion) if may_differ(text) else list(ParserVersion)[:1]
    forms = {canonical_document(read_document(source, parser)) for parser in parsers}
    return forms.pop() if len(forms) == 1 else None


def canonical_document(document: BlockDocument) -> str | None:
    """The same for a text that has been read already, by the parser that read it."""
    notebook = build_notebook(document)
    # Text that no session can be started with is still restamped.
    if any(failure.code not in OPENING_FAILURES for failure in notebook.failures):
        return None
    try:
        return exported_text(notebook, cell_sources(document), document.scan.parser)
    except UnwritableError:
        return None
