"""A notebook as it was before an agent's edit, and behind it, by what the agent says."""

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


def after(call: Call, path: str, before: str, found: str) -> str:
    """What the call left in the file that had `before`, as far as the payload says that: others may
    have written it until it was `found`.
    """
    text, edits = before, call.edits.get(path)
    if not edits:
        return found if call.content is None else call.content
    for old, new in edits:
        if not old or old not in text:
            return found
        # Of several places an agent changes all, or it is refused.
        text = text.replace(old, new)
    return text
