"""JSON as Elixir's `JSON.decode!/1` takes it, where Python's reader is laxer or weaker."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from livebook_ls.notebook.model import JsonValue

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)(\\u[dD][c-fC-F][0-9a-fA-F]{2})?")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*+\Z")
# Python refuses to read longer integers, Elixir has no limit. The exact value is of no use to us.
_LONGEST_INTEGER = 4000
_DEEPEST = 200


class InvalidJson(ValueError):
    """The text is no JSON to Elixir."""


def decode_json(text: str) -> JsonValue:
    """The value; of a repeated key the first one counts. Raises `InvalidJson`."""
    if "\\u" in text:
        _check_surrogates(text)
    try:
        return _decode_any(text)
    except InvalidJson:
        raise
    except ValueError as error:
        raise InvalidJson(str(error)) from error


def decode_base64_json(text: str) -> JsonValue:
    """The value in Base64, with or without padding. Raises `InvalidJson`."""
    body = text
    if len(text) % 4 == 0:
        body = text[:-2] + text[-2:].rstrip("=")
    if not _BASE64.match(body) or len(body) % 4 == 1:
        raise InvalidJson("not in Base64")
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4))
        return decode_json(data.decode("utf-8"))
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidJson(str(error)) from error


def _decode_any(text: str) -> JsonValue:
    try:
        value: JsonValue = _DECODER.decode(text)
    except RecursionError:
        value = _decode_deep(text)
    return value


def _check_surrogates(text: str) -> None:
    """Python takes half of an escaped pair for a character, Elixir does not."""
    for match in _ESCAPE.finditer(text):
        first, low = match.groups()
        is_high = first is not None and first[:2].lower() in {"d8", "d9", "da", "db"}
        is_low = first is not None and first[:2].lower() in {"dc", "dd", "de", "df"}
        if is_low or is_high != (low is not None):
            raise InvalidJson("half of a surrogate pair")


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found


def _integer(digits: str) -> int:
    if len(digits) <= _LONGEST_INTEGER:
        return int(digits)
    bound: int = 10**_LONGEST_INTEGER
    return -bound if digits[0] == "-" else bound


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise InvalidJson("number out of range")
    return value


def _constant(name: str) -> NoReturn:
    raise InvalidJson(f"{name} is no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
_DEEP_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


def _decode_deep(text: str) -> JsonValue:
    """Decode what is nested too deeply for Python's reader; what is deepest becomes `null`."""
    top, *inner = _cut(text)
    value: JsonValue = _DECODER.decode(top)
    for part in inner:
        _DECODER.decode(part)
    return value


def _cut(text: str) -> list[str]:
    """The text with `null` for what is nested too deeply, followed by those parts."""
    open_parts: list[list[str]] = [[]]
    closed: list[str] = []
    depth = at = 0
    for match in _DEEP_TOKENS.finditer(text):
        piece = match.group()
        if piece in "[{":
            depth += 1
            if depth % _DEEPEST == 0:
                open_parts[-1].append(text[at : match.start()])
                at = match.start()
                open_parts.append([])
        elif piece in "]}":
            if depth % _DEEPEST == 0 and len(open_parts) > 1:
                open_parts[-1].append(text[at : match.end()])
                at = match.end()
                closed.append("".join(open_parts.pop()))
                open_parts[-1].append("null")
            depth -= 1
    if len(open_parts) > 1:
        raise InvalidJson("brackets that nothing closes")
    open_parts[0].append(text[at:])
    return ["".join(open_parts[0]), *closed]
