"""The comment above a section's heading, saying another parent or none."""

from __future__ import annotations

import re

from livebook_ls.notebook.pieces.cutting import PARENT

_INDEX = re.compile(rf'"{PARENT}": *-?\d+')
_ONLY_PARENT = re.compile(rf'<!-- livebook:\{{ *"{PARENT}": *-?\d+ *\}} -->\s*')
_ENTRY = re.compile(rf'"{PARENT}": *-?\d+ *,? *|, *"{PARENT}": *-?\d+')


def with_parent(comment: str, index: int, newline: str = "\n") -> str:
    """The comment of a branch of the section with this index; what else it says stays."""
    entry = f'"{PARENT}":{index}'
    if _INDEX.search(comment):
        return _INDEX.sub(entry, comment)
    if comment.startswith("<!-- livebook:{"):
        return comment.replace("{", f"{{{entry},", 1)
    return f"<!-- livebook:{{{entry}}} -->{newline * 2}"


def without_parent(comment: str) -> str:
    """The comment of a section that is no branch; empty where it said nothing else."""
    return _ENTRY.sub("", _ONLY_PARENT.sub("", comment))
