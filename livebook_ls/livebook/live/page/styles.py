"""How Livebook's page writes ANSI's colours, as `style` attributes, read back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from livebook_ls.livebook.live.outputs import TextStyle

_NAMED = re.compile(r"var\(--ansi-color-([a-z-]+)\)")
_RGB = re.compile(r"rgb\((\d{1,3}), *(\d{1,3}), *(\d{1,3})\)")


def read_style(css: str) -> TextStyle | None:
    """The style that a `style` attribute writes; None where it changes nothing that we know."""
    found = dict(_declarations(css))
    weight, decoration = found.get("font-weight", ""), found.get("text-decoration", "")
    style = TextStyle(
        foreground=_colour(found.get("color", "")),
        background=_colour(found.get("background-color", "")),
        is_bold=weight in ("600", "700", "bold"),
        is_faint=weight in ("200", "300", "lighter"),
        is_italic=found.get("font-style") == "italic",
        is_underlined=decoration == "underline",
        is_struck=decoration == "line-through",
    )
    return None if style == TextStyle() else style


def _declarations(css: str) -> Iterator[tuple[str, str]]:
    for declaration in css.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            yield name.strip(), value.strip()


def _colour(value: str) -> str:
    if named := _NAMED.fullmatch(value):
        return named[1]
    if rgb := _RGB.fullmatch(value):
        red, green, blue = (min(int(it), 255) for it in rgb.groups())
        return f"#{red:02x}{green:02x}{blue:02x}"
    return ""
