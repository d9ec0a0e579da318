"""Which part of a notebook is which part of another version of it, by content.

Equal parts that occur once find each other wherever they went, then equal neighbours of those,
then what is alike within the same stretch, then what was moved and edited. Parts that are less
alike than `THRESHOLD` are two parts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from livebook_ls.notebook.matching.in_order import heaviest_in_order, heaviest_rising
from livebook_ls.notebook.matching.similarity import Likeness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

THRESHOLD = 0.5
# Elsewhere in the notebook more must speak for it, and a few words are no evidence at all.
_MOVED_THRESHOLD = 0.6
_FEWEST_WORDS = 6
# What stays in its place and is so much alike was edited there, though an equal copy is elsewhere.
_EDITED_THRESHOLD = 0.8
# Comparing all with all grows with the product; past this only parts that share something rare are.
_MOST_COMPARED = 2_500

Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a notebook: `kind` must be equal for two to be a pair.

    A kind of which a notebook has one at most, such as its title, `is_single`. What `is_heading`
    is also paired with another heading above the same cell, whatever it says.
    """

    kind: str
    text: str
    is_single: bool = False
    is_heading: bool = False

    @property
    def key(self) -> Key:
        """What is the same for equal parts."""
        return self.kind, self.text


def pair(old: Sequence[Part], new: Sequence[Part]) -> dict[int, int]:
    """The positions in `new` of what stands in `old`, by the position there."""
    pairing = _Pairing(old, new)
    pairing.take_singles()
    pairing.take_surely()
    for stretch in pairing.stretches():
        pairing.take_alike(stretch)
    pairing.take_alike_neighbours()
    pairing.take_headings()
    pairing.take_surely()
    pairing.take_moved()
    pairing.put_back_edited()
    return pairing.pairs


