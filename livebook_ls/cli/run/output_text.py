"""Outputs of cells as a terminal shows them: their own colours, and no other escape of theirs."""

from __future__ import annotations

from collections.abc import Iterator

from livebook_ls.cli.terminal import Paint
from livebook_ls.livebook.live.outputs import (
    BrowserOutput,
    CellOutput,
    ImageOutput,
    LayoutOutput,
    TextKind,
    TextOutput,
    TextStyle,
)
from livebook_ls.livebook.live.page.printable import printable
from livebook_ls.running.wording import IS_CUT, browser_in_words, image_in_words

_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_FOREGROUND, _BACKGROUND, _LIGHT = 30, 40, 60
_ERROR = TextStyle(foreground="red")


def output_text(outputs: tuple[CellOutput, ...], paint: Paint) -> str:
    """All outputs, one below the other; empty where there are none."""
    return "".join(_texts(outputs, paint))


def _texts(outputs: tuple[CellOutput, ...], paint: Paint) -> Iterator[str]:
    for output in outputs:
        match output:
            case TextOutput():
                yield from _text(output, paint)
            case LayoutOutput():
                yield from _texts(output.outputs, paint)
            case ImageOutput():
                yield f"[{printable(image_in_words(output))}]\n"
            case BrowserOutput():
                yield f"[{printable(browser_in_words(output))}]\n"


def _text(output: TextOutput, paint: Paint) -> Iterator[str]:
    if output.is_cut:
        yield f"{IS_CUT}\n"
    if output.heading:
        yield f"{printable(output.heading)}\n"
    for start, end, style in _stretches(output):
        if text := printable(output.text[start:end]):
            yield paint(text, _sgr(style))
    if output.text and not output.text.endswith("\n"):
        yield "\n"


def _stretches(output: TextOutput) -> Iterator[tuple[int, int, TextStyle]]:
    """The whole text in stretches of one style each."""
    usual = _ERROR if output.kind is TextKind.ERROR else TextStyle()
    at = 0
    for span in output.spans:
        yield at, span.start, usual
        yield span.start, span.end, span.style
        at = span.end
    yield at, len(output.text), usual


def _sgr(style: TextStyle) -> str:
    """The numbers of a style (ECMA-48's “select graphic rendition”); empty for none."""
    marks = {
        "1": style.is_bold,
        "2": style.is_faint,
        "3": style.is_italic,
        "4": style.is_underlined,
        "9": style.is_struck,
    }
    numbers = [number for number, is_set in marks.items() if is_set]
    numbers += [*_colour(style.foreground, _FOREGROUND), *_colour(style.background, _BACKGROUND)]
    return ";".join(numbers)


def _colour(name: str, base: int) -> Iterator[str]:
    if name.startswith("#") and len(name) == len("#rrggbb"):
        yield str(base + 8)
        yield "2"
        yield from (str(int(name[at : at + 2], 16)) for at in (1, 3, 5))
    plain = name.removeprefix("light-")
    if plain in _NAMES:
        yield str(base + _NAMES.index(plain) + (_LIGHT if plain != name else 0))
