"""What counts as white space, a letter or one column for Livebook's Markdown parser.

EarmarkParser runs some of its patterns over code points and others over bytes read as Latin-1.
In the latter, bytes 0x85 and 0xA0 are white space and 0xC3 is a letter, even inside a character.
"""

from __future__ import annotations

import re
import unicodedata

SPACE = " \t\v\f"
"""White space within a line for patterns over bytes, as far as it is ASCII."""

WIDE_SPACE = (
    " \t\n\v\f\r\x85\xa0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""White space for patterns over code points."""

TRIMMED = WIDE_SPACE.replace("\u180e", "")
"""White space that Elixir's `String.trim/1` takes away."""

LATIN_SPACE = " \t\n\v\f\r\x85\xa0"
"""White space in a byte view."""

LATIN_WORD = r"\-A-Za-z0-9_\xaa\xb5\xba\xc0-\xd6\xd8-\xf6\xf8-\xff"
"""The inside of a character class for letters, digits, `_` and `-` in a byte view."""

_TAB_WIDTH = 4
_BLOCK_OF_GRAPHEME_JOINERS = re.compile("[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")


def to_byte_view(text: str) -> str:
    """The text with one character for each of its UTF-8 bytes."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def from_byte_view(view: str) -> str | None:
    """The text of a byte view; None where a character was cut in two."""
    if view.isascii():
        return view
    try:
        return view.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return None


def ends_like_space(character: str) -> bool:
    """Whether the last byte of this character is white space for a pattern over bytes."""
    if character in SPACE:
        return True
    # The last byte is 0x80 plus the low six bits: 0x85 and 0xA0 are the two in question.
    return character > "\x7f" and ord(character) & 0x3F in (0x05, 0x20)


def expand_tabs(line: str) -> str:
    """The line with each tab filled up to the next multiple of four columns."""
    if "\t" not in line:
        return line
    *leaders, rest = line.split("\t")
    filled = [leader + " " * (_TAB_WIDTH - columns(leader) % _TAB_WIDTH) for leader in leaders]
    return "".join(filled) + rest


def columns(text: str) -> int:
    """How many user-perceived characters the text has."""
    if text.isascii():
        return len(text)
    count = 0
    is_joined = False
    for character in text:
        if character == "\u200d":
            is_joined = True
        elif is_joined or _extends(character):
            is_joined = False
        else:
            count += 1
    return count


def _extends(character: str) -> bool:
    if _BLOCK_OF_GRAPHEME_JOINERS.match(character):
        return True
    return character > "\x7f" and unicodedata.category(character) in {"Mn", "Me", "Mc"}
