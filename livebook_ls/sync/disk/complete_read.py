"""A notebook's file once it is complete and at rest: one in motion is waited for, never sent.

A sync that reads an empty or half-written file wipes notebook and file. Livebook reads it a little
after it was told to, so that a file that is complete now but written again at once is as bad.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from livebook_ls import clock
from livebook_ls.sync.disk import notebook_file

_PAUSE_S = 0.03
# How long a file that became empty or much shorter must stay so before that is believed.
_SHORT_FOR_S = 0.3
_GIVE_UP_S = 3.0
_SHORT = 0.5
_SMALL_BYTES = 200


class StillChangingError(Exception):
    """The file did not come to rest in time."""


class SupersededError(Exception):
    """There is a newer save, which accounts for the file."""


async def _read_here(path: str) -> notebook_file.Snapshot:
    return notebook_file.read(path)


async def read_when_stable(
    path: str,
    *,
    expected: str | None,
    last_size: int | None,
    rest_s: float = 0.0,
    is_superseded: Callable[[], bool] = lambda: False,
    read: Callable[[str], Awaitable[notebook_file.Snapshot]] = _read_here,
) -> notebook_file.Snapshot:
    """The file once it stays the same; at once where it is what the editor says it saved.

    `last_size` is the size in bytes that the file was last known to have; it must have stayed the
    same for `rest_s`. Servers `read` off their loop, which a hanging network file system would hold
    up. Raises OSError, StillChangingError where the file goes on changing, and SupersededError
    where that came to be while it was waited for.
    """
    began = clock.monotonic_s()
    seen = await read(path)
    if rest_s == 0.0 and expected is not None and _is(seen, expected):
        return seen
    since = began
    while clock.monotonic_s() - began < _GIVE_UP_S:
        await clock.sleep(_PAUSE_S)
        if is_superseded():
            raise SupersededError
        now = await read(path)
        if now != seen:
            seen, since = now, clock.monotonic_s()
        elif clock.monotonic_s() - since >= max(rest_s, _pause_s(seen, last_size)):
            return seen
    raise StillChangingError


def same_text(on_disk: str, in_editor: str) -> bool:
    """Whether the file holds what the editor shows; editors hide a byte order mark."""
    return on_disk.removeprefix("\ufeff") == in_editor.removeprefix("\ufeff")


def loads_as(on_disk: str, in_editor: str) -> bool:
    """The same of a text that was just loaded: some editors know one kind of line end, and end the
    last line.
    """
    return same_text(_lines(on_disk), _lines(in_editor))


def looks_cut_off(now: str, before: str) -> bool:
    """Whether the file ends inside a line of what it was, as after a write on a full disk."""
    return before.startswith(now) and before.endswith("\n") and not now.endswith("\n")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").removesuffix("\n")


def _is(seen: notebook_file.Snapshot, expected: str) -> bool:
    return seen.text is not None and same_text(seen.text, expected)


def _pause_s(seen: notebook_file.Snapshot, last_size: int | None) -> float:
    return _SHORT_FOR_S if _is_short(seen, last_size) else _PAUSE_S


def _is_short(seen: notebook_file.Snapshot, last_size: int | None) -> bool:
    if not seen.data:
        return True
    return (
        last_size is not None
        and last_size * _SHORT > _SMALL_BYTES
        and (len(seen.data) < last_size * _SHORT)
    )
