"""The two versions of EarmarkParser that Livebooks have, and in which texts they differ."""

from __future__ import annotations

import re
from enum import Enum


class ParserVersion(Enum):
    """A version of EarmarkParser, by its number.

    Livebook's releases are locked to 1.4.44; what is installed without that lock has 1.4.46.
    """

    V1_4_44 = "1.4.44"
    V1_4_46 = "1.4.46"

    def is_void(self, tag: str) -> bool:
        """Whether an element of this name has no content and needs no end (`void_tag?`)."""
        return _VOID_NAMES[self].match(tag) is not None

    @property
    def replaces_nul(self) -> bool:
        """Whether a NUL is read as a replacement character (`_remove_unsafe_chars`)."""
        return self is ParserVersion.V1_4_46


RELEASED = ParserVersion.V1_4_44

# `void_tags` in `line_scanner/rgx.ex`. Both look only at how the name begins.
_VOID_NAMES = {
    ParserVersion.V1_4_44: re.compile("area|br|hr|img|wbr"),
    ParserVersion.V1_4_46: re.compile(
        "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
    ),
}
_DIFFERENT_TAG = re.compile("<(?:base|col|embed|input|link|meta|param|source|track)")


def may_differ(text: str) -> bool:
    """Whether the two versions could read something else in this text."""
    # Two looks for one character each, which is many times as fast as one for either.
    return "\0" in text or _DIFFERENT_TAG.search(text) is not None
