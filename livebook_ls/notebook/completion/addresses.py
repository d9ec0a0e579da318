"""What a link that is being written may lead to: sections, notebooks, files, images."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import unquote

from livebook_ls.notebook.completion.proposal import Proposal, ProposalKind, Proposals
from livebook_ls.notebook.links.address import (
    relative_to,
    resolved,
    write_fragment,
    write_path,
)
from livebook_ls.notebook.links.attachments import is_image
from livebook_ls.notebook.links.mending import ATTACHMENTS
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from livebook_ls.notebook.completion.cursor_place import CursorPlace
    from livebook_ls.notebook.linked_notebook import LinkedNotebook

_LINK = re.compile(
    r"(?P<image>!?)\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(\s*(?P<typed><[^<>]*|[^\s()<>]*)\Z"
)
_DEFINITION = re.compile(r" {0,3}(?P<image>)\[[^\[\]]+\]:[ \t]+(?P<typed><[^<>]*|\S*)\Z")
_ELSEWHERE = re.compile(r"<?(?:[a-z][a-z0-9+.-]*:|/)", re.IGNORECASE)
_MOST = 300
_ATTACHMENT = "attachment"


class Neighbour(NamedTuple):
    """A file or folder beside a notebook."""

    path: str
    is_folder: bool


class Neighbours(Protocol):
    """The files around a notebook; asking may wait for the disk."""

    def entries(self, folder: str) -> Iterable[Neighbour]:
        """What a folder holds."""

    def notebook(self, path: str) -> LinkedNotebook | None:
        """The notebook at a path."""

    def notebooks(self) -> Iterable[str]:
        """The paths of all notebooks in the workspace."""


class BegunAddress(NamedTuple):
    """What is typed of an address, and where that begins."""

    typed: str
    start: int
    is_image: bool


def begun_address(place: CursorPlace) -> BegunAddress | None:
    """The address that the cursor stands behind, in prose."""
    before = place.before
    found = _LINK.search(before) or _DEFINITION.match(before)
    if found is None or place.is_in_code or before[: found.start()].count("`") % 2:
        return None
    if _ELSEWHERE.match(found["typed"]):
        return None
    start = place.source.starts[place.line] + found.start("typed")
    return BegunAddress(found["typed"], start, found["image"] == "!")


def address_proposals(
    place: CursorPlace,
    begun: BegunAddress,
    own: LinkedNotebook,
    path: str | None,
    around: Neighbours,
) -> Proposals:
    """What may follow; `path` is the notebook's, where it has one."""
    said, mark, fragment = begun.typed.partition("#")
    opened = said.startswith("<")
    written = unquote(said.removeprefix("<"))
    if mark:
        notebook = _notebook_at(written, own, path, around)
        items = _sections(notebook, "") if notebook else ()
        return Proposals(tuple(items), Span(place.offset - len(fragment), place.offset))
    items = _files(written, begun, own, path, around, is_angled=opened) if path else iter(())
    last = said.rpartition("/")[2].removeprefix("<")
    sections = () if said or begun.is_image else _sections(own, "#")
    return Proposals((*sections, *items), Span(place.offset - len(last), place.offset))


def _notebook_at(
    written: str, own: LinkedNotebook, path: str | None, around: Neighbours
) -> LinkedNotebook | None:
    if not written:
        return own
    return around.notebook(resolved(path, written)) if path else None


def _sections(notebook: LinkedNotebook, mark: str) -> Iterator[Proposal]:
    for it in notebook.targets:
        if it.section is not None:
            written = mark + write_fragment(it.fragment)
            yield Proposal(
                label=it.name,
                kind=ProposalKind.SECTION,
                insert=written,
                detail=f"#{it.fragment}",
                typed_as=written,
            )


def _files(
    written: str,
    begun: BegunAddress,
    own: LinkedNotebook,
    path: str,
    around: Neighbours,
    *,
    is_angled: bool,
) -> Iterator[Proposal]:
    """The files of the folder that is typed, then the notebooks and attachments elsewhere."""

    def proposal(name: str, kind: ProposalKind, detail: str = "") -> Proposal:
        said = name if is_angled else write_path(name)
        return Proposal(label=name, kind=kind, insert=said, detail=detail, typed_as=said)

    folder = written[: written.rfind("/") + 1]
    there = resolved(path, folder or ".")
    shown: set[str] = set()
    for it in around.entries(there):
        name = posixpath.basename(it.path)
        if it.path == path or (begun.is_image and not it.is_folder and not is_image(name)):
            continue
        shown.add(it.path)
        if it.is_folder:
            yield proposal(f"{name}/", ProposalKind.FOLDER)
        else:
            yield proposal(name, ProposalKind.FILE)
    if begun.is_image or folder:
        if folder == ATTACHMENTS:
            yield from (
                proposal(it, ProposalKind.FILE, "attachment") for it in _unlisted(own, there, shown)
            )
        return
    elsewhere = [it for it in around.notebooks() if it not in shown and it != path]
    for target in sorted(elsewhere)[:_MOST]:
        yield proposal(relative_to(path, target), ProposalKind.FILE)


def _unlisted(own: LinkedNotebook, folder: str, shown: set[str]) -> Iterator[str]:
    """The attachments that the notebook names although they are not on this disk."""
    entries = own.draft.notebook.attrs.get("file_entries")
    for it in entries if isinstance(entries, list) else ():
        if isinstance(it, dict) and it.get("type") == "attachment":
            name = str(it.get("name"))
            if f"{folder}/{name}" not in shown:
                yield name