def moved(pairs: dict[int, int], old: Sequence[Part]) -> set[int]:
    """Those in the first notebook that stand in another order in the second: the least text."""
    olds = sorted(pairs)
    weights = [1 + len(old[it].text) for it in olds]
    kept = heaviest_rising([pairs[it] for it in olds], weights)
    return set(olds) - {olds[it] for it in kept}


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What is yet without a partner between two pairs, in order."""

    old: list[int]
    new: list[int]


class _Pairing:
    def __init__(self, old: Sequence[Part], new: Sequence[Part]) -> None:
        self.old = old
        self.new = new
        self.pairs: dict[int, int] = {}
        self.taken: set[int] = set()
        self._old_likeness: dict[int, Likeness] = {}
        self._new_likeness: dict[int, Likeness] = {}

    def take(self, old: int, new: int) -> None:
        self.pairs[old] = new
        self.taken.add(new)

    def take_singles(self) -> None:
        """A notebook has one title and one setup cell, whatever they say."""
        singles = {part.kind: at for at, part in enumerate(self.new) if part.is_single}
        for at, part in enumerate(self.old):
            if part.is_single and part.kind in singles:
                self.take(at, singles.pop(part.kind))

    def take_surely(self) -> None:
        """What is equal and, of what is left, unique or beside such, till there is nothing more."""
        before = -1
        while len(self.pairs) > before:
            before = len(self.pairs)
            self.take_unique()
            # Repeated parts stay where they are before they are said to have moved.
            self.take_neighbours(self._in_order(), 1.0)
            for stretch in self.stretches():
                self.take_equal(stretch)
            self.take_neighbours(self.pairs.items(), 1.0)

    def take_unique(self) -> None:
        old = [it for it in range(len(self.old)) if it not in self.pairs]
        new = [it for it in range(len(self.new)) if it not in self.taken]
        counts = Counter(self.old[it].key for it in old)
        new_counts = Counter(self.new[it].key for it in new)
        places = {self.new[it].key: it for it in new}
        for at in old:
            key = self.old[at].key
            if counts[key] == new_counts[key] == 1:
                self.take(at, places[key])

    def take_alike_neighbours(self) -> None:
        """What was edited beside something that was moved."""
        self.take_neighbours(self.pairs.items(), THRESHOLD)

    def take_neighbours(self, pairs: Iterable[tuple[int, int]], threshold: float) -> None:
        ends = [(-1, -1), *pairs, (len(self.old), len(self.new))]
        for step in (1, -1):
            for one, other in sorted(ends, reverse=step < 0):
                old, new = one + step, other + step
                while self._are_free(old, new) and self._are_alike(old, new, threshold):
                    self.take(old, new)
                    old, new = old + step, new + step

    def take_equal(self, stretch: _Stretch) -> None:
        places: dict[Key, list[int]] = defaultdict(list)
        for at in stretch.new:
            places[self.new[at].key].append(at)
        last = -1
        for at in stretch.old:
            found = places[self.old[at].key]
            position = bisect_left(found, last + 1)
            if position < len(found):
                last = found[position]
                self.take(at, last)

    def take_alike(self, stretch: _Stretch) -> None:
        """The pairs in order that have most in common together."""
        if len(stretch.old) * len(stretch.new) > _MOST_COMPARED:
            self._take_in_order(sorted(self._sharing_something(stretch.old, stretch.new)))
            return
        scores: dict[tuple[int, int], float] = {}
        for one in stretch.old:
            for other in stretch.new:
                score = self._similarity(one, other)
                if score >= THRESHOLD:
                    scores[one, other] = score
        for one, other in heaviest_in_order(stretch.old, stretch.new, scores):
            self.take(one, other)

    def take_headings(self) -> None:
        """A heading above the same cell was renamed."""
        for old in sorted(self.pairs):
            new = self.pairs[old]
            if not (self._are_free(old - 1, new - 1) and self.old[old - 1].is_heading):
                continue
            if self.new[new - 1].is_heading and not self.old[old].is_heading:
                self.take(old - 1, new - 1)

    def take_moved(self) -> None:
        """What stands elsewhere: the same, or nearly so."""
        old = [it for it in range(len(self.old)) if it not in self.pairs]
        new = [it for it in range(len(self.new)) if it not in self.taken]
        found = self._sharing_something(old, new)
        for score, one, other in sorted(
            ((self._similarity(*it), *it) for it in found), key=lambda it: (-it[0], it[1], it[2])
        ):
            is_telling = self._likeness_of_old(one).words.total() >= _FEWEST_WORDS
            if score >= _MOVED_THRESHOLD and is_telling and self._are_free(one, other):
                self.take(one, other)

    def put_back_edited(self) -> None:
        """What was edited where it is, and copied elsewhere before, has not moved."""
        for old in sorted(self.pairs):
            places = [
                self.pairs[beside] - step
                for beside, step in ((old - 1, -1), (old + 1, 1))
                if beside in self.pairs
            ]
            if self.pairs[old] in places:
                continue
            for new in places:
                is_free = 0 <= new < len(self.new) and new not in self.taken
                if is_free and self._similarity(old, new) >= _EDITED_THRESHOLD:
                    self.taken.discard(self.pairs[old])
                    self.take(old, new)
                    break

    def stretches(self) -> Iterator[_Stretch]:
        """What has no partner yet, between the pairs that kept their order."""
        ends = [(-1, -1), *self._in_order(), (len(self.old), len(self.new))]
        for (old, new), (old_end, new_end) in pairwise(ends):
            stretch = _Stretch(
                [it for it in range(old + 1, old_end) if it not in self.pairs],
                [it for it in range(new + 1, new_end) if it not in self.taken],
            )
            if stretch.old and stretch.new:
                yield stretch

    def _in_order(self) -> list[tuple[int, int]]:
        """The pairs that kept their order, in order."""
        gone = moved(self.pairs, self.old)
        return [(it, self.pairs[it]) for it in sorted(self.pairs) if it not in gone]

    def _take_in_order(self, candidates: Iterable[tuple[int, int]]) -> None:
        last = -1
        for one, other in candidates:
            is_next = other > last and self._are_free(one, other)
            if is_next and self._similarity(one, other) >= THRESHOLD:
                self.take(one, other)
                last = other

    def _sharing_something(self, old: list[int], new: list[int]) -> set[tuple[int, int]]:
        """Candidates for a pair: those of one kind that share a line or a word that few have."""
        having: dict[Key, list[int]] = defaultdict(list)
        for other in new:
            for it in self._likeness_of_new(other).features:
                having[self.new[other].kind, it].append(other)
        found: set[tuple[int, int]] = set()
        for one in old:
            for it in self._likeness_of_old(one).features:
                places = having.get((self.old[one].kind, it), ())
                if len(places) <= 3:
                    found.update((one, other) for other in places)
        return found

    def _are_free(self, old: int, new: int) -> bool:
        is_inside = 0 <= old < len(self.old) and 0 <= new < len(self.new)
        return is_inside and old not in self.pairs and new not in self.taken

    def _are_alike(self, old: int, new: int, threshold: float) -> bool:
        if self.old[old].key == self.new[new].key:
            return True
        return threshold < 1 and self._similarity(old, new) >= threshold

    def _similarity(self, old: int, new: int) -> float:
        if self.old[old].kind != self.new[new].kind:
            return 0.0
        return self._likeness_of_old(old).similarity(self._likeness_of_new(new))

    def _likeness_of_old(self, at: int) -> Likeness:
        if at not in self._old_likeness:
            self._old_likeness[at] = Likeness(self.old[at].text)
        return self._old_likeness[at]

    def _likeness_of_new(self, at: int) -> Likeness:
        if at not in self._new_likeness:
            self._new_likeness[at] = Likeness(self.new[at].text)
        return self._new_likeness[at]
