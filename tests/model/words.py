"""The words of a history: each is typed once, in one place, and found by its bytes."""

from __future__ import annotations

import itertools
import re

_WORD = re.compile(r"w\d+x")


class Words:
    """Makes words that nobody has typed before."""

    def __init__(self) -> None:
        self._number = itertools.count(100)

    def new(self) -> str:
        """A word."""
        return f"w{next(self._number)}x"


def words_in(text: str) -> set[str]:
    """The words of a text."""
    return set(_WORD.findall(text))
