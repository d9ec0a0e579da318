"""Links as editors show them: where they lead, in words and as places."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types

from livebook_ls.lsp.convert import to_range
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.notebook.linked_notebook import LinkedNotebook
from livebook_ls.notebook.links.address import Destination, read_address, resolved
from livebook_ls.notebook.links.inline import Link
from livebook_ls.notebook.source import Unit

_LIVEBOOK_PAGE = "A page of the Livebook that runs this notebook."
_NOWHERE = "There is nothing at `{path}`."


def document_links(
    document: Document, unit: Unit, *, shows_lines: bool
) -> Iterator[types.DocumentLink]:
    """The links that lead to a file or to the web, and to sections where `shows_lines`.

    Lines in the fragment of a URI are VS Code's own way to name a place.
    """
    linked = document.reading.linked
    for link in linked.links:
        target = _uri(link, document, linked, shows_lines=shows_lines)
        if target is not None:
            place = to_range(linked.source, link.address_span, unit)
            yield types.DocumentLink(range=place, target=target)


def hover_words(link: Link, path: str, name: str | None, *, is_there: bool | None) -> str | None:
    """Where a link leads, in Markdown; `name` is that of the section or notebook there."""
    address = read_address(link.address)
    if address.leads_to is Destination.LIVEBOOK:
        return _LIVEBOOK_PAGE
    if address.leads_to is Destination.SECTION:
        return f"Section “{name}” of this notebook" if name else None
    if address.leads_to is not Destination.FILE:
        return None
    if is_there is False:
        return _NOWHERE.format(path=path)
    if name is None:
        return f"The file `{path}`"
    return f"Section “{name}” of `{path}`" if address.fragment else f"“{name}”, `{path}`"


def _uri(
    link: Link, document: Document, linked: LinkedNotebook, *, shows_lines: bool
) -> str | None:
    address = read_address(link.address)
    if address.leads_to is Destination.WEB:
        return f"https:{address.path}" if address.path.startswith("//") else address.path
    if address.leads_to is Destination.FILE and document.path is not None:
        return Path(resolved(document.path, address.path)).as_uri()
    if address.leads_to is Destination.SECTION and shows_lines and address.fragment:
        target = linked.target(address.fragment)
        if target is not None:
            return f"{document.uri}#L{linked.source.line_at(target.span.start) + 1}"
    return None


def shown_path(path: str, beside: str) -> str:
    """A path as one would write it in a notebook at `beside`."""
    return posixpath.relpath(path, posixpath.dirname(beside))
