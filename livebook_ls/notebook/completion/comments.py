"""Livebook's comments: which may stand here, with which keys, and what these may be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from livebook_ls.notebook import comment_words
from livebook_ls.notebook.completion.begun_json import BegunJson, read_begun
from livebook_ls.notebook.completion.proposal import CURSOR, Proposal, ProposalKind, Proposals
from livebook_ls.notebook.importing.metadata import (
    APP_DEFAULTS,
    CELL_DEFAULTS,
    CHOICES,
    NOTEBOOK_DEFAULTS,
)
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from livebook_ls.notebook.completion.cursor_place import CursorPlace
    from livebook_ls.notebook.model import JsonValue

_PREFIX = "livebook:"
_COMMENT = re.compile(r"\s*<!--\s*(?P<said>(?:(?!-->).)*)\Z")
_CODE_CELL = re.compile(r" {0,3}(?:```|~~~)\s*(?:elixir|erlang|python)\s*\Z")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_SECTION = re.compile(r" {0,3}##(?!#)")
_TITLE = re.compile(r" {0,3}#(?!#)")
_APP, _PARENT = "app_settings", "branch_parent_index"
_BRANCH = "a branch of “{name}”"
_SHUTDOWN_MS: tuple[JsonValue, ...] = (None, 5_000, 60_000, 3_600_000)
_VALUES: Mapping[str, tuple[JsonValue, ...]] = {
    "autosave_interval_s": (5, 30, None),
    "auto_shutdown_ms": _SHUTDOWN_MS,
}


class _Subject(Enum):
    """What a comment is about: what follows it."""

    NOTEBOOK = "notebook"
    SECTION = "section"
    CELL = "cell"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class _Key:
    """A key that may stand in a comment, and what it may be."""

    name: str
    said: str
    values: tuple[JsonValue, ...]


def comment_proposals(place: CursorPlace) -> Proposals | None:
    """What may follow in a comment that is begun on this line; None elsewhere."""
    found = _COMMENT.match(place.before)
    if found is None:
        return None
    said, start = found["said"], place.source.starts[place.line] + found.start("said")
    subject = _subject(place)
    if not said.startswith(_PREFIX + "{"):
        if not f"{_PREFIX}{{".startswith(said):
            return None
        # What the editor may have closed by itself goes along.
        rest = re.match(r"\s*\}?\s*(?:-->)?", place.behind)
        end = place.offset + (rest.end() if rest else 0)
        return Proposals(tuple(_comments(place, subject)), Span(start, end))
    begun = read_begun(said[len(_PREFIX) :])
    if begun is None:
        return None
    return _in_json(place, subject, begun, start + len(_PREFIX))


def _subject(place: CursorPlace) -> _Subject:
    below = place.next_line()
    if _SECTION.match(below):
        return _Subject.SECTION
    if _CODE_CELL.match(below):
        return _Subject.CELL
    above = place.source.lines[: place.line]
    is_first = not any(it.strip() for it in above)
    if _TITLE.match(below) or is_first:
        return _Subject.NOTEBOOK
    return _Subject.MARKDOWN


def _comments(place: CursorPlace, subject: _Subject) -> Iterator[Proposal]:
    """Whole comments, the likeliest first."""
    for key in _keys(place, subject):
        if key.name != _PARENT:
            yield _comment(key, _json_of(key.values[0]) if key.values else CURSOR)
    if subject is _Subject.SECTION:
        for index, name in _parents(place):
            yield Proposal(
                label=_BRANCH.format(name=name),
                kind=ProposalKind.COMMENT,
                insert=f'{_PREFIX}{{"{_PARENT}":{index}}} -->',
                detail=f"{_PARENT} {index}",
                documentation=_sentence(comment_words.SECTION[_PARENT]),
                typed_as=f"{_PREFIX}{{",
            )
    if subject in (_Subject.CELL, _Subject.MARKDOWN):
        markers = ["break_markdown"]
        if _FENCE.match(place.next_line()):
            markers.insert(0, "force_markdown")
        for marker in markers:
            yield _comment(_Key(marker, comment_words.CELL[marker], (True,)), "true")


def _comment(key: _Key, value: str) -> Proposal:
    return Proposal(
        label=f'{_PREFIX}{{"{key.name}":…}}',
        kind=ProposalKind.COMMENT,
        insert=f'{_PREFIX}{{"{key.name}":{value}}} -->',
        documentation=_sentence(key.said),
        typed_as=f'{_PREFIX}{{"{key.name}"',
    )


def _in_json(
    place: CursorPlace, subject: _Subject, begun: BegunJson, start: int
) -> Proposals | None:
    """Keys or values, as the JSON goes up to the cursor."""
    if begun.path == (_APP,) and subject is _Subject.NOTEBOOK:
        keys = [*_of(APP_DEFAULTS, comment_words.APP)]
    elif not begun.path:
        keys = [*_keys(place, subject)]
    else:
        return None
    # An editor closes quotes by itself.
    closing = 1 if begun.in_text and place.behind.startswith('"') else 0
    replaced = Span(start + begun.start, place.offset + closing)
    if begun.key is None:
        there = {*begun.keys, *re.findall(r'"(\w+)"\s*:', place.behind)}
        items = [it for key in keys if key.name not in there for it in _key(place, key)]
    else:
        key = next((it for it in keys if it.name == begun.key), None)
        items = [] if key is None else [*_values(place, key)]
    return Proposals(tuple(items), replaced) if items else None


def _keys(place: CursorPlace, subject: _Subject) -> Iterator[_Key]:
    if subject is _Subject.NOTEBOOK:
        yield from _of(NOTEBOOK_DEFAULTS, comment_words.NOTEBOOK)
        yield _Key(_APP, comment_words.NOTEBOOK[_APP], ())
    elif subject is _Subject.SECTION:
        if any(_parents(place)):
            yield _Key(_PARENT, comment_words.SECTION[_PARENT], ())
    elif subject is _Subject.CELL:
        yield from _of(CELL_DEFAULTS, comment_words.CELL)


def _of(defaults: Mapping[str, JsonValue], words: Mapping[str, str]) -> Iterator[_Key]:
    for name, default in defaults.items():
        values: tuple[JsonValue, ...] = CHOICES.get(name, ())
        if isinstance(default, bool):
            values = (True, False)
        elif name in _VALUES:
            values = _VALUES[name]
        # What differs from the default is what one writes.
        yield _Key(name, words[name], tuple(sorted(values, key=lambda it, of=default: it == of)))  # type: ignore[misc]


def _key(place: CursorPlace, key: _Key) -> Iterator[Proposal]:
    if key.name == _PARENT:
        for index, name in _parents(place):
            yield Proposal(
                label=_BRANCH.format(name=name),
                kind=ProposalKind.KEY,
                insert=f'"{_PARENT}":{index}',
                detail=f"{_PARENT} {index}",
                documentation=_sentence(key.said),
                typed_as=f'"{_PARENT}" {name}',
            )
        return
    value = f"{{{CURSOR}}}" if key.name == _APP else CURSOR
    yield Proposal(
        label=key.name,
        kind=ProposalKind.KEY,
        insert=f'"{key.name}":' + (_json_of(key.values[0]) if key.values else value),
        documentation=_sentence(key.said),
        typed_as=f'"{key.name}"',
    )


def _values(place: CursorPlace, key: _Key) -> Iterator[Proposal]:
    if key.name == _PARENT:
        for index, name in _parents(place):
            yield Proposal(
                label=f"{index}",
                kind=ProposalKind.VALUE,
                insert=f"{index}",
                detail=f"“{name}”",
                documentation=_sentence(key.said),
            )
    for value in key.values:
        written = _json_of(value)
        yield Proposal(
            label=written,
            kind=ProposalKind.VALUE,
            insert=written,
            documentation=_sentence(key.said),
        )


def _parents(place: CursorPlace) -> Iterator[tuple[int, str]]:
    """The sections above that a section here can branch off, by their numbers."""
    for index, section in enumerate(place.notebook.sections):
        is_above = section.name_span is None or section.name_span.start < place.offset
        if is_above and section.parent_index is None:
            yield index, section.name


def _json_of(value: JsonValue) -> str:
    return json.dumps(value)


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]
