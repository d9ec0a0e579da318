"""Links that lead nowhere, with the nearest that they could have meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.hazard import QuickFix
from livebook_ls.notebook.links.address import (
    Address,
    Destination,
    read_address,
    relative_to,
    resolved,
    write_fragment,
    write_path,
)
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from livebook_ls.notebook.links.inline import Link

_MOST_NEAR = 3
_NEAR = 0.55
# Cells have such fragments on a session's page; they are Livebook's to give.
_OF_A_CELL = "cell-"


class Surroundings(Protocol):
    """What is known of the files that links lead to."""

    def exists(self, path: str) -> bool | None:
        """Whether there is something at a path; None where one may not look."""

    def fragments(self, path: str) -> Collection[str] | None:
        """What fragments a notebook at a path knows; None where that can't be told."""

    def candidates(self, path: str) -> Iterable[str]:
        """The paths of files that could be meant by one that leads nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLink:
    """A link that leads nowhere: `code` is stable, `fixes` the likeliest first."""

    code: str
    span: Span
    sentence: str
    fixes: tuple[QuickFix, ...]


def dead_links(
    links: Iterable[Link], path: str | None, own: Collection[str], around: Surroundings
) -> Iterator[DeadLink]:
    """Those of a notebook at `path` with the fragments `own`; nothing on the web is looked at."""
    for link in links:
        address = read_address(link.address)
        if address.leads_to is Destination.SECTION:
            if _is_dead(address, own):
                yield _dead_section(link, address, own)
        elif address.leads_to is Destination.FILE and path is not None:
            yield from _dead_file(link, address, path, around)


def _dead_file(link: Link, address: Address, path: str, around: Surroundings) -> Iterator[DeadLink]:
    target = resolved(path, address.path)
    there = around.exists(target)
    if there is False:
        yield _missing_file(link, address, path, around.candidates(target))
    elif there and address.fragment:
        fragments = around.fragments(target)
        if fragments is not None and _is_dead(address, fragments):
            yield _dead_section(link, address, fragments)


def _is_dead(address: Address, fragments: Collection[str]) -> bool:
    fragment = address.fragment
    if not fragment or fragment.startswith(_OF_A_CELL):
        return False
    return fragment not in fragments


def _dead_section(link: Link, address: Address, fragments: Collection[str]) -> DeadLink:
    where = f"“{address.path}”" if address.path else "this notebook"
    end = link.address_span.end
    begin = end - len(link.address.partition("#")[2])
    near = _nearest((address.fragment or "").lower(), sorted(fragments))
    return DeadLink(
        code="link-to-no-section",
        span=link.address_span,
        sentence=f"The link leads nowhere: {where} has no section “#{address.fragment}”.",
        fixes=tuple(_fix(f"#{it}", Span(begin, end), write_fragment(it)) for it in near),
    )


def _missing_file(link: Link, address: Address, path: str, candidates: Iterable[str]) -> DeadLink:
    relative = {relative_to(path, it): it for it in candidates}
    name = address.path.rpartition("/")[2]
    # The same name elsewhere is likelier than another name.
    moved = [it for it in relative if it.rpartition("/")[2] == name]
    near = [*moved, *(it for it in _nearest(address.path, list(relative)) if it not in moved)]
    span = Span(
        link.address_span.start, link.address_span.start + len(link.address.partition("#")[0])
    )
    return DeadLink(
        code="link-to-no-file",
        span=link.address_span,
        sentence=f"The link leads nowhere: there is no file “{address.path}”.",
        fixes=tuple(_fix(it, span, write_path(it, address.query)) for it in near[:_MOST_NEAR]),
    )


def _nearest(said: str, known: list[str]) -> list[str]:
    return difflib.get_close_matches(said, known, _MOST_NEAR, _NEAR)


def _fix(name: str, span: Span, written: str) -> QuickFix:
    return QuickFix(f"Link to “{name}”", (Replacement(span, written),))
