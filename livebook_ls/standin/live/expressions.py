"""The few expressions of Elixir that the stand-in evaluates, each as recordings show them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Value: TypeAlias = "int | str | Atom | PutOutput"
Bindings: TypeAlias = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Atom:
    """An atom, `nil` and booleans too; the name as it is inspected."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOutput:
    """Something that a cell puts out: `kind` is Livebook's type of output."""

    kind: str
    text: str = ""
    media_type: str = ""


class RaisedError(Exception):
    """The code raised; `str` is how Livebook writes it, without the stack."""


class UndefinedError(Exception):
    """The code doesn't compile: a variable, of that name, is unknown in a line (0-based)."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__(name)
        self.name = name
        self.line = line


class ChildDiedError(Exception):
    """A linked process raised, which takes the evaluation with it."""


class HaltedError(Exception):
    """The code halted its runtime."""


@dataclass(slots=True)
class Scope:
    """What evaluation needs: the values so far, and what to do with what it puts out or waits."""

    bindings: Bindings
    put: Callable[[PutOutput], None]
    sleep: Callable[[float], None]
    used: set[str] = field(default_factory=set)


OK = Atom(":ok")
NIL = Atom("nil")
_LINE_LENGTH = 80

_ASSIGNMENT = re.compile(r"([a-z_]\w*)\s*=\s*(?!=)(.+)")
_SUM = re.compile(r"(.+?)\s*([+*-])\s*([^+*-]+)")
_CALLS: Mapping[str, re.Pattern[str]] = {
    "puts": re.compile(r"IO\.puts\((.+)\)"),
    "stderr": re.compile(r"IO\.puts\(:stderr, (.+)\)"),
    "write": re.compile(r"IO\.write\((.+)\)"),
    "sleep": re.compile(r"Process\.sleep\((\d[\d_]*)\)"),
    "raise": re.compile(r'raise "([^"]*)"'),
    "lines": re.compile(r'for i <- 1\.\.(\d+), do: IO\.puts\("line #\{i\}"\)'),
    "child": re.compile(r'spawn_link\(fn -> raise "([^"]*)" end\)'),
    "halt": re.compile(r"System\.halt\(\d*\)"),
    "put": re.compile(r"put\.\(%\{type: :(\w+), (.+)\}\)"),
}
_FIELD = re.compile(r'(\w+): (?:Base\.decode64!\()?"([^"]*)"\)?')
_MODULE = re.compile(r"defmodule ([A-Z]\w*) do\n.*\nend", re.DOTALL)
_FUNCTION = re.compile(r"def (\w+), do: (.+)")
_REMOTE = re.compile(r"([A-Z]\w*)\.(\w+)\(\)")


def evaluate(source: str, scope: Scope) -> Value:
    """The value of the last expression; a module is one, else each line is."""
    if module := _MODULE.fullmatch(source.strip()):
        return _define(module[1], source, scope)
    value: Value = NIL
    for number, line in enumerate(source.split("\n")):
        if line.strip() and not line.lstrip().startswith("#"):
            value = _expression(line.strip(), number, scope)
    return value


def inspected(value: Value) -> str:
    """A value as `inspect` writes it."""
    if isinstance(value, Atom):
        return value.name
    if isinstance(value, PutOutput):
        return value.kind
    return f'"{value}"' if isinstance(value, str) else str(value)


def colour_of(value: Value) -> str:
    """The colour of an inspected value."""
    if isinstance(value, str):
        return "green"
    return "magenta" if value in (NIL, Atom("true"), Atom("false")) else "blue"


def is_unfinished(source: str) -> bool:
    """Whether a bracket or a text is open at the end."""
    return source.count("(") != source.count(")") or source.count('"') % 2 == 1


def _expression(text: str, line: int, scope: Scope) -> Value:
    if assignment := _ASSIGNMENT.fullmatch(text):
        value = _expression(assignment[2], line, scope)
        scope.bindings[assignment[1]] = value
        return value
    for name, pattern in _CALLS.items():
        # More exact ones come after more general ones.
        if (call := pattern.fullmatch(text)) and not (name == "puts" and ":stderr" in text):
            return _call(name, call.groups(), line, scope)
    if remote := _REMOTE.fullmatch(text):
        return _remote(remote[1], remote[2], line, scope)
    return _atomic(text, line, scope)


def _atomic(text: str, line: int, scope: Scope) -> Value:
    if text.lstrip("-").isdecimal():
        return int(text)
    if text.startswith('"') and text.endswith('"') and text.count('"') == 2:
        return text[1:-1].replace("\\n", "\n").replace("\\e", "\x1b")
    if text in ("nil", "true", "false") or re.fullmatch(r":\w+[?!]?", text):
        return Atom(text)
    if re.fullmatch(r"[a-z_]\w*", text):
        if text not in scope.bindings:
            raise UndefinedError(text, line)
        scope.used.add(text)
        return scope.bindings[text]
    if parts := _SUM.fullmatch(text):
        return _sum(_expression(parts[1], line, scope), parts[2], parts[3], line, scope)
    raise RaisedError("** (RuntimeError) the stand-in does not evaluate this")


def _sum(left: Value, sign: str, right_text: str, line: int, scope: Scope) -> Value:
    right = _expression(right_text.strip(), line, scope)
    if not isinstance(left, int) or not isinstance(right, int):
        raise RaisedError("** (ArithmeticError) bad argument in arithmetic expression")
    return {"+": left + right, "-": left - right, "*": left * right}[sign]


def _call(name: str, arguments: tuple[str, ...], line: int, scope: Scope) -> Value:
    match name:
        case "puts" | "stderr" | "write":
            value = _expression(arguments[0], line, scope)
            text = value if isinstance(value, str) else inspected(value)
            end = "" if name == "write" else "\n"
            scope.put(PutOutput(kind="terminal_text", text=f"{text}{end}"))
        case "sleep":
            scope.sleep(int(arguments[0]) / 1000)
        case "raise":
            raise RaisedError(f"** (RuntimeError) {arguments[0]}")
        case "lines":
            for number in range(1, int(arguments[0]) + 1):
                scope.put(PutOutput(kind="terminal_text", text=f"line {number}\n"))
        case "child":
            raise ChildDiedError(arguments[0])
        case "halt":
            raise HaltedError
        case "put":
            fields = dict(_FIELD.findall(arguments[1]))
            shown = next((fields[it] for it in ("text", "content", "label") if it in fields), "")
            media_type = fields.get("mime_type", "")
            scope.put(PutOutput(kind=arguments[0], text=shown, media_type=media_type))
    return OK


def _define(module: str, source: str, scope: Scope) -> Value:
    for name, body in _FUNCTION.findall(source):
        scope.bindings[f"{module}.{name}"] = body
    return Atom(f"{{:module, {module}, <<70, 79, 82, 49, ...>>, ...}}")


def _remote(module: str, name: str, line: int, scope: Scope) -> Value:
    key = f"{module}.{name}"
    body = scope.bindings.get(key)
    if not isinstance(body, str):
        raise RaisedError(
            f"** (UndefinedFunctionError) function {key}/0 is undefined "
            f"(module {module} is not available)"
        )
    scope.used.add(key)
    return _expression(body, line, scope)
