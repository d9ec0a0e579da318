"""The package's own code as it is written, for tests that hold it to its rules: read once."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.support.places import ROOT

PACKAGE = ROOT / "livebook_ls"
MODULES = tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def tree_of(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of a module's tree."""
    return tuple(ast.walk(tree_of(path)))


def named(path: Path) -> str:
    """A module's path below the package, with slashes."""
    return path.relative_to(PACKAGE).as_posix()
