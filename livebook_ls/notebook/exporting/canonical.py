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
from livebook_ls.notebook.markdown.tree import UnwritableError
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import BlockDocument


def canonical(text: str) -> str | None:
    """The text as Livebook would write it back; None where reading or writing it would fail."""
    return canonical_document(read_document(Source(text)))


def canonical_document(document: BlockDocument) -> str | None:
    """The same for a text that has been read already."""
    notebook = build_notebook(document)
    # Text that no session can be started with is still restamped.
    if any(failure.code not in OPENING_FAILURES for failure in notebook.failures):
        return None
    try:
        return exported_text(notebook, cell_sources(document))
    except UnwritableError:
        return None
