"""Links that follow what they lead to: sections with new names, files in new places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.links.address import (
    Destination,
    read_address,
    relative_to,
    resolved,
    write_fragment,
    write_path,
)
from livebook_ls.notebook.links.targets import LinkTarget, target_of
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from livebook_ls.notebook.links.inline import Link

# Livebook keeps attachments in the folder of this name beside the notebook, wherever that is.
ATTACHMENTS = "files/"


def renamed_fragments(
    before: Sequence[LinkTarget], after: Sequence[LinkTarget]
) -> dict[str, str] | None:
    """What the fragments that change become; None where the headings are no longer the same ones.

    A new name can change the numbers of others, too: of two sections “Data” the second is `data-2`.
    """
    if len(before) != len(after):
        return None
    changed: dict[str, str] = {}
    for old, new in zip(before, after, strict=True):
        # A fragment leads to the first of its name.
        if old is target_of(before, old.fragment) and old.fragment != new.fragment:
            changed[old.fragment] = new.fragment
    return changed


def fragment_edits(
    links: Iterable[Link], leads_there: Callable[[str], bool], fragments: Mapping[str, str]
) -> Iterator[Replacement]:
    """New fragments in those of the links whose path (empty for their own notebook) is meant."""
    for link in links:
        address = read_address(link.address)
        if address.leads_to not in (Destination.SECTION, Destination.FILE):
            continue
        new = fragments.get(address.fragment or "")
        if new is not None and leads_there(address.path):
            start = link.address_span.end - len(link.address.partition("#")[2])
            yield Replacement(Span(start, link.address_span.end), write_fragment(new))


def path_edits(
    links: Iterable[Link], old_path: str, new_path: str, moved: Callable[[str], str]
) -> Iterator[Replacement]:
    """New paths in the links of a notebook that goes from `old_path` to `new_path`.

    `moved` says where a path will be. Attachments stay what they are: Livebook looks for them
    beside the notebook.
    """
    for link in links:
        address = read_address(link.address)
        if address.leads_to is not Destination.FILE:
            continue
        target = resolved(old_path, address.path)
        will_be = moved(target)
        if will_be == target and (new_path == old_path or address.path.startswith(ATTACHMENTS)):
            continue
        if resolved(new_path, address.path) == will_be:
            continue
        end = link.address_span.start + len(link.address.partition("#")[0])
        path = relative_to(new_path, will_be)
        if address.path.startswith("./") and not path.startswith("."):
            path = f"./{path}"
        written = write_path(path, address.query)
        yield Replacement(Span(link.address_span.start, end), written)
