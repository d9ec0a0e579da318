"""Git's conflicts in a text one by one: where each stands, and what it becomes once settled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.notebook.model import Span

# As git writes them; the base between is there with `merge.conflictStyle` on diff3 or zdiff3.
_BLOCK = re.compile(
    r"^<{7}(?: [^\n]*)?\r?\n(?P<ours>.*?)"
    r"(?:^\|{7}(?: [^\n]*)?\r?\n.*?)?"
    r"^={7}\r?\n(?P<theirs>.*?)"
    r"^>{7}(?: [^\n]*)?(?:\r?\n|\Z)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class MarkedBlock:
    """A conflict between git's markers; `span` is all of its lines, the markers included."""

    span: Span
    ours: str
    theirs: str

    def taking(self, take: Take) -> str:
        """What stands there once it is settled; of both, one after the other."""
        if take is Take.BOTH:
            return self.ours + self.theirs
        return self.ours if take is Take.MINE else self.theirs


def marked_blocks(text: str) -> Iterator[MarkedBlock]:
    """The conflicts from top to bottom; what is broken or nested is none."""
    if "<<<<<<<" not in text:
        return
    for match in _BLOCK.finditer(text):
        ours, theirs = match["ours"], match["theirs"]
        if not re.search(r"^<{7}(?: |\r?$)", ours + theirs, re.MULTILINE):
            yield MarkedBlock(Span(*match.span()), ours, theirs)
