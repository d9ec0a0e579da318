"""What a hazard is: something that Livebook would do to a text, and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from livebook_ls.notebook.source import Source


class Severity(Enum):
    """How much is at stake, worst first."""

    CRASH = "crash"
    UNSAVABLE = "unsavable"
    WIPE = "wipe"
    DROP = "drop"
    REFORMAT = "reformat"


@dataclass(frozen=True, slots=True)
class QuickFix:
    """Replacements, in document order, that make the hazard go away."""

    title: str
    replacements: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class Hazard:
    """What would happen to the text at `span`; `code` is stable, `message` one sentence."""

    code: str
    severity: Severity
    span: Span
    message: str
    fix: QuickFix | None = None


def insertion(title: str, at: int, text: str) -> QuickFix:
    """A fix that adds text in one place."""
    return QuickFix(title, (Replacement(Span(at, at), text),))


def replacement(title: str, span: Span, text: str) -> QuickFix:
    """A fix that puts text in the place of other text."""
    return QuickFix(title, (Replacement(span, text),))


def lines_removal(title: str, source: Source, span: Span) -> QuickFix:
    """A fix that removes the lines of a span, and a blank line behind them."""
    first, last = source.line_at(span.start), source.line_at(span.end)
    below = last + 1
    if first == 0 or not source.lines[first - 1].strip():
        while below < len(source.lines) - 1 and not source.lines[below].strip():
            below += 1
    end = source.starts[below] if below < len(source.lines) else len(source.text)
    return replacement(title, Span(source.starts[first], end), "")


def apply_fix(text: str, fix: QuickFix) -> str:
    """The text with the fix applied."""
    parts: list[str] = []
    at = 0
    for change in fix.replacements:
        parts += (text[at : change.span.start], change.text)
        at = change.span.end
    return "".join((*parts, text[at:]))
