"""The codes under which something is told, as they stand in the code of the package."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.support.package_code import MODULES, named, nodes_of

# Where a finding, a hazard or an observation is made, its code comes first.
_MAKERS = {"Hazard", "Failure", "_ok", "_note", "_problem"}
# In these rooms every word with a hyphen is a code, but for a few.
_ROOMS_OF_CODES = ("notebook/importing", "notebook/hazards")
_NO_CODES = {"utf-8", "personal-hub"}
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@cache
def codes() -> frozenset[str]:
    """All codes."""
    return frozenset(it for it in _codes() if _CODE.fullmatch(it))


@cache
def words() -> frozenset[str]:
    """Every text that stands in the package: what is no such text can't be a code."""
    return frozenset(word for _, node in _nodes() for word in _words(node))


@cache
def _nodes() -> tuple[tuple[str, ast.AST], ...]:
    """All that stands in the package, with the name of its file."""
    # A stand-in only repeats what Livebook says.
    ours = [it for it in MODULES if not named(it).startswith("standin/")]
    return tuple((named(path), node) for path in ours for node in nodes_of(path))


def _words(*nodes: ast.AST) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _named(node: ast.AST) -> Iterator[str]:
    """Codes that a call is given, or that a class of errors has."""
    if isinstance(node, ast.Call):
        yield from _words(*(it.value for it in node.keywords if it.arg == "code"))
        if getattr(node.func, "id", "") in _MAKERS:
            yield from _words(*node.args[:1])
    elif isinstance(node, ast.Assign):
        targets = {it.id for it in node.targets if isinstance(it, ast.Name)}
        if targets & {"code", "IMPORT_WARNING"}:
            yield from _words(node.value)


def _codes() -> Iterator[str]:
    for name, node in _nodes():
        yield from _named(node)
        if name.startswith(_ROOMS_OF_CODES):
            yield from (it for it in _words(node) if "-" in it and it not in _NO_CODES)
