"""The rules of the house that can be read off the code."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from tests.support.package_code import MODULES, PACKAGE, named, nodes_of, tree_of

STANDARD = set(sys.stdlib_module_names) | {"__future__"}

# room: (rooms of the package it may import, other people's packages it may import)
ROOMS: dict[str, tuple[set[str], set[str]]] = {
    "bounded_json": (set(), set()),
    "clock": (set(), set()),
    "settings": (set(), set()),
    "notebook": (set(), set()),
    "livebook": ({"settings"}, {"websockets"}),
    "standin": ({"notebook"}, {"websockets"}),
    "sync": ({"notebook", "livebook", "settings"}, {"watchfiles"}),
    "running": ({"sync", "notebook", "livebook", "settings"}, set()),
    "intelligence": ({"notebook", "livebook", "settings"}, set()),
    "doctor": ({"sync", "intelligence", "notebook", "livebook", "settings"}, set()),
    "workspace": ({"sync", "notebook", "livebook"}, {"pathspec"}),
    "lsp": (
        {
            "running",
            "sync",
            "intelligence",
            "workspace",
            "notebook",
            "settings",
            "livebook",
            "doctor",
        },
        {"pygls", "lsprotocol", "attrs"},
    ),
    "agents": ({"running", "sync", "notebook", "settings", "livebook"}, set()),
    "mcp": (
        {"running", "sync", "intelligence", "notebook", "settings", "livebook"},
        {"mcp", "mcp_types", "pydantic"},
    ),
    "cli": (
        {
            "mcp",
            "running",
            "sync",
            "intelligence",
            "agents",
            "notebook",
            "settings",
            "livebook",
            "doctor",
            "standin",
            "workspace",
            "lsp",
        },
        {"shtab", "tqdm"},
    ),
    "__main__": ({"cli"}, set()),
    "__init__": (set(), set()),
}
# Within a room, from the ground up: a wing may import itself and the floors below. What is not
# named here stands on top of all that is.
FLOORS: dict[str, list[set[str]]] = {
    "notebook": [
        {"model", "source", "hazard", "edits", "outline", "comment_words"},
        {"elixir"},
        {"markdown"},
        {"importing"},
        {"exporting"},
        {"links"},
        {"matching", "syncing"},
        {"hazards"},
        {"draft", "description", "inspection"},
        {"pieces"},
        {"merging"},
        {"editing"},
        {"exact_edits"},
    ],
    "livebook": [
        {"errors", "paths", "session_paths", "outage"},
        {"finding"},
        {"http"},
        {"connection", "examination"},
        {"starting"},
    ],
    "intelligence": [
        {"answers", "code_cells"},
        {"provider", "merging", "cell_forms", "child_start"},
        {"elixir_process", "live_session", "ruff"},
    ],
    "sync": [
        {"disk"},
        {"keeping", "telling"},
        {"guarding"},
        {"merging"},
        {"link", "latest_only", "parser_versions"},
        {"failures", "live_sessions", "long_waits", "session_looks"},
        {"livebook_calls"},
        {"in_session", "swapped_names"},
        {"canonical"},
        {"exchange"},
        {"background", "on_request", "quiet_saves", "saved_texts", "started_livebook"},
        {"notebooks"},
    ],
    "lsp": [
        {"convert", "ranges"},
        {"client"},
        {"documents"},
        {"connection"},
        {"features", "completion"},
        {"runs", "text_check", "code_check", "session_cells", "links", "file_changes"},
        {"server"},
        {"commands", "handlers"},
        {"create"},
        {"serving"},
    ],
    "workspace": [{"bounded_pattern"}, {"gitignore"}, {"walking", "searching"}, {"index"}],
    "agents": [{"changed_notebooks", "hook_memory"}, {"payloads"}, {"configuration", "guide"}],
    "mcp": [
        {"tool_refusal", "operation_arguments", "edited_parts", "schemas", "telling"},
        {"asking", "working_folder", "known_texts", "runs"},
        {"desk"},
        {"tools", "agreement", "resources"},
        {"server"},
    ],
    "cli": [{"terminal"}, {"link_words"}, {"arguments"}, {"many"}],
}
MAP = "see the tables of rooms and floors in livebook_ls/README.md"


@cache
def imports(path: Path) -> tuple[tuple[str, bool], ...]:
    """Every imported module's dotted name, with whether it is imported at the top level."""
    top = set(map(id, tree_of(path).body))
    found: list[tuple[str, bool]] = []
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found.extend((alias.name, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.extend((f"{node.module}.{it.name}", id(node) in top) for it in node.names)
    return tuple(found)


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_rooms_import_only_what_they_may() -> None:
    wrong = [
        f"{named(path)} imports {name}: {MAP}"
        for path in MODULES
        for name, _ in imports(path)
        if not may_import(room_of(path), name)
    ]

    assert not wrong


def may_import(room: str, name: str) -> bool:
    allowed, outside = ROOMS[room]
    package, *inner = name.split(".")
    if package == "livebook_ls":
        return inner[0] in allowed | {room, "bounded_json", "clock", "__version__"}
    return package in STANDARD | outside


def test_floors_rest_on_what_is_below() -> None:
    wrong = [
        f"{named(path)} imports {name}: {MAP}"
        for path in MODULES
        for name, _ in imports(path)
        if not rests_on(path, name)
    ]

    assert not wrong


def rests_on(path: Path, name: str) -> bool:
    room, *inner = path.relative_to(PACKAGE).parts
    package, *other = name.split(".")
    wing = inner[0].removesuffix(".py") if inner else ""
    if package != "livebook_ls" or other[0] != room or len(other) < 2 or other[1] == wing:
        return True
    floors = FLOORS.get(room, [])
    here, there = floor_of(floors, wing), floor_of(floors, other[1])
    # Modules that stand side by side may lean on each other; the test of circles says how.
    are_modules = here == there and not {wing, other[1]} & folders_of(room)
    is_on_top = here == there == len(floors)
    return there < here or are_modules or is_on_top


def folders_of(room: str) -> set[str]:
    return {it.name for it in (PACKAGE / room).iterdir() if it.is_dir()}


def floor_of(floors: list[set[str]], name: str) -> int:
    return next((floor for floor, wings in enumerate(floors) if name in wings), len(floors))


def test_no_imports_go_in_a_circle() -> None:
    found = {dotted(path): path for path in MODULES}
    graph = {
        name: {it for it, _ in imports(path)} | {it.rpartition(".")[0] for it, _ in imports(path)}
        for name, path in found.items()
    }
    order = TopologicalSorter({name: (its & set(found)) - {name} for name, its in graph.items()})

    assert len(list(order.static_order())) == len(found)


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def test_a_folder_can_be_taken_in_at_a_glance() -> None:
    sizes = Counter(path.parent for path in MODULES if path.name != "__init__.py")

    assert not {str(folder): size for folder, size in sizes.items() if size > 15}


def test_a_class_has_a_name_of_its_own() -> None:
    names = Counter(
        node.name
        for path in MODULES
        for node in nodes_of(path)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )

    assert [name for name, times in names.items() if times > 1] == []


def test_time_is_asked_of_the_clock_alone() -> None:
    # The stand-in is the far side: its time is its own.
    ours = [it for it in MODULES if it.name != "clock.py" and room_of(it) != "standin"]
    asked = re.compile(r"asyncio\.sleep|\.call_later|loop\.time\(")

    assert not [
        named(path)
        for path in ours
        if any(name.split(".")[0] == "time" for name, _ in imports(path))
        or asked.search(path.read_text(encoding="utf-8"))
    ]


def test_the_lsp_room_calls_no_livebook_itself() -> None:
    values = ("paths", "finding.addresses", "errors", "live.errors", "live.outputs")
    known = {f"livebook_ls.livebook.{it}" for it in values}
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


def test_a_module_is_one_room() -> None:
    lengths = {named(it): len(it.read_text(encoding="utf-8").splitlines()) for it in MODULES}

    assert not {name: length for name, length in lengths.items() if length > 320}


def test_only_fronts_print() -> None:
    others = [
        it for it in MODULES if room_of(it) not in ("cli", "agents") and it.name != "__main__.py"
    ]

    assert not [
        named(path)
        for path in others
        for node in nodes_of(path)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
