"""Text to `Notebook`, as Livebook's importer reads it (`import.ex`).

Warnings come word for word in Livebook's order, without those that need a stamp's key or the
hubs of the machine. What would make Livebook raise is listed, and reading goes on behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.importing.composing import compose, place
from livebook_ls.notebook.importing.fragments import Fragment
from livebook_ls.notebook.markdown.lines import scan
from livebook_ls.notebook.markdown.nested import split_document
from livebook_ls.notebook.markdown.parser_version import RELEASED, ParserVersion
from livebook_ls.notebook.markdown.places import BlockDocument
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from livebook_ls.notebook.model import Notebook


def parse(text: str, parser: ParserVersion = RELEASED) -> Notebook:
    """The notebook that this text is."""
    return build_notebook(read_document(Source(text), parser))


def parse_source(source: Source) -> Notebook:
    """The notebook that this source is."""
    return build_notebook(read_document(source))


def read_document(source: Source, parser: ParserVersion = RELEASED) -> BlockDocument:
    """The source, split into blocks."""
    scanned = scan(source.lines, parser)
    return BlockDocument(source, scanned, split_document(scanned))


def build_notebook(document: BlockDocument) -> Notebook:
    """The notebook that a document's blocks make."""
    return compose(document.source, place([Fragment(document)]))
