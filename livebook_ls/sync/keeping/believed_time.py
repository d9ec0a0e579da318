"""The time by which what is kept grows old: what the clock said a day ago, and has not taken back.

Nothing goes by its age on the word of one look at a clock, which may be a year ahead for an hour,
as where a battery is empty or a machine wakes up.
"""

from __future__ import annotations

import contextlib
import json

from livebook_ls import clock
from livebook_ls.sync.keeping.state_folder import StateFolder, read_state, write_private

_FILE = "time.json"
_BELIEVED_AFTER_S = 24 * 3600.0


def believed_s(state: StateFolder) -> float:
    """A time that has been, in seconds since 1970; 0 where none is known yet.

    A time that is seen is believed once the clock is a day further; where the clock goes back
    behind it, it was none. What can't be written down is believed later.
    """
    file, now_s = state.path / _FILE, clock.unix_s()
    found = read_state(str(file))
    before = found if isinstance(found, dict) else {}
    seen_s = _time_s(before.get("seen"), now_s, now_s)
    past_s = _time_s(before.get("believed"), now_s, 0.0)
    if now_s - seen_s >= _BELIEVED_AFTER_S:
        seen_s, past_s = now_s, seen_s
    known = {"seen": seen_s, "believed": past_s}
    if known != found:
        with contextlib.suppress(OSError):
            write_private(file, json.dumps(known).encode("ascii"))
    return past_s


def _time_s(value: object, latest_s: float, otherwise_s: float) -> float:
    """What was read, where it can be a time that has been."""
    if isinstance(value, int | float) and 0 <= value <= latest_s:
        return float(value)
    return otherwise_s
