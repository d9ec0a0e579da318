"""Three versions of a comment's JSON made one, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.elixir.json_encoding import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livebook_ls.notebook.model import JsonValue


class KeyClash(Exception):
    """Both sides changed one key, each in its own way."""


def merge_values(base: JsonValue, ours: JsonValue, theirs: JsonValue) -> JsonValue:
    """The merged value; None is said by no comment at all. Raises `KeyClash`."""
    merged = _merged(*([] if it is None else [it] for it in (base, ours, theirs)))
    return merged[0] if merged and merged[0] != {} else None


def _merged(
    base: Sequence[JsonValue], ours: Sequence[JsonValue], theirs: Sequence[JsonValue]
) -> Sequence[JsonValue]:
    """One value, or none where there is none: JSON's `null` is a value."""
    ours_json, theirs_json, base_json = map(to_json, map(list, (ours, theirs, base)))
    if theirs_json in (ours_json, base_json):
        return ours
    if ours_json == base_json:
        return theirs
    one, other, old = (_keys(it) for it in (ours, theirs, base))
    merged: dict[str, JsonValue] = {}
    for key in sorted({*one, *other}):
        value = _merged(*([it[key]] if key in it else [] for it in (old, one, other)))
        if value:
            merged[key] = value[0]
    return [merged]


def _keys(value: Sequence[JsonValue]) -> dict[str, JsonValue]:
    if not value:
        return {}
    if not isinstance(value[0], dict):
        raise KeyClash
    return value[0]
