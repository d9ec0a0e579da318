"""Livebook was there and is not: whether it is gone, or may be back in a moment."""

from __future__ import annotations

from livebook_ls import clock

# A Livebook that is away for less is not told of; a restart under a supervisor is often as short.
_SHORT_S = 1.0
# Who has waited for longer has waited enough: another try may take as long.
_LONG_S = 5.0


class Outage:
    """One Livebook's absences; what is lost is only a moment's patience where threads race."""

    def __init__(self) -> None:
        self._was_there = False
        self._since_s: float | None = None

    def is_over(self) -> None:
        """Livebook has answered."""
        self._was_there, self._since_s = True, None

    def may_be_short(self, asked_s: float) -> bool:
        """Whether to ask once more what was asked at `asked_s`, before anybody is told; only in the
        first moment of an outage, so that of many callers none waits longer.
        """
        now = clock.monotonic_s()
        if self._since_s is None:
            self._since_s = now
        is_patient = now - asked_s < _LONG_S
        return self._was_there and is_patient and now - self._since_s < _SHORT_S
