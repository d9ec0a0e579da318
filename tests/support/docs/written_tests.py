"""The tests as they are written: which there are, and what is marked on them.

They are read, not imported: pages are made of them where not all that they need is there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.places import ROOT

_TESTS = ROOT / "tests"
_CLIENT_TESTS = ROOT / "vscode-client" / "test"
_CLIENT_TEST = re.compile(r'^ *test\("([^"]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTest:
    """A test: its file, below the folder of tests, its name, and the markers that name it."""

    file: str
    name: str
    markers: tuple[ast.Call, ...] = ()

    @property
    def id(self) -> str:
        """What it is called in our tables."""
        return f"{self.file}::{self.name}"


@cache
def written_tests() -> tuple[WrittenTest, ...]:
    """Every test of the project, those of the VS Code client by their sentences."""
    found = [it for path in sorted(_TESTS.rglob("test_*.py")) for it in _of_python(path)]
    for path in sorted(_CLIENT_TESTS.glob("*.test.ts")):
        names = _CLIENT_TEST.findall(path.read_text(encoding="utf-8"))
        found += [WrittenTest(file=f"vscode-client/{path.name}", name=it) for it in names]
    return tuple(found)


def _of_python(path: Path) -> Iterator[WrittenTest]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    of_module = tuple(_marks_of_module(tree))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield WrittenTest(
                file=path.relative_to(_TESTS).as_posix(),
                name=node.name,
                markers=(*_calls(node.decorator_list), *of_module),
            )


def _marks_of_module(tree: ast.Module) -> Iterator[ast.Call]:
    for node in tree.body:
        is_assigned = isinstance(node, ast.Assign) and len(node.targets) == 1
        if is_assigned and getattr(node.targets[0], "id", "") == "pytestmark":  # type: ignore[attr-defined]
            yield from _calls([node.value])  # type: ignore[attr-defined]


def _calls(nodes: list[ast.expr]) -> Iterator[ast.Call]:
    """Calls of `pytest.mark.…` in decorators, also those of single cases."""
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Call) and ast.unparse(part.func).startswith("pytest.mark."):
                yield part
