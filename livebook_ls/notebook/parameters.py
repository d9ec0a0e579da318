"""What of a notebook can be given from outside: its top-level `name = literal`, and other values.

As papermill does for Jupyter, but in place: the notebook says what its parameters are, and which
kind of value each takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livebook_ls.notebook.elixir.assignments import LiteralKind, literal_assignments, literal_kind
from livebook_ls.notebook.elixir.quoting import inspect_string
from livebook_ls.notebook.model import CellType, Span

if TYPE_CHECKING:
    from livebook_ls.notebook.model import Notebook

_ELIXIR = "elixir"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A name that a notebook gives a literal; `span` is that of the literal in the text."""

    name: str
    kind: LiteralKind
    span: Span


class UnfitParameterError(Exception):
    """Why a value can't be given, in the sentence that the user reads."""


def parameters(notebook: Notebook, text: str) -> tuple[Parameter, ...]:
    """The parameters of a notebook, whose text is `text`: of each name the first."""
    found: dict[str, Parameter] = {}
    for cell in notebook.cells:
        if cell.type is not CellType.CODE or cell.language != _ELIXIR:
            continue
        # The file's own characters: its lines may be indented otherwise than the cell's.
        start, end = cell.source_span
        for it in literal_assignments(text[start:end]):
            span = Span(it.start, it.end).moved(start)
            found.setdefault(it.name, Parameter(name=it.name, kind=it.kind, span=span))
    return tuple(found.values())


def with_parameters(notebook: Notebook, text: str, values: Mapping[str, str]) -> str:
    """`text` with other values for its parameters, each written as Elixir writes it.

    Raises UnfitParameterError for a name that is none, and a value of another kind.
    """
    known = {it.name: it for it in parameters(notebook, text)}
    for name in values:
        if name not in known:
            raise UnfitParameterError(_unknown(name, tuple(known)))
    # From the end, so that the places before stay what they are.
    for it in sorted((known[name] for name in values), key=lambda it: it.span, reverse=True):
        text = text[: it.span.start] + _written(it, values[it.name]) + text[it.span.end :]
    return text


def _unknown(name: str, names: tuple[str, ...]) -> str:
    sentence = f"No cell has a top-level `{name} = …` with a literal."
    if not names:
        return f"{sentence} There is none at all in this notebook."
    return f"{sentence} There {'are' if len(names) > 1 else 'is'}: {', '.join(names)}."


def _written(parameter: Parameter, value: str) -> str:
    """The value as a literal of the parameter's kind; what is nil now takes any."""
    kind = literal_kind(value)
    if parameter.kind is LiteralKind.TEXT:
        return inspect_string(value)
    if parameter.kind is LiteralKind.ATOM and literal_kind(f":{value}") is LiteralKind.ATOM:
        return f":{value}"
    if kind is parameter.kind:
        return value
    if parameter.kind is LiteralKind.NIL:
        return value if kind else inspect_string(value)
    raise UnfitParameterError(
        f"`{parameter.name}` is {parameter.kind.value} in the notebook, and “{value}” is not."
    )
