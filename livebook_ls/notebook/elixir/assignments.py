r"""The top-level assignments `name = literal` in Elixir code, found without knowing the rest of it.

Only what needs no compiler is told apart (Elixir's `lib/elixir/src/elixir_tokenizer.erl`): texts
with their interpolations, heredocs, sigils and comments; brackets and blocks, to know what is
top-level; operators at a line's end or beginning, by which an expression goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class LiteralKind(Enum):
    """What a literal is, as it is told."""

    TEXT = "a text"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    ATOM = "an atom"
    NIL = "nil"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """`name = literal`: the literal is from character `start` up to, not including, `end`."""

    name: str
    kind: LiteralKind
    start: int
    end: int


_TEXT = r'"(?:[^"\\#\n]|\\.|\#(?!\{))*"'
_DECIMAL = r"\d[\d_]*(?:\.\d[\d_]*(?:[eE][-+]?\d+)?)?"
_LITERALS = {
    LiteralKind.NUMBER: rf"-?(?:0x[\da-fA-F]+|0o[0-7]+|0b[01]+|{_DECIMAL})",
    LiteralKind.TEXT: _TEXT,
    LiteralKind.BOOLEAN: r"true|false",
    LiteralKind.NIL: r"nil",
    LiteralKind.ATOM: rf":(?:[^\W\d]\w*[?!]?|{_TEXT})",
}
_LITERAL = "|".join(f"(?P<{kind.name}>{pattern})" for kind, pattern in _LITERALS.items())
_ASSIGNMENT = re.compile(
    rf"(?P<name>[^\W\dA-Z]\w*[?!]?)[ \t]*=(?![=~>])[ \t]*(?:{_LITERAL})[ \t]*(?=[\r\n;#]|\Z)"
)
_BLANK = r"(?:\s|\#[^\n]*)*"
# An expression goes on where the next line begins so. Plus and minus there are signs.
_GOES_ON = re.compile(
    rf"{_BLANK}(?:\|>|\|\|?|&&|\+\+|--|<>|<(?!<)|>|\*|/|=|\.|\^|::|(?:and|or|in|not\s+in|when)\b)"
)
# … and where this one ends so.
_IS_OPEN = re.compile(r"(?:[-+*/=<>|&,.\\^:]|\b(?:and|or|not|in|when))\s*\Z")
_MAY_BE_OPEN = re.compile(r"[a-z]+|<<<|>>>|->|=>|.")
_WORD = re.compile(r"[^\W\d]\w*[?!]?(:(?!:))?")
_ATOM = re.compile(r":[^\W\d]\w*[?!]?")
_SIGIL = re.compile(r'~([a-z]|[A-Z][A-Z\d]*)("""|\'\'\'|[/|"\'(\[{<])')
_CHARACTER = re.compile(r"\?(?:\\.|.)", re.DOTALL)
_SHIFT = re.compile(r"<<<|>>>|->|=>")
_OPENING, _CLOSING = frozenset({"fn", "do"}), "end"
_BRACKETS = {"(": ")", "[": "]", "{": "}", "<": ">"}


def literal_assignments(code: str) -> Iterator[Assignment]:
    """All of them, in order."""
    return _Scanner(code).assignments()


def literal_kind(text: str) -> LiteralKind | None:
    """What kind of literal `text` is, whole; None where it is none."""
    found = re.fullmatch(_LITERAL, text)
    return LiteralKind[found.lastgroup] if found and found.lastgroup else None


class _Scanner:
    """One walk through code; `depth` counts the brackets and blocks that are open."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._depth = 0
        # From the last token of the expression before, to know whether it goes on.
        self._line = ""
        self._is_fresh = True

    def assignments(self) -> Iterator[Assignment]:
        """Walk, and give what is found."""
        at = 0
        while at < len(self._code):
            found = self._assignment(at) if self._is_fresh and not self._depth else None
            if found is not None:
                yield found
                at = found.end
                self._is_fresh, self._line = False, ""
                continue
            at = self._step(at)

    def _assignment(self, at: int) -> Assignment | None:
        found = _ASSIGNMENT.match(self._code, at)
        if found is None or not found.lastgroup or _GOES_ON.match(self._code, found.end()):
            return None
        kind = LiteralKind[found.lastgroup]
        start, end = found.span(kind.name)
        return Assignment(name=found["name"], kind=kind, start=start, end=end)

    def _step(self, at: int) -> int:
        """The place after the token at `at`."""
        character = self._code[at]
        if character in "\r\n;":
            self._is_fresh = character == ";" or not _IS_OPEN.search(self._line)
            self._line = self._line if character != ";" else ""
            return at + 1
        if character == "#":
            return _end_of_line(self._code, at)
        if character in " \t":
            self._line += character
            return at + 1
        end = self._token(at)
        if self._is_fresh:
            self._line = ""
        token = self._code[at:end]
        # A text or a bit string may end like an operator, and is none.
        self._line += token if _MAY_BE_OPEN.fullmatch(token) else "_"
        self._is_fresh = False
        return end

    def _token(self, at: int) -> int:
        code = self._code
        if sigil := _SIGIL.match(code, at):
            closing = _BRACKETS.get(sigil[2], sigil[2])
            return self._text(sigil.end(), closing, is_raw=sigil[1][0].isupper())
        if code.startswith(('"""', "'''"), at):
            return self._text(at + 3, code[at : at + 3])
        if code[at] in "\"'":
            return self._text(at + 1, code[at])
        if quoted := re.match(r":(?=[\"'])", code[at : at + 2]):
            return self._text(at + quoted.end() + 1, code[at + 1])
        for pattern in (_ATOM, _SHIFT, _CHARACTER):
            if found := pattern.match(code, at):
                return found.end()
        if word := _WORD.match(code, at):
            if not word[1] and code[at - 1 : at] not in (".", "@", "&"):
                self._block(word[0])
            return word.end()
        return self._bracket(at)

    def _block(self, word: str) -> None:
        if word in _OPENING:
            self._depth += 1
        elif word == _CLOSING:
            self._depth = max(0, self._depth - 1)

    def _bracket(self, at: int) -> int:
        pair = self._code[at : at + 2]
        size = 2 if pair in ("<<", ">>") else 1
        if pair == "<<" or self._code[at] in "([{":
            self._depth += 1
        elif pair == ">>" or self._code[at] in ")]}":
            self._depth = max(0, self._depth - 1)
        return at + size

    def _text(self, at: int, closing: str, *, is_raw: bool = False) -> int:
        """The place after a text that began before `at`; the end where nothing closes it."""
        while at < len(self._code):
            if self._code[at] == "\\":
                at += 2
            elif not is_raw and self._code.startswith("#{", at):
                at = self._interpolation(at + 2)
            elif self._code.startswith(closing, at):
                return at + len(closing)
            else:
                at += 1
        return len(self._code)

    def _interpolation(self, at: int) -> int:
        """The place after the bracket that closes an interpolation which began before `at`."""
        inner = _Scanner(self._code)
        inner._depth = 1
        while at < len(self._code) and inner._depth:
            at = inner._step(at)
        return at


def _end_of_line(code: str, at: int) -> int:
    end = code.find("\n", at)
    return len(code) if end < 0 else end
