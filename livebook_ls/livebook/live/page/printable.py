"""Texts of outputs made safe to show: without control characters and escape sequences."""

from __future__ import annotations

import re

# Livebook turns colours into markup and leaves what else it doesn't know, as titles and links.
_ESCAPES = re.compile(
    r"""\x1b(?:
        \[[0-?]*[ -/]*[@-~]                     # a control sequence
      | [\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?    # a string for the terminal, up to its end
      | [ -/]*[0-~]                             # anything shorter
    )?""",
    re.VERBOSE,
)
# Carriage returns are among them: a line feed of Windows is one without, and a lone one was redrawn
# by Livebook already.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    """`text` with no control character but tab and line feed, and no escape sequence."""
    if text.isprintable():
        return text
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    return _CONTROLS.sub("", text)
