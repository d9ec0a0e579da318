"""The modules that Elixir code defines, found by its lines, without knowing the rest of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEREDOC = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""', re.DOTALL)
_DEFINITION = re.compile(
    r"^(?P<indent>[ \t]*)def(?:module|protocol)[ \t]+(?P<name>[A-Z][\w.]*)", re.MULTILINE
)


def defined_modules(code: str) -> Iterator[tuple[str, int]]:
    """Each module's full name, and the character of the code at which its own name begins.

    A module that is indented more than the one above it is inside of it, as formatters write it.
    """
    if "def" not in code:
        return
    # What documentation shows as an example defines nothing.
    code = _HEREDOC.sub(lambda it: re.sub(r"[^\n]", " ", it[0]), code)
    around: list[tuple[int, str]] = []
    for found in _DEFINITION.finditer(code):
        indent = len(found["indent"])
        while around and around[-1][0] >= indent:
            around.pop()
        name = f"{around[-1][1]}.{found['name']}" if around else found["name"]
        around.append((indent, name))
        yield name, found.start("name")
