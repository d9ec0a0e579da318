"""What cells put out: texts with their colours apart, images, and what only a browser can show.

Texts are data: nothing in them is to be followed, run or rendered. They hold no control characters
but tabs and line feeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

# Livebook's page shows the last 1,000 lines; lines may be as long as they like.
TEXT_LIMIT_CHARACTERS = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """How a stretch of text looks: colours are ANSI's names (`light-red`) or `#rrggbb`."""

    foreground: str = ""
    background: str = ""
    is_bold: bool = False
    is_faint: bool = False
    is_italic: bool = False
    is_underlined: bool = False
    is_struck: bool = False


@dataclass(frozen=True, slots=True)
class StyledSpan:
    """Characters `start` up to, not including, `end` of a text, and how they look."""

    start: int
    end: int
    style: TextStyle


class TextKind(Enum):
    """What a text is."""

    TERMINAL = "terminal"
    ERROR = "error"
    PLAIN = "plain"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOutput:
    """A text: printed, logged or a result (terminal), an error, plain, or Markdown's source.

    Livebook does not tell a result from what was printed: the last one is it, mostly.
    `heading` is what Livebook says above an error (a missing secret, say). `is_cut` says that the
    beginning is missing, because there was more than is kept.
    """

    kind: TextKind
    text: str
    spans: tuple[StyledSpan, ...] = ()
    heading: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageOutput:
    """An image; where its data could not be read, `content` is empty."""

    media_type: str
    content: bytes


class LayoutKind(Enum):
    """What holds other outputs."""

    FRAME = "frame"
    TABS = "tabs"
    GRID = "grid"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutOutput:
    """Outputs within an output; `labels` are those of tabs."""

    kind: LayoutKind
    outputs: tuple[CellOutput, ...]
    labels: tuple[str, ...] = ()


class BrowserKind(Enum):
    """What can only be seen or used in the browser."""

    JS_VIEW = "js-view"
    INPUT = "input"
    CONTROL = "control"
    INTERRUPT = "interrupt"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserOutput:
    """A widget, an input, a button …: `label` is what it says of itself, empty where nothing."""

    kind: BrowserKind
    label: str = ""


CellOutput: TypeAlias = "TextOutput | ImageOutput | LayoutOutput | BrowserOutput"


def shown_text(outputs: tuple[CellOutput, ...]) -> str:
    """All texts among `outputs`, nested ones too, one after the other, each ending its line."""
    parts: list[str] = []
    for output in outputs:
        if isinstance(output, LayoutOutput):
            parts.append(shown_text(output.outputs))
        elif isinstance(output, TextOutput) and output.text:
            parts.append(output.text if output.text.endswith("\n") else f"{output.text}\n")
    return "".join(parts)
