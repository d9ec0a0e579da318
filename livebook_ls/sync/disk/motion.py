"""Whether a file is being written again and again, so that it must rest before anybody reads it."""

from __future__ import annotations

from collections import deque

from livebook_ls import clock

# Changes that follow each other faster than this are a file in motion, for as long as that after.
_RESTLESS_S = 5.0
# How long it must then stay as it is. Livebook reads it a little after it was told to, and the
# next write would be read half.
_REST_S = 0.3


class Motion:
    """The moments at which somebody else's changes of one file were noticed."""

    def __init__(self) -> None:
        self._noticed_s: deque[float] = deque(maxlen=2)

    def notice(self) -> None:
        """Somebody else has changed the file just now."""
        self._noticed_s.append(clock.monotonic_s())

    @property
    def rest_s(self) -> float:
        """How long the file must stay as it is before it may be read."""
        if len(self._noticed_s) < 2:
            return 0.0
        first_s, last_s = self._noticed_s
        is_restless = last_s - first_s < _RESTLESS_S > clock.monotonic_s() - last_s
        return _REST_S if is_restless else 0.0
