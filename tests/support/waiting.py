"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable

_WITHIN_S = 60.0
_LOOK_EVERY_S = 0.005


def until(claim: Callable[[], object]) -> None:
    """Wait until the claim holds."""
    deadline_s = time.monotonic() + _WITHIN_S
    while not claim():
        assert time.monotonic() < deadline_s
        time.sleep(_LOOK_EVERY_S)
