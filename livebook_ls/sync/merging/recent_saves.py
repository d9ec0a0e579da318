"""What an editor has saved lately, so that what Livebook has of it is taken for nobody's work.

Told of one save, Livebook reads what the file has by then, and may write that late: in a burst of
saves it can be any that came since.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from livebook_ls import clock

# Within a burst a sync may have to give way for as long.
_KEPT_S = 60.0
# So many stay, however old they are.
_FEWEST = 10
# Each may have to be compared in Livebook's form.
_MOST, _MOST_CHARACTERS = 250, 500_000


class RecentSaves(deque[str]):
    """Texts of one notebook, the newest last; of too many the first and the last stay."""

    def __init__(self) -> None:
        super().__init__()
        # What others have written over the newest.
        self.written_over: set[str] = set()
        self._saved_s: deque[float] = deque()

    def append(self, text: str) -> None:
        """The editor has saved this text now."""
        super().append(text)
        self.written_over.clear()
        now_s = clock.monotonic_s()
        self._saved_s.append(now_s)
        while len(self) > _FEWEST and now_s - self._saved_s[0] > _KEPT_S:
            self._drop(0)
        while len(self) > _FEWEST and (len(self) > _MOST or sum(map(len, self)) > _MOST_CHARACTERS):
            self._drop(len(self) - _FEWEST - 1)

    def extend(self, texts: Iterable[str]) -> None:
        """The same of several, the newest last."""
        for it in texts:
            self.append(it)

    def since(self, time_s: float) -> list[str]:
        """What was saved after this time of the clock, the newest first."""
        pairs = zip(reversed(self), reversed(self._saved_s), strict=True)
        return [it for it, saved_s in pairs if saved_s > time_s]

    def _drop(self, place: int) -> None:
        del self[place], self._saved_s[place]
