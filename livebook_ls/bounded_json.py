"""JSON that others wrote: only what has no more values than anybody means is decoded.

A limit of bytes bounds no memory: each two bytes of `[],[],…` become twenty times as many.
"""

from __future__ import annotations

import json
import re
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# Values take up to a hundred bytes and more. What a program says of one file, call or message has
# some thousands.
_MOST_VALUES = 2_000_000
_BEFORE_VALUES = ("[", "{", ",")
# A string, or what stands before a value.
_PIECE = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{,]'


class TooManyValues(ValueError):
    """What it says would take far more memory than its text."""


def decoded(
    data: str | bytes,
    most: int = _MOST_VALUES,
    pairs: Callable[[list[tuple[str, Any]]], Any] | None = None,
) -> Any:  # noqa: ANN401 — whatever it is
    """The value, of an object what `pairs` makes of it. Raises ValueError where it is none, too
    deep, or more than `most` values.
    """
    text = data if isinstance(data, str) else _text(data)
    _require_few(text, most)
    try:
        return json.loads(text, object_pairs_hook=pairs)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _require_few(text: str, most: int) -> None:
    """Raise TooManyValues where there are more than `most` values in JSON."""
    # All that is asked of nearly all texts is how long they are, and of the rest to be counted
    # with what stands in strings, which takes two thousandths of a second for a megabyte.
    if len(text) <= most or sum(map(text.count, _BEFORE_VALUES)) <= most:
        return
    if next(islice(re.finditer(_PIECE, text, re.DOTALL), most, None), None) is not None:
        raise TooManyValues(f"it has more than {most // 1_000_000} million values")


def _text(data: bytes) -> str:
    """As `json` itself would read it, so that nothing else is counted than is decoded."""
    return data.decode(json.detect_encoding(data), "surrogatepass")
