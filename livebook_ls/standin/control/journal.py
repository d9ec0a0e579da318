"""What was asked and answered, in the order of arrival."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and what became of it; `ended_s` is None while it is under way.

    Times are those of `time.monotonic`. `status` is None where nothing was answered.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    began_s: float
    ended_s: float | None = None
    status: int | None = None


class Journal:
    """Keeps every exchange until it is cleared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._exchanges: dict[int, Exchange] = {}
        self._next = 0

    def begin(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> int:
        """Note a request that arrived; the number is for `end`."""
        with self._lock:
            number = self._next
            self._next += 1
            self._exchanges[number] = Exchange(
                method=method, target=target, headers=headers, body=body, began_s=time.monotonic()
            )
        return number

    def end(self, number: int, status: int | None) -> None:
        """Note that the request was answered, or dropped."""
        with self._lock:
            found = self._exchanges.get(number)
            if found is not None:
                self._exchanges[number] = replace(found, ended_s=time.monotonic(), status=status)

    def exchanges(self) -> tuple[Exchange, ...]:
        """All exchanges, the oldest first."""
        with self._lock:
            return tuple(self._exchanges.values())

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._exchanges.clear()
