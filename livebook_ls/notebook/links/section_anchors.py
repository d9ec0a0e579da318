"""Where sections are on the page of a session, as Livebook names its elements.

By `names_to_html_ids` of Livebook's `html_helpers.ex`.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable, Iterator

_NEITHER_WORD_NOR_SPACE = re.compile(r"[^\s\w]")
_SPACES = re.compile(r"\s+")


def section_anchors(names: Iterable[str]) -> Iterator[str | None]:
    """The fragment of an address that leads to each section, in the order of the notebook.

    None where the page would not find it: it looks for the fragment as browsers encode it, so that
    only names in ASCII are found.
    """
    for anchor in any_section_anchors(names):
        yield anchor if anchor.isascii() else None


def any_section_anchors(names: Iterable[str]) -> Iterator[str]:
    """The same for those who look for fragments as they are read, and find every name."""
    counts: Counter[str] = Counter()
    for name in names:
        anchor = _anchor(name)
        counts[anchor] += 1
        yield f"{anchor}-{counts[anchor]}" if counts[anchor] > 1 else anchor


def _anchor(name: str) -> str:
    words = _NEITHER_WORD_NOR_SPACE.sub("", name.lower()).strip()
    if words:
        return _SPACES.sub("-", words)
    return base64.urlsafe_b64encode(name.encode("utf-8", "replace")).decode("ascii").rstrip("=")
