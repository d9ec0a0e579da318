"""JSON as Livebook writes it: sorted keys, no spaces, escapes and numbers in Elixir's manner."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livebook_ls.notebook.model import JsonValue

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|-?[0-9][0-9.]*e[+-][0-9]+')
_CONTROL = re.compile(r"\\(?:u(00[01][0-9a-f])|.)")


def to_json(value: JsonValue) -> str:
    """The value as JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return _TOKEN.sub(_in_elixirs_manner, text)


def _in_elixirs_manner(match: re.Match[str]) -> str:
    token = match.group()
    if token[0] == '"':
        return _CONTROL.sub(_with_capitals, token) if "\\u" in token else token
    mantissa, exponent = token.split("e")
    return f"{mantissa}{'' if '.' in mantissa else '.0'}e{int(exponent)}"


def _with_capitals(match: re.Match[str]) -> str:
    code = match.group(1)
    return match.group() if code is None else "\\u" + code.upper()
