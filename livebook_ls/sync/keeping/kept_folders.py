"""Folders in which texts of notebooks are kept: what lies there is nobody's notebook.

Told by their names, since a shell's state folder may be another than an editor's.
"""

from __future__ import annotations

import os

PROGRAM, NOTEBOOKS = "livebook-ls", "notebooks"
# Of what tells a notebook's real path, as hexadecimal digits.
DIGITS = 32
_HEXADECIMAL = frozenset("0123456789abcdef")


def is_kept(folder: str) -> bool:
    """Whether a folder is the one that a notebook has in a state folder (`StateFolder`)."""
    above, name = os.path.split(folder)
    if len(name) != DIGITS or not _HEXADECIMAL.issuperset(name):
        return False
    above, notebooks = os.path.split(above)
    return notebooks == NOTEBOOKS and os.path.basename(above) == PROGRAM  # noqa: PTH119 — as text


def is_kept_text(path: str) -> bool:
    """Whether a file lies in such a folder, or in one of its folders."""
    folder = os.path.dirname(path)  # noqa: PTH120 — as text
    return is_kept(folder) or is_kept(os.path.dirname(folder))  # noqa: PTH120 — as text
