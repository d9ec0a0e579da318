"""How far a command has come with many notebooks, on the terminal of whoever waits for it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tqdm import tqdm

Item = TypeVar("Item")

# What takes less is over before anybody has read how far it is.
_SHOWN_AFTER_S = 1.0


class ProgressBar:
    """How many are done; nothing is shown without a `bar`."""

    def __init__(self, bar: tqdm | None) -> None:
        self._bar = bar

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        if self._bar is not None:
            self._bar.update(count)

    def make_room(self) -> None:
        """What is printed next stands above the bar."""
        if self._bar is not None:
            self._bar.clear()


@contextmanager
def progress(total: int) -> Iterator[ProgressBar]:
    """The progress of `total` notebooks, shown where stderr is a terminal, until all is done."""
    if not sys.stderr.isatty():
        yield ProgressBar(None)
        return
    # Loaded where somebody sees it.
    from tqdm import tqdm

    unit, after_s = " notebooks", _SHOWN_AFTER_S
    with tqdm(total=total, file=sys.stderr, unit=unit, leave=False, delay=after_s) as bar:
        yield ProgressBar(bar)


def following(items: Iterable[Item], total: int) -> Iterator[Item]:
    """The items as they come, of which there are `total`, each counted once it is dealt with."""
    with progress(total) as shown:
        for item in items:
            shown.make_room()
            yield item
            shown.step()
