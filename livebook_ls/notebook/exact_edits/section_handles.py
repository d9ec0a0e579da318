"""Which section is which where several have one name, as Livebook gives to each that is new.

Their headings say nothing of that. A section is the one whose cells it has; where no cell tells,
the first is the first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from livebook_ls.notebook.pieces.cutting import Piece, PieceKind


def with_sections_by_cells(
    pairs: Mapping[int, int], old: Sequence[Piece], new: Sequence[Piece]
) -> dict[int, int]:
    """The pairs of positions in two versions, those of sections of one name by their cells."""
    told = dict(pairs)
    for olds, news in _of_one_name(old, new):
        for it in olds:
            if told.get(it) in news:
                del told[it]
        told.update(_by_cells(olds, news, pairs, old, new))
    return told


def _of_one_name(
    old: Sequence[Piece], new: Sequence[Piece]
) -> Iterator[tuple[list[int], list[int]]]:
    """Where the sections of each name stand that one version has more than once."""
    named, named_now = _by_name(old), _by_name(new)
    for name, olds in named.items():
        news = named_now.get(name, [])
        if len(olds) > 1 or len(news) > 1:
            yield olds, news


def _by_name(pieces: Sequence[Piece]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, piece in enumerate(pieces):
        if piece.kind is PieceKind.SECTION:
            found[piece.part.text].append(at)
    return found


def _by_cells(
    olds: list[int],
    news: list[int],
    pairs: Mapping[int, int],
    old: Sequence[Piece],
    new: Sequence[Piece],
) -> dict[int, int]:
    shared: Counter[tuple[int, int]] = Counter()
    for cell, at in pairs.items():
        if old[cell].kind is not PieceKind.SECTION:
            shared[old[cell].heading, new[at].heading] += 1
    found: dict[int, int] = {}
    # Those that share most come first; of equals, those that come first.
    sharing = ((one, other) for one in olds for other in news if shared[one, other])
    for one, other in sorted(sharing, key=lambda it: (-shared[it], it)):
        if one not in found and other not in found.values():
            found[one] = other
    # Of the rest no cell tells: the cells of both are gone or new, or they have none.
    for has_cells in (True, False):
        rest = [it for it in olds if it not in found and _has_cells(old, it) is has_cells]
        left = [it for it in news if it not in found.values() and _has_cells(new, it) is has_cells]
        found.update(zip(rest, left, strict=False))
    return found


def _has_cells(pieces: Sequence[Piece], section: int) -> bool:
    below = pieces[section + 1 : section + 2]
    return any(it.heading == section for it in below)
