"""lsprotocol's types made one by one are what they are when all are made at once."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import attrs
import pytest
from lsprotocol import types

# What is said of each type, in a process where they are made on demand, and in this one.
LOOK = """
import attrs
def look(types):
    found = {}
    for name, kind in vars(types).items():
        if isinstance(kind, type) and attrs.has(kind) and kind.__module__ == types.__name__:
            found[name] = [
                [it.name, str(it.type), repr(it.default), it.init, repr(it.validator is None)]
                for it in attrs.fields(kind)
            ]
    return found
"""


def run(program: str) -> Any:
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, check=True)
    return json.loads(done.stdout)


def test_the_trick_still_holds() -> None:
    """If this fails, lsprotocol is written in another way: all types are made at the start."""
    program = (
        "import json\n"
        "from livebook_ls.lsp.connection import types_on_demand\n"
        "count = types_on_demand.load()\n"
        "import pygls.protocol\n"
        "pygls.protocol.default_converter()\n"
        "from lsprotocol import types\n"
        "made = [it for it in vars(types).values() if isinstance(it, type)\n"
        "        and isinstance(vars(it).get('__attrs_attrs__'), tuple)]\n"
        "print(json.dumps([count, len(made)]))"
    )
    count, made = run(program)

    assert count > 500
    assert made < 10


@pytest.mark.slow
def test_each_type_has_the_fields_that_it_has_otherwise() -> None:
    program = (
        "import json\n"
        "from livebook_ls.lsp.connection import types_on_demand\n"
        "types_on_demand.load()\n"
        "from lsprotocol import converters, types\n"
        "converters.get_converter()\n" + LOOK + "print(json.dumps(look(types)))"
    )
    here: dict[str, Any] = {}
    exec(LOOK, here)  # noqa: S102 — the same look as over there
    from lsprotocol import converters

    converters.get_converter()
    assert run(program) == here["look"](types)
    assert attrs.has(types.Position)


def test_what_is_made_compares_prints_and_travels_as_ever() -> None:
    program = (
        "import json\n"
        "from livebook_ls.lsp.connection import types_on_demand\n"
        "types_on_demand.load()\n"
        "from lsprotocol import types\n"
        "from lsprotocol.converters import get_converter\n"
        "converter = get_converter()\n"
        "a, b = types.Position(1, 2), types.Position(line=1, character=3)\n"
        "item = converter.structure({'range': {'start': {'line': 1, 'character': 2},\n"
        "    'end': {'line': 1, 'character': 3}}, 'message': 'm'}, types.Diagnostic)\n"
        "try:\n"
        "    types.Position(-1, 0)\n"
        "    refused = False\n"
        "except ValueError:\n"
        "    refused = True\n"
        "print(json.dumps([a < b, a == types.Position(1, 2), repr(a), refused,\n"
        "    item == types.Diagnostic(types.Range(a, b), 'm'), converter.unstructure(item)]))"
    )
    place = {"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 3}}

    assert run(program) == [True, True, "1:2", True, True, {"message": "m", "range": place}]


@pytest.mark.slow
def test_types_that_are_loaded_already_stay_as_they_are() -> None:
    program = (
        "import json\n"
        "from lsprotocol import types\n"
        "from livebook_ls.lsp.connection import types_on_demand\n"
        "print(json.dumps([types_on_demand.load(), types.Position(1, 2) == types.Position(1, 2)]))"
    )

    assert run(program) == [0, True]
