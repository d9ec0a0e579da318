"""Link reference definitions, which Livebook drops."""

from __future__ import annotations

import re

from livebook_ls.notebook.markdown.characters import LATIN_SPACE, to_byte_view

_TARGET = re.compile(rf"[{LATIN_SPACE}]*+[^{LATIN_SPACE}]++[{LATIN_SPACE}]*+")
_TITLE_ENDS = {'"': '"', "'": "'", "(": ")"}


def is_link_definition(content: str) -> bool:
    """Whether a line without its indent is a link reference definition."""
    view = to_byte_view(content)
    if view[1:2] == "^":
        return False
    last = view.rstrip(LATIN_SPACE)[-1:]
    at = view.find("]:", 2)
    while at != -1:
        rest = view[at + 2 : at + 3]
        if rest and rest in LATIN_SPACE and _is_target(view, at + 3, last):
            return True
        at = view.find("]:", at + 1)
    return False


def _is_target(view: str, start: int, last: str) -> bool:
    """Whether a web address and at most a title stand from here to the end."""
    match = _TARGET.match(view, start)
    if match is None:
        return False
    end = match.end()
    if end == len(view):
        return True
    closing = _TITLE_ENDS.get(view[end])
    return closing == last and len(view.rstrip(LATIN_SPACE)) > end + 1
