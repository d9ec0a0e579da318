"""What links lead to across notebooks: a path, the notebook there, and the heading in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import NamedTuple

from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.links.workspace_notebooks import PlacedNotebook, WorkspaceNotebooks
from livebook_ls.notebook.links.address import Destination, read_address, resolved
from livebook_ls.notebook.links.inline import Link
from livebook_ls.notebook.links.targets import LinkTarget

_WITHIN = (Destination.SECTION, Destination.FILE)


class Destined(NamedTuple):
    """What a link leads to: a path, the notebook there and the heading, as far as there are any."""

    path: str
    notebook: PlacedNotebook | None
    target: LinkTarget | None


async def destined(
    notebooks: WorkspaceNotebooks, document: Document, link: Link
) -> Destined | None:
    """What a link leads to; None for the web, Livebook's pages and sections that aren't there."""
    address = read_address(link.address)
    path = document.asked_path
    own = PlacedNotebook(path, document.uri, document.reading.linked)
    if address.leads_to is Destination.SECTION:
        target = own.notebook.target(address.fragment or "")
        return Destined(path, own, target) if target else None
    if address.leads_to is not Destination.FILE or document.path is None:
        return None
    path = resolved(document.path, address.path)
    may_look = notebooks.surroundings(document.path).may_look(path)
    there = await notebooks.read(path) if may_look else None
    target = there.notebook.target(address.fragment) if there and address.fragment else None
    return Destined(path, there, target)


async def is_there(notebooks: WorkspaceNotebooks, document: Document, path: str) -> bool | None:
    """Whether a link's path exists; None where one may not look."""
    around = notebooks.surroundings(document.path)
    return await asyncio.to_thread(around.exists, path)


async def meant_at(
    notebooks: WorkspaceNotebooks, document: Document, offset: int
) -> Destined | None:
    """What is asked about at a place: a heading there, or what a link there leads to."""
    own = document.reading.linked
    target = own.target_at(offset)
    if target is None:
        link = own.link_at(offset)
        return await destined(notebooks, document, link) if link else None
    here = PlacedNotebook(document.asked_path, document.uri, own)
    name = own.draft.notebook.name_span
    # Who asks at the title asks about the notebook.
    is_title = name is not None and target.span == name
    return Destined(here.path, here, None if is_title else target)


def links_to(it: PlacedNotebook, meant: Destined) -> Iterator[Link]:
    """The links of a notebook to what is meant."""
    leads = leads_to(it, meant.path)
    for link in it.notebook.links:
        address = read_address(link.address)
        if address.leads_to not in _WITHIN:
            continue
        if not leads(address.path) or (meant.target is None and not address.path):
            continue
        if meant.target is None or address.fragment == meant.target.fragment:
            yield link


def leads_to(it: PlacedNotebook, path: str) -> Callable[[str], bool]:
    """Whether the path of an address leads to `path`, said for addresses in a notebook."""

    def leads(written: str) -> bool:
        return (resolved(it.path, written) if written else it.path) == path

    return leads
