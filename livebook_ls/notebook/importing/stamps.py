"""The stamp of a notebook: Livebook's signature in its last comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.model import Failure

if TYPE_CHECKING:
    from livebook_ls.notebook.model import JsonValue, Stamp
    from livebook_ls.notebook.source import Source

# Livebook writes it as the last comment of the file; JSON keys come sorted.
_STAMP = re.compile(r'^<!-- livebook:\{[^\n]*"stamp":', re.MULTILINE)


def has_stamp(text: str) -> bool:
    """Whether there is anything that Livebook would take for a stamp, valid or not."""
    return _STAMP.search(text) is not None


def stamp_failure(stamp: Stamp, source: Source) -> list[Failure]:
    """Why Livebook raises on this stamp (`import.ex`, `postprocess_stamp`), not just refuses."""
    offset = stamp.offset
    if isinstance(offset, bool) or not isinstance(offset, int | float):
        return []
    size = source.byte_offset(len(source.text))
    if offset > size:
        return []
    if isinstance(offset, float) or offset < 0:
        message = "the stamp's offset must be a whole number of bytes"
        return [Failure("bad-stamp-offset", message, stamp.span)]
    at = source.from_byte_offset(offset)
    if at is None:
        message = "the stamp's offset falls inside a character"
        return [Failure("stamp-cuts-character", message, stamp.span)]
    if _stands_alone(source, at, stamp) and not _is_checkable(stamp.value):
        message = 'the stamp must hold a "version" and a "token"'
        return [Failure("malformed-stamp", message, stamp.span)]
    return []


def is_surely_stale(stamp: Stamp, source: Source) -> bool:
    """Whether the text before the stamp has become longer or shorter, so that it can't be valid."""
    offset = stamp.offset
    if isinstance(offset, bool) or not isinstance(offset, int):
        return True
    at = source.from_byte_offset(offset)
    if at is None or not _stands_alone(source, at, stamp):
        return True
    # Livebook counts up to its last line break and writes an empty line before the stamp.
    return source.text[max(at - 1, 0) : stamp.span.start] != "\n\n"


def _stands_alone(source: Source, at: int, stamp: Stamp) -> bool:
    """Whether nothing but the stamp follows the offset."""
    before = source.text[at : stamp.span.start]
    after = source.text[stamp.span.end :]
    return at <= stamp.span.start and not before.strip() and not after.strip()


def _is_checkable(value: JsonValue) -> bool:
    if not isinstance(value, dict) or "version" not in value:
        return False
    version = value["version"]
    is_known = isinstance(version, int) and not isinstance(version, bool) and version in (1, 2)
    return not is_known or "token" not in value or isinstance(value["token"], str)
