"""What can be known about code at a place: plain values, whoever answered.

Spans are characters of the notebook's text. Texts for people are Markdown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from livebook_ls.notebook.model import JsonValue, Span

_LINE = re.compile(r"(\bline )(\d+)\b")


class SuggestionKind(Enum):
    """What a suggestion is, in Livebook's words."""

    FUNCTION = "function"
    MODULE = "module"
    STRUCT = "struct"
    INTERFACE = "interface"
    TYPE = "type"
    VARIABLE = "variable"
    FIELD = "field"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Something that may be written here. A function's label carries its arity.

    `${}` in `insert` marks where the cursor goes. `is_from_text` says that nothing was evaluated to
    know it. `key` is what its provider finds its documentation by, where that is not given yet.
    """

    label: str
    kind: SuggestionKind
    insert: str
    documentation: str | None = None
    is_from_text: bool = False
    key: JsonValue = field(default=None, compare=False)
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Suggestions in the order in which to show them.

    `replaced` is what is typed of them already; `is_whole` is false where somebody was late.
    """

    items: tuple[Suggestion, ...]
    replaced: Span
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Definition:
    """Where something is defined: in the notebook itself, or in the file at `path`, if given.

    `span` holds for the notebook; in another file only its 0-based `line` is known.
    """

    span: Span | None = None
    path: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of the name at `span`."""

    span: Span
    texts: tuple[str, ...]
    definition: Definition | None = None


@dataclass(frozen=True, slots=True)
class CallForm:
    """One way to call a function: as it is written, and its arguments."""

    text: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallHelp:
    """The call around the cursor, which is in argument number `active`, from 0."""

    forms: tuple[CallForm, ...]
    active: int


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """Why code does not parse, at a place of the notebook."""

    span: Span
    message: str

    def moved(self, by: int) -> CodeProblem:
        """The same problem so many characters further down."""
        return CodeProblem(self.span.moved(by), self.message)


@dataclass(frozen=True, slots=True)
class CodeJudgement:
    """What does not parse; `is_whole` where somebody has judged every cell, and nobody was late."""

    problems: tuple[CodeProblem, ...]
    is_whole: bool


def in_cells_words(complaint: str) -> str:
    """A parser's complaint, which counts a cell's lines, for people who see a whole notebook."""
    return _LINE.sub(lambda it: f"{it[1]}{int(it[2])} of the cell", complaint)
