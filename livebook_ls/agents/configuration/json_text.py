"""Edits of a JSON text that leave every character which they are not about.

No well-kept library for Python does this: those that keep a text's form read JSON5 in its place. So
the standard library's scanner finds where values stand, and what comes out is read and compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = re.compile(r"[ \t\r\n]*")
# Numbers as they are written: 1e400, 1.10 and a thousand digits are not looked at.
_SCANNER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class _Child:
    """A member of an object, or an element of a list (whose `key` is empty): its places."""

    key: str
    start: int
    value: int
    end: int


def changed(text: str, old: object, new: object) -> str:
    """`text`, which says `old`, with the fewest edits so that it says `new`.

    Children may go, come at the end, or change within. What is said in another way than by
    objects and lists is written anew. `text` must be valid JSON.
    """
    edits = sorted(_edits(text, _after_space(text, 0), old, new), reverse=True)
    for start, end, replacement in edits:
        text = text[:start] + replacement + text[end:]
    return text


def _edits(text: str, at: int, old: object, new: object) -> Iterator[Edit]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        children = list(_children(text, at))
        kept = [it for it in children if it.key in new]
        for child in kept:
            yield from _edits(text, child.value, old[child.key], new[child.key])
        added = [f"{_dumped(key)}: " for key in new if key not in old]
        values = [new[key] for key in new if key not in old]
        yield from _replaced(text, at, children, kept, list(zip(added, values, strict=True)))
    elif isinstance(old, list) and isinstance(new, list):
        children = list(_children(text, at))
        pairs, rest = _paired(old, new)
        for index, value in pairs:
            yield from _edits(text, children[index].value, old[index], value)
        kept = [children[index] for index, _ in pairs]
        yield from _replaced(text, at, children, kept, [("", value) for value in rest])
    else:
        yield at, _end(text, at), _dumped(new)


def _paired(old: list[object], new: list[object]) -> tuple[list[tuple[int, object]], list[object]]:
    """Which element of `old` became which of `new`, by index, and those of `new` that came last."""
    pairs: list[tuple[int, object]] = []
    waiting = list(new)
    for index, element in enumerate(old):
        if not waiting:
            break
        is_changed = element != waiting[0]
        comes_later = waiting[0] in old[index + 1 :]
        if is_changed and (comes_later or not _are_alike(element, waiting[0])):
            continue
        pairs.append((index, waiting.pop(0)))
    return pairs, waiting


def _are_alike(old: object, new: object) -> bool:
    """Whether one may have become the other: objects of the same keys and other content."""
    if not isinstance(old, dict) or not isinstance(new, dict) or old.keys() != new.keys():
        return False
    return [old[key] == new[key] for key in old].count(False) == 1


def _replaced(
    text: str,
    at: int,
    children: list[_Child],
    kept: list[_Child],
    added: list[tuple[str, object]],
) -> Iterator[Edit]:
    """Take away the children that are not kept, and add some behind the last one."""
    if len(kept) == len(children) and not added:
        return
    end = _end(text, at)
    form = _Form.of(text, at, children)
    if not kept:
        inside = form.joined(added)
        yield at + 1, end - 1, form.before + inside + form.after if added else ""
        return
    yield from _without(children, kept)
    if added:
        yield kept[-1].end, kept[-1].end, form.between + form.joined(added)


def _without(children: list[_Child], kept: list[_Child]) -> Iterator[Edit]:
    """A child goes with the comma before it, the first ones with the one behind."""
    first = children.index(kept[0])
    if first:
        yield children[0].start, kept[0].start, ""
    for before, child in zip(children[first:], children[first + 1 :], strict=False):
        if child not in kept:
            yield before.end, child.end, ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How the children of an object or a list are set: what stands before, between and after them.

    `step` is by how much a child's own children are further in; None where all is in one line.
    """

    before: str
    between: str
    after: str
    step: str | None

    @classmethod
    def of(cls, text: str, at: int, children: list[_Child]) -> _Form:
        """As its children are, else as the whole text is."""
        if not children:
            outer = ("\r\n" if "\r\n" in text else "\n") + _indentation(text, at)
            inner = outer + _step(text)
            return cls(before=inner, between=f",{inner}", after=outer, step=_step(text))
        before = text[at + 1 : children[0].start]
        is_in_one_line = "\n" not in before
        return cls(
            before=before,
            between=", " if is_in_one_line else f",{before}",
            after=text[children[-1].end : _end(text, at) - 1],
            step=None if is_in_one_line else _step(text),
        )

    def joined(self, added: list[tuple[str, object]]) -> str:
        """Children as text, each behind what names it."""
        return self.between.join(name + self._dumped(value) for name, value in added)

    def _dumped(self, value: object) -> str:
        line_end = "\r\n" if "\r" in self.before else "\n"
        indentation = self.before.rpartition("\n")[2]
        return _dumped(value, self.step).replace("\n", line_end + indentation)


def _children(text: str, at: int) -> Iterator[_Child]:
    """What stands in the object or list that begins at `at`."""
    is_object = text[at] == "{"
    at = _after_space(text, at + 1)
    while text[at] not in "]}":
        start, key = at, ""
        if is_object:
            key, at = _SCANNER.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        end = _end(text, at)
        yield _Child(key, start, at, end)
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)


def _step(text: str) -> str:
    """By how much one level is further in than the one around it: as the first line says."""
    found = re.match(r"[\ufeff\s]*[\[{]\r?\n([ \t]+)\S", text)
    return found[1] if found else "  "


def _indentation(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _dumped(value: object, indent: str | None = None) -> str:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    is_text = not any("\ud800" <= it <= "\udfff" for it in text)
    return text if is_text else json.dumps(value, indent=indent)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _end(text: str, at: int) -> int:
    return _SCANNER.raw_decode(text, at)[1]
