"""Phoenix's frames (`vsn=2.0.0`): JSON arrays `[join_ref, ref, topic, event, payload]`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from livebook_ls import bounded_json

Payload: TypeAlias = Mapping[str, Any]

JOIN = "phx_join"
LEAVE = "phx_leave"
REPLY = "phx_reply"
CLOSED = "phx_close"
CRASHED = "phx_error"
HEARTBEAT = "heartbeat"
PHOENIX = "phoenix"

# Those of real sessions are 23 deep. What is asked of a payload is asked of all in it, one call in
# the other.
_DEEPEST = 128
# The reply to a join holds the whole page, which has some thousand for each cell.
_MOST_VALUES = 5_000_000


class ChannelEnd(Enum):
    """Why nothing more comes from a channel."""

    # Livebook closed it, as when the session ends or another join replaced it.
    CLOSED = "closed"
    # Its process there crashed over something that we sent; the session is unharmed.
    CRASHED = "crashed"
    # The connection is gone.
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `ref` is that of the frame that a reply answers."""

    join_ref: str | None
    ref: str | None
    topic: str
    event: str
    payload: Payload

    def encode(self) -> str:
        """As it is sent."""
        return json.dumps(
            [self.join_ref, self.ref, self.topic, self.event, self.payload],
            separators=(",", ":"),
        )


def decode(data: str | bytes) -> Frame | None:
    """The frame that was received; None where it is none, as another program may send, or is
    deeper or more than anybody means.
    """
    try:
        parts = bounded_json.decoded(data, _MOST_VALUES)
    except ValueError:
        return None
    match parts:
        case [str() | None, str() | None, str(), str(), dict()] if not _is_deep(parts):
            return Frame(*parts)
    return None


def _is_deep(value: object) -> bool:
    """Whether values are nested in it more than `_DEEPEST` deep."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for it in level for inner in _values(it) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _values(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
