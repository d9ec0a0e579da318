"""The recorded exchanges with a real Livebook, and the table that says how each is replayed."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.places import SHARED

RECORDED_FOLDER = "/home/user/notebooks"
TABLE = Path(__file__).with_name("table.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One exchange; `seen` is what was observed besides the answer."""

    name: str
    setup: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    seen: Mapping[str, Any]

    @property
    def file_content(self) -> bytes:
        """The file's content, which the words of the set-up end with as a literal."""
        literal = self.setup[min(at for at in _quotes(self.setup) if at >= 0) :]
        content = ast.literal_eval(literal)
        return content if isinstance(content, bytes) else str(content).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How one recording is replayed, or why it isn't.

    `then` says for what was seen besides the answer which file it is about; `unchecked` why not.
    """

    name: str
    left_out: str | None = None
    start: str = "plain"
    set_up: tuple[list[Any], ...] = ()
    after: tuple[list[Any], ...] = ()
    then: Mapping[str, str] = field(default_factory=dict)
    unchecked: Mapping[str, str] = field(default_factory=dict)
    body_of: Mapping[str, int] = field(default_factory=dict)


def read_table() -> dict[str, Case]:
    """All cases by name."""
    lines = TABLE.read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    cases = [
        Case(
            **{**row, "set_up": tuple(row.get("set_up", ())), "after": tuple(row.get("after", ()))}
        )
        for row in rows
    ]
    return {case.name: case for case in cases}


def read_recordings() -> dict[str, Recording]:
    """All recordings by name; empty where they are absent."""
    path = SHARED / "transcripts.json"
    if not path.exists():
        return {}
    answer_keys = ("name", "setup", "request", "response", "ms")
    return {
        entry["name"]: Recording(
            name=entry["name"],
            setup=entry["setup"],
            request=entry["request"],
            response=entry["response"],
            seen={key: value for key, value in entry.items() if key not in answer_keys},
        )
        for entry in json.loads(path.read_text(encoding="utf-8"))
    }


def _quotes(setup: str) -> tuple[int, ...]:
    # The literals are Python's: the first quote after the words, or the b before it.
    if ": " in setup and not setup.startswith(("'", '"')):
        start = (
            setup.rindex("malformed: ") + 11 if "malformed: " in setup else setup.index(": ") + 2
        )
        return (start,)
    return (0,)
