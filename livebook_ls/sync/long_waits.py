"""Saves that wait, for another of our processes or a slow Livebook: until they are done what they
bring doesn't count as synced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from livebook_ls import clock
from livebook_ls.sync.link import NotebookLink, State

# By then most saves are where they belong.
_TOLD_AFTER_S = 0.25
_AS_SENT = frozenset({State.IN_SYNC, State.REFORMATTED})


@contextmanager
def told_if_long(link: NotebookLink, has_newer: Callable[[str], bool]) -> Iterator[None]:
    """While a save is brought into the session: where that takes long it is told to be under way;
    `has_newer` says whether a newer one waits for its end, which tells what becomes of both.
    """
    before = link.state
    if before not in _AS_SENT:
        yield
        return

    def tell() -> None:
        if link.state is before:
            link.begin(State.SYNCING)

    telling = clock.later(_TOLD_AFTER_S, tell)
    try:
        yield
    finally:
        telling.cancel()
    # Not where it was called off: nobody is to be told anything then.
    if link.state is State.SYNCING and not has_newer(link.path):
        # It had nothing to bring.
        link.enter(before, *link.notes)
