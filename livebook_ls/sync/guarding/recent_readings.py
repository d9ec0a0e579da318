"""Which texts stay read: those that were read lately.

What a text was read as takes twenty times its room, with very many cells a hundred times, and every
notebook that was open in a server has a few texts that may be asked for again, or never.
"""

from __future__ import annotations

import threading
from typing import Protocol
from weakref import ReferenceType, ref

# What was read of so many usual characters takes 16 MB.
_MOST_CHARACTERS = 800_000
# What one save has to do with, however long it is.
_FEWEST = 8
# Down to which part room is made, so that not every text looks for it.
_LEFT = 0.75


class ForgetfulText(Protocol):
    """A text that reads itself anew, if that is asked for again."""

    text: str

    def forget_reading(self) -> None:
        """Let go of what it was read as."""


class RecentReadings:
    """Has texts forget what they were read as, the longest ago first; threads may share it.

    Nobody is kept alive by it.
    """

    def __init__(self, most_characters: int = _MOST_CHARACTERS) -> None:
        self._most_characters = most_characters
        self._lock = threading.Lock()
        # How long each is, by when it was read.
        self._read: dict[ReferenceType[ForgetfulText], int] = {}
        self._characters = 0

    def note(self, text: ForgetfulText) -> None:
        """It was just read."""
        it = ref(text)
        with self._lock:
            self._characters += len(text.text) - self._read.pop(it, 0)
            self._read[it] = len(text.text)
            if self._characters > self._most_characters:
                self._make_room()

    def _make_room(self) -> None:
        self._read = {it: size for it, size in self._read.items() if it() is not None}
        self._characters = sum(self._read.values())
        if self._characters <= self._most_characters:
            return
        for it in list(self._read)[:-_FEWEST]:
            if self._characters <= _LEFT * self._most_characters:
                return
            self._characters -= self._read.pop(it)
            if (oldest := it()) is not None:
                oldest.forget_reading()
