"""Single values as Livebook's page writes them in attributes: JSON, words, durations."""

from __future__ import annotations

import base64
import re
from datetime import datetime

from livebook_ls import bounded_json
from livebook_ls.livebook.live.cells import Validity
from livebook_ls.livebook.live.outputs import ImageOutput

# Of what has more digits nobody has counted.
_TOOK = re.compile(r"Took (\d{1,15})(?:\.(\d))?(ms|s)")
_COUNT = re.compile(r"\d{1,15}")
_DIGEST = re.compile(r"[A-Za-z0-9+/]{22}==")
_IMAGE = re.compile(r"data:([\w.+/-]+);base64,")


def json_value(text: str) -> object:
    """The value of a `data-p-…` attribute; None where it is no JSON."""
    try:
        return bounded_json.decoded(text)
    except ValueError:
        return None


def json_text(text: str) -> str:
    """The same where a text is expected; else empty."""
    value = json_value(text)
    return value if isinstance(value, str) else ""


def validity(word: str) -> Validity:
    """What a `data-eval-validity` says; a word that we don't know is UNKNOWN."""
    try:
        return Validity(word)
    except ValueError:
        return Validity.UNKNOWN


def is_digest(attribute: str) -> bool:
    """Whether a `data-p-evaluation-digest` is one, or says that there is none."""
    return attribute == "null" or _DIGEST.fullmatch(json_text(attribute)) is not None


def took_ms(tooltip: str) -> int | None:
    """The duration that a status's tooltip tells (`Took 12ms`, `Took 1.5s`)."""
    found = _TOOK.fullmatch(tooltip.strip())
    if found is None:
        return None
    whole, tenths, unit = found.groups()
    return int(whole) if unit == "ms" else int(whole) * 1000 + int(tenths or 0) * 100


def count(text: str) -> int:
    """The number that `text` writes; 0 where it is none that anybody counts to."""
    return int(text) if _COUNT.fullmatch(text) else 0


def moment(attribute: str) -> datetime | None:
    """The time in a `data-p-start`."""
    try:
        return datetime.fromisoformat(json_text(attribute))
    except ValueError:
        return None


def image(src: str) -> ImageOutput:
    """The image in the `src` of an `img`; without content where it isn't in there."""
    found = _IMAGE.match(src)
    if found is None:
        return ImageOutput(media_type="", content=b"")
    try:
        content = base64.b64decode(src[found.end() :], validate=True)
    except ValueError:
        content = b""
    return ImageOutput(media_type=found[1], content=content)
