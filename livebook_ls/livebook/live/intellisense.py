"""What Livebook's runtime knows of code: the questions as it wants them, the answers as values.

Fields left out, or a column of 0, crash the page's process there; an automatic completion that says
it is none opens a dialog. So every question is made here, whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from livebook_ls.livebook.live.cells import CodeMarker
from livebook_ls.livebook.live.sources import apply_delta, read_markers

Question: TypeAlias = Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionItem:
    """A completion in Livebook's order. `kind` is its word (function, module, variable …).

    In `insert_text`, `${}` marks where the cursor goes. `documentation` is Markdown.
    """

    label: str
    kind: str
    insert_text: str
    documentation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionPlace:
    """Where something is defined: `file` may be `PATH#cell:ID`; `line` is 0-based."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDetails:
    """What is known of the code at a place: UTF-16 columns `start` up to, not including, `end`,
    and texts in Markdown.
    """

    start: int
    end: int
    contents: tuple[str, ...]
    definition: DefinitionPlace | None = None


@dataclass(frozen=True, slots=True)
class CallSignature:
    """One way to call a function."""

    signature: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallSignatures:
    """The ways to call the function around the cursor, which is in argument `active_argument`."""

    items: tuple[CallSignature, ...]
    active_argument: int


def completion_question(hint: str) -> Question:
    """What may follow `hint`, the code up to the cursor."""
    # Otherwise Livebook shows a dialog on our page there when it has no runtime.
    return {"type": "completion", "hint": hint, "editor_auto_completion": True}


def details_question(line: str, column: int) -> Question:
    """What is at `column` of the line, 0-based in UTF-16 units."""
    return {"type": "details", "line": line, "column": max(column, 0) + 1}


def signature_question(hint: str) -> Question:
    """What call `hint`, the code up to the cursor, ends in."""
    return {"type": "signature", "hint": hint}


def format_question(code: str) -> Question:
    """`code` as Elixir's formatter writes it."""
    return {"type": "format", "code": code}


def completions(answer: object) -> tuple[CompletionItem, ...]:
    """The completions in an answer."""
    return tuple(
        CompletionItem(
            label=_text(it, "label"),
            kind=_text(it, "kind"),
            insert_text=_text(it, "insert_text"),
            documentation=_text(it, "documentation"),
        )
        for it in _objects(answer, "items")
    )


def details(answer: object) -> CodeDetails | None:
    """The details in an answer; None where nothing is known."""
    if not isinstance(answer, dict) or not isinstance(answer.get("range"), dict):
        return None
    place, found = answer["range"], answer.get("definition")
    definition = None
    if isinstance(found, dict) and isinstance(line := found.get("line"), int):
        definition = DefinitionPlace(file=_text(found, "file"), line=line - 1)
    contents = answer.get("contents")
    return CodeDetails(
        start=_number(place, "from") - 1,
        end=_number(place, "to") - 1,
        contents=tuple(it for it in (contents or ()) if isinstance(it, str)),
        definition=definition,
    )


def signatures(answer: object) -> CallSignatures | None:
    """The signatures in an answer; None where no call is known."""
    items = tuple(
        CallSignature(_text(it, "signature"), tuple(map(str, it.get("arguments") or ())))
        for it in _objects(answer, "items")
    )
    if not items or not isinstance(answer, dict):
        return None
    return CallSignatures(items, _number(answer, "active_argument"))


def formatted(answer: object, code: str) -> str | None:
    """`code` as an answer would have it; None where it can't be parsed."""
    delta = answer.get("delta") if isinstance(answer, dict) else None
    return apply_delta(code, delta) if isinstance(delta, list) else None


def complaints(answer: object) -> tuple[CodeMarker, ...]:
    """What an answer about a form says of code that can't be parsed."""
    return read_markers(answer.get("code_markers")) if isinstance(answer, dict) else ()


def _objects(answer: object, name: str) -> list[dict[str, Any]]:
    found = answer.get(name) if isinstance(answer, dict) else None
    return [it for it in found if isinstance(it, dict)] if isinstance(found, list) else []


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _number(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name)
    return value if isinstance(value, int) else 0
