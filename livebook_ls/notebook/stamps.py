"""The stamp of a notebook: Livebook's signature in its last comment."""

from __future__ import annotations

import re

# Livebook writes it as the last comment of the file; JSON keys come sorted.
_STAMP = re.compile(r'^<!-- livebook:\{[^\n]*"stamp":', re.MULTILINE)


def has_stamp(text: str) -> bool:
    """Whether there is anything that Livebook would take for a stamp, valid or not."""
    return _STAMP.search(text) is not None
