"""A notebook as it was before an agent's edit, made from what the agent says of the edit."""

from __future__ import annotations

from livebook_ls.agents.payloads.payload import Call


def before(call: Call, path: str, text: str) -> str | None:
    """What `text` was before the call; None where the payload doesn't say it for certain."""
    if call.original is not None:
        return call.original
    edits = call.edits.get(path)
    if not edits:
        return None
    for old, new in reversed(edits):
        # Text that stands there several times, or that was deleted, has no certain place.
        if not new or text.count(new) != 1:
            return None
        text = text.replace(new, old)
    return text
