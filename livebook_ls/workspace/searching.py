"""Names that a query means: those that contain it, else those that have its letters in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from livebook_ls.notebook.linked_notebook import NotebookSummary, SymbolPlace


class Searched(NamedTuple):
    """A notebook's places, and their names in one text, a line each, to be searched at once."""

    summary: NotebookSummary
    names: str


class FoundPlace(NamedTuple):
    """A place in the notebook at `path`."""

    path: str
    place: SymbolPlace


def searched(summary: NotebookSummary) -> Searched:
    """The summary, ready to be searched."""
    return Searched(summary, "\n".join(it.name.lower() for it in summary.places))


def search(notebooks: Mapping[str, Searched], query: str, most: int) -> list[FoundPlace]:
    """At most so many places that a query means, best first; an empty one means all."""
    words = query.lower().split()
    if not words:
        everything = (
            FoundPlace(path, it) for path, known in notebooks.items() for it in known.summary.places
        )
        return list(islice(everything, most))
    ranked = sorted(_having(notebooks, words, 10 * most), key=lambda it: _rank(it, words[0]))
    if len(ranked) < most:
        known = set(ranked)
        ranked += [it for it in _spelled(notebooks, "".join(words), most) if it not in known]
    return ranked[:most]


def _having(notebooks: Mapping[str, Searched], words: list[str], most: int) -> list[FoundPlace]:
    """The places whose names have all the words in them."""

    def found() -> Iterator[FoundPlace]:
        for path, (summary, names) in notebooks.items():
            if all(word in names for word in words):
                for line, name in enumerate(names.split("\n")):
                    if all(word in name for word in words):
                        yield FoundPlace(path, summary.places[line])

    return list(islice(found(), most))


def _spelled(notebooks: Mapping[str, Searched], letters: str, most: int) -> list[FoundPlace]:
    """The places whose names have the letters in their order."""
    first, *rest = map(re.escape, letters)
    pattern = re.compile(first + "".join(f"[^{it}\n]*{it}" for it in rest))

    def found() -> Iterator[FoundPlace]:
        for path, (summary, names) in notebooks.items():
            if pattern.search(names) is None:
                continue
            for line, name in enumerate(names.split("\n")):
                if pattern.search(name):
                    yield FoundPlace(path, summary.places[line])

    return list(islice(found(), most))


def _rank(found: FoundPlace, word: str) -> tuple[bool, bool, int]:
    """Names that begin so before names with a word that does, short ones before long ones."""
    name = found.place.name.lower()
    begins_word = re.search(rf"\b{re.escape(word)}", name) is not None
    return not name.startswith(word), not begins_word, len(name)
