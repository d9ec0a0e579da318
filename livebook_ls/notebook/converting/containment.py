"""Markdown that ends where its cell ends: what would swallow the next cells is written out."""

from __future__ import annotations

import re

from livebook_ls.notebook.importing.importer import parse

_BEHIND = "\n\n```elixir\n:behind\n```\n"
_CODE = ":behind"
_OPENING = re.compile(r"^(?P<before>[ \t]*)<(?=[A-Za-z!/?])", re.MULTILINE)
_FENCE = re.compile(r"^[ ]{0,3}(?P<fence>`{3,}|~{3,})[^\n]*$", re.MULTILINE)


def contained(text: str) -> str:
    """The Markdown itself where the next cell is seen behind it; else with its end made sure.

    A fence that is open is closed. HTML that is open, or a comment, is shown as it is written.
    """
    if _ends(text):
        return text
    fences = _FENCE.findall(text)
    if fences and _ends(closed := f"{text}\n{fences[-1]}"):
        return closed
    places = [it.end("before") for it in _OPENING.finditer(text)]
    # The nearest to the end is the likeliest not to be closed.
    for at in reversed(places):
        shown = f"{text[:at]}&lt;{text[at + 1 :]}"
        if _ends(shown):
            return shown
    shown = _OPENING.sub(r"\g<before>&lt;", text)
    return shown if _ends(shown) else "\n".join(f"    {line}" for line in text.split("\n"))


def _ends(text: str) -> bool:
    sections = parse(f"# T\n\n## S\n\n{text}{_BEHIND}").sections
    cells = sections[-1].cells if sections else ()
    return bool(cells) and cells[-1].source == _CODE
