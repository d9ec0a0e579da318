"""`docs/faults.md`, made of the `fault` markers on the tests.

`python -m tests.support.docs.fault_page` writes it anew.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tests.support.docs.pages import DOCS
from tests.support.docs.told_sentences import told
from tests.support.docs.written_tests import WrittenTest, written_tests

PAGE = DOCS / "faults.md"
_INTRODUCTION = """# What can go wrong

Nothing that you wrote is lost, whatever fails: each row is a fault that the tests bring about, with what you see then and how it gets well again.
Sentences in quotation marks are the program's own, with “…” for an address, a name or a reason; their codes lead to [what they mean](messages.md).
The last column is the test.
"""
_HEAD = "| what fails | during | what you see | how it recovers | test |\n|---|---|---|---|---|\n"


class Area(Enum):
    """Where something fails; the values are headings."""

    FILES = "Files"
    NETWORK = "The network"
    LIVEBOOK = "Livebook"
    EDITOR = "The editor"
    OURSELVES = "Our own processes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row: what fails during what, what users see then, and how it recovers; its test.

    `sees` names the program's own sentence, as `told_sentences` has it; else `shows` is what is
    seen in our words here.
    """

    area: Area
    fault: str
    during: str
    sees: str
    shows: str
    recovers: str
    test: WrittenTest


def faults() -> Iterator[Fault]:
    """Every fault that a test is marked with."""
    for test in written_tests():
        for call in test.markers:
            if ast.unparse(call.func) == "pytest.mark.fault":
                area, fault = (ast.literal_eval(it) for it in call.args)
                given = {str(it.arg): ast.literal_eval(it.value) for it in call.keywords}
                yield Fault(
                    area=Area[area.upper()],
                    fault=fault,
                    during=given.pop("during"),
                    sees=given.pop("sees", ""),
                    shows=given.pop("shows", ""),
                    recovers=given.pop("recovers"),
                    test=test,
                )


def page() -> str:
    """The whole page."""
    rows = sorted(faults(), key=lambda it: (it.fault, it.during, it.test.id))
    parts = [_INTRODUCTION]
    for area in Area:
        of_area = "".join(_row(it) for it in rows if it.area is area)
        parts.append(f"## {area.value}\n\n{_HEAD}{of_area}")
    return "\n".join(parts)


def _row(it: Fault) -> str:
    seen = it.shows
    if it.sees:
        meant = told(it.sees)
        seen = f"“{meant.sentence}” ([{meant.code}](messages.md#{meant.code}))"
    return f"| {it.fault} | {it.during} | {seen} | {it.recovers} | `{it.test.name}` |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
