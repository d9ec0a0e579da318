"""Characters as a page of Livebook's writes them."""

from __future__ import annotations

from html import unescape


def unescaped(markup: str) -> str:
    """The text that `markup` writes; as it stands where it numbers a character that can't be."""
    try:
        return unescape(markup)
    except ValueError:
        # Python reads no number of more than 4300 digits.
        return markup
