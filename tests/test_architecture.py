"""The rules of the house that can be read off the code."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "livebook_ls"
STANDARD = set(sys.stdlib_module_names) | {"__future__"}

# room: (rooms of the package it may import, other people's packages it may import)
ROOMS: dict[str, tuple[set[str], set[str]]] = {
    "settings": (set(), set()),
    "notebook": (set(), set()),
    "livebook": ({"settings"}, {"httpx", "websockets"}),
    "standin": ({"notebook"}, {"websockets"}),
    "sync": ({"notebook", "livebook", "settings"}, {"watchfiles"}),
    "doctor": ({"sync", "notebook", "livebook", "settings"}, set()),
    "lsp": ({"sync", "notebook", "settings", "livebook", "doctor"}, {"pygls", "lsprotocol"}),
    "agents": ({"sync", "notebook", "settings", "livebook"}, set()),
    "cli": (
        {"sync", "agents", "notebook", "settings", "livebook", "doctor", "standin", "lsp"},
        {"pathspec", "shtab"},
    ),
    "__main__": ({"cli"}, set()),
    "__init__": (set(), set()),
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module's dotted name, with whether it is imported at the top level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in top
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", id(node) in top


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_rooms_import_only_what_they_may(path: Path) -> None:
    own, rooms = room_of(path), ROOMS
    allowed, outside = rooms[own]
    for name, _ in imports(path):
        parts = name.split(".")
        if parts[0] == "livebook_ls":
            assert parts[1] in allowed | {own, "__version__"}, f"{own} imports {name}"
        else:
            assert parts[0] in STANDARD | outside, f"{own} imports {name}"


def test_the_lsp_room_knows_of_livebook_only_paths_and_addresses() -> None:
    known = {"livebook_ls.livebook.paths", "livebook_ls.livebook.discovery"}
    for path in (PACKAGE / "lsp").rglob("*.py"):
        for name, _ in imports(path):
            if name.startswith("livebook_ls.livebook."):
                assert any(name.startswith(it) for it in known), f"{path.name} imports {name}"


def test_the_agents_room_knows_of_livebook_only_paths() -> None:
    for path in (PACKAGE / "agents").rglob("*.py"):
        for name, _ in imports(path):
            if name.startswith("livebook_ls.livebook."):
                assert name.startswith("livebook_ls.livebook.paths"), f"{path.name} imports {name}"


def test_the_command_line_loads_the_protocol_only_to_serve() -> None:
    for path in (PACKAGE / "cli").rglob("*.py"):
        for name, is_top in imports(path):
            assert not (name.startswith("livebook_ls.lsp") and is_top), path.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_is_one_room(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 320


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_fronts_print(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prints = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]

    assert not prints or path.parent.name in ("cli", "agents") or path.name == "__main__.py"
