"""Names that a query means: those that contain it, else those that have its letters in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from livebook_ls.notebook.linked_notebook import NotebookSummary, SymbolPlace
from livebook_ls.notebook.outline import EntryKind

# No outline has it in its names: they are words of one line.
_BETWEEN = "\x1f"
# How many times as many as are wanted are looked at for the best.
_RANKED = 5


class Searched(NamedTuple):
    """A notebook's places, and their names in one text, a line each, to be searched at once.

    `places` are texts: of hundred thousands of objects, Python's collector would look at each,
    again and again, and everything would wait for that.
    """

    names: str
    places: tuple[str, ...]
    addresses: frozenset[str]
    fragments: frozenset[str]

    def place(self, number: int) -> SymbolPlace:
        """The place of that number."""
        kind, line, container, name = self.places[number].split(_BETWEEN)
        return SymbolPlace(name, EntryKind(kind), int(line), container)


class FoundPlace(NamedTuple):
    """A place in the notebook at `path`."""

    path: str
    place: SymbolPlace


def searched(summary: NotebookSummary) -> Searched:
    """The summary, ready to be searched."""
    return Searched(
        "\n".join(it.name.lower() for it in summary.places),
        tuple(
            _BETWEEN.join((it.kind.value, str(it.line), it.container, it.name))
            for it in summary.places
        ),
        summary.addresses,
        summary.fragments,
    )


def search(notebooks: Mapping[str, Searched], query: str, most: int) -> list[FoundPlace]:
    """At most so many places that a query means, best first; an empty one means all."""
    words = query.lower().split()
    if not words:
        everything = (
            FoundPlace(path, known.place(number))
            for path, known in notebooks.items()
            for number in range(len(known.places))
        )
        return list(islice(everything, most))
    begins_word = re.compile(rf"\b{re.escape(words[0])}")
    ranked = sorted(
        _having(notebooks, words, _RANKED * most), key=lambda it: _rank(it, begins_word)
    )
    if len(ranked) < most:
        known = set(ranked)
        ranked += [it for it in _spelled(notebooks, "".join(words), most) if it not in known]
    return ranked[:most]


def _having(notebooks: Mapping[str, Searched], words: list[str], most: int) -> list[FoundPlace]:
    """The places whose names have all the words in them."""

    def found() -> Iterator[FoundPlace]:
        for path, known in notebooks.items():
            if all(word in known.names for word in words):
                for number, name in enumerate(known.names.split("\n")):
                    if all(word in name for word in words):
                        yield FoundPlace(path, known.place(number))

    return list(islice(found(), most))


def _spelled(notebooks: Mapping[str, Searched], letters: str, most: int) -> list[FoundPlace]:
    """The places whose names have the letters in their order."""
    first, *rest = map(re.escape, letters)
    pattern = re.compile(first + "".join(f"[^{it}\n]*{it}" for it in rest))

    def found() -> Iterator[FoundPlace]:
        for path, known in notebooks.items():
            if pattern.search(known.names) is None:
                continue
            for number, name in enumerate(known.names.split("\n")):
                if pattern.search(name):
                    yield FoundPlace(path, known.place(number))

    return list(islice(found(), most))


def _rank(found: FoundPlace, begins_word: re.Pattern[str]) -> tuple[int, int]:
    """Names that begin so before names with a word that does, short ones before long ones."""
    name = found.place.name.lower()
    first = begins_word.search(name)
    return (2 if first is None else min(first.start(), 1)), len(name)
