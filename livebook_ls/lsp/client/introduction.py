"""What a client says of itself in `initialize`, read from the request's JSON as it came.

Nothing is imported: it is read before anything else of the server is loaded. Clients of other
versions of LSP say what we have no type for; only what is asked here need be as we know it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_DEFAULT_ENCODING = "utf-16"
_ENCODINGS = frozenset({"utf-8", _DEFAULT_ENCODING, "utf-32"})


def client_name(params: Mapping[str, Any]) -> str:
    """What the client calls itself; empty where it doesn't."""
    info = params.get("clientInfo")
    name = info.get("name") if isinstance(info, dict) else None
    return name if isinstance(name, str) else ""


def ability(params: Mapping[str, Any], *path: str) -> Any:  # noqa: ANN401 — any JSON
    """What the client says at `path` in its capabilities; None where nothing."""
    found: Any = params.get("capabilities")
    for part in path:
        found = found.get(part) if isinstance(found, dict) else None
    return found


def position_encoding(params: Mapping[str, Any]) -> str:
    """How columns are counted: as the client likes best of the ways that there are."""
    offered = ability(params, "general", "positionEncodings")
    for encoding in offered if isinstance(offered, list) else ():
        if isinstance(encoding, str) and encoding in _ENCODINGS:
            return encoding
    return _DEFAULT_ENCODING


def keeps_message_order(params: Mapping[str, Any]) -> bool:
    """Whether changes come as they were made: Helix before 25.07 mixes up those of a burst."""
    return not is_helix(params)


def is_helix(params: Mapping[str, Any]) -> bool:
    """Whether it is Helix, which differs from the others in what it doesn't say."""
    return client_name(params).lower() == "helix"


def secret(params: Mapping[str, Any]) -> str:
    """The secret in `initializationOptions`, with or without our section's name; else empty."""
    options = params.get("initializationOptions")
    values = options if isinstance(options, dict) else {}
    inner = values.get("livebook")
    found = (inner if isinstance(inner, dict) else values).get("secret")
    return found if isinstance(found, str) else ""
