"""How much two texts have in common, from 0 to 1."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property

_WORD = re.compile(r"\w+")
# As much as is read of a text to tell what it is about.
_MOST_READ = 20_000


class Likeness:
    """A text as what it consists of, counted once for many comparisons."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def lines(self) -> Counter[str]:
        """The lines that say something, without their indentation."""
        stripped = (line.strip() for line in self.text[:_MOST_READ].split("\n"))
        return Counter(line for line in stripped if _WORD.search(line))

    @cached_property
    def words(self) -> Counter[str]:
        """The words and numbers."""
        return Counter(_WORD.findall(self.text[:_MOST_READ]))

    @property
    def features(self) -> set[str]:
        """The lines and words, each once."""
        return {*self.lines, *self.words}

    def similarity(self, other: Likeness) -> float:
        """The share of lines or of words, whichever is larger, that both have."""
        if self.text == other.text:
            return 1.0
        return max(_shared(self.lines, other.lines), _shared(self.words, other.words))


def _shared(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
