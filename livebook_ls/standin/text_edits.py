"""LSP text edits applied to a text, as editors apply them."""

from __future__ import annotations

from typing import Any

Json = Any


def apply_edits(text: str, edits: list[Json]) -> str:
    """`text` after LSP text edits with UTF-16 columns, which must not overlap."""
    lines = [""]
    for number, character in enumerate(text):
        lines[-1] += character
        if character == "\n" or (character == "\r" and text[number + 1 : number + 2] != "\n"):
            lines.append("")

    def offset(position: Json) -> int:
        line = min(position["line"], len(lines) - 1)
        before = sum(map(len, lines[:line]))
        units = lines[line].encode("utf-16-le")[: position["character"] * 2]
        return before + len(units.decode("utf-16-le"))

    for item in sorted(edits, key=lambda it: offset(it["range"]["start"]), reverse=True):
        start, end = offset(item["range"]["start"]), offset(item["range"]["end"])
        text = text[:start] + item["newText"] + text[end:]
    return text
