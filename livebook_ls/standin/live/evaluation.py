"""One evaluation of a cell: what it puts out, its result, its errors, markers and doctests."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from livebook_ls.standin.live.expressions import (
    Atom,
    Bindings,
    PutOutput,
    RaisedError,
    Scope,
    UndefinedError,
    Value,
    colour_of,
    evaluate,
    inspected,
    is_unfinished,
)

HIDDEN = Atom(':"do not show this result in output"')
_DOCTEST = re.compile(r"^( *)iex> (.+)\n *(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompileMarker:
    """A compile error; `line` is 1-based, as Livebook sends it."""

    line: int
    description: str
    severity: str = "error"


@dataclass(slots=True, kw_only=True)
class Evaluated:
    """How an evaluation ended, with the values after it and the names that it used."""

    is_errored: bool = False
    bindings: Bindings = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    markers: tuple[CompileMarker, ...] = ()
    doctests: tuple[dict[str, object], ...] = ()


def run(
    source: str,
    cell_id: str,
    file: str,
    before: Bindings,
    put: Callable[[PutOutput], None],
    sleep: Callable[[float], None],
) -> Evaluated:
    """Evaluate a cell; raises what ends the evaluator, and what `put` and `sleep` raise."""
    bindings = dict(before)
    scope = Scope(bindings, put, sleep)
    if is_unfinished(source):
        return _unfinished(source, cell_id, file, put)
    try:
        value = evaluate(source, scope)
    except UndefinedError as error:
        return _undefined(error, cell_id, file, put)
    except RaisedError as error:
        stack = f"\n    #cell:{cell_id}:{source.count(chr(10)) + 1}: (file)\n"
        put(PutOutput(kind="error", text=f"{error}{stack}"))
        return Evaluated(is_errored=True, used=frozenset(scope.used))
    _put_result(value, put)
    return Evaluated(
        bindings=bindings,
        used=frozenset(scope.used),
        doctests=tuple(_doctests(source, bindings)),
    )


def _put_result(value: Value, put: Callable[[PutOutput], None]) -> None:
    if value != HIDDEN:
        put(PutOutput(kind=f"result-{colour_of(value)}", text=inspected(value)))


def _unfinished(
    source: str, cell_id: str, file: str, put: Callable[[PutOutput], None]
) -> Evaluated:
    last = source.count("\n") + 1
    what = "missing terminator: )"
    place = f"{file}#cell:{cell_id}:{last}:{len(source.split(chr(10))[-1]) + 1}"
    put(PutOutput(kind="error", text=f"** (TokenMissingError) token missing on {place}:\n{what}"))
    return Evaluated(is_errored=True, markers=(CompileMarker(line=last, description=what),))


def _undefined(
    error: UndefinedError, cell_id: str, file: str, put: Callable[[PutOutput], None]
) -> Evaluated:
    what = f'undefined variable "{error.name}"'
    line = error.line + 1
    put(PutOutput(kind="terminal_text", text=f"error: {what}\n└─ {file}#cell:{cell_id}:{line}\n\n"))
    failed = "** (CompileError) cannot compile cell (errors have been logged)"
    put(PutOutput(kind="error", text=failed))
    return Evaluated(is_errored=True, markers=(CompileMarker(line=line, description=what),))


def _doctests(source: str, bindings: Bindings) -> list[dict[str, object]]:
    """The reports of the doctests in a module, in Livebook's form."""
    reports: list[dict[str, object]] = []
    for found in _DOCTEST.finditer(source):
        line = source.count("\n", 0, found.start()) + 1
        report: dict[str, object] = {"line": line, "column": len(found[1])}
        try:
            scope = Scope(dict(bindings), lambda _: None, lambda _: None)
            got = inspected(evaluate(found[2], scope))
        except (RaisedError, UndefinedError) as error:
            got = str(error)
        if got == found[3].strip():
            reports.append({**report, "status": "success"})
        else:
            details = f"expected:\n  {found[3].strip()}\ngot:\n  {got}"
            failed = {"status": "failed", "end_line": line + 1, "details": details}
            reports.append({**report, **failed})
    return reports
