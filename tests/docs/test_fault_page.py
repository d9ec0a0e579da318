"""The page of faults is what tests are marked with, and each is about what its row says."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support.docs.fault_page import PAGE, Area, Fault, faults, page
from tests.support.docs.told_sentences import told
from tests.support.places import ROOT

FAULTS = list(faults())


def source_of(fault: Fault) -> str:
    """The test's text, with its cases."""
    text = (ROOT / "tests" / fault.test.file).read_text(encoding="utf-8")
    node = next(it for it in ast.parse(text).body if getattr(it, "name", "") == fault.test.name)
    assert isinstance(node, ast.FunctionDef)
    # Without the markers themselves.
    others = [it for it in node.decorator_list if "mark.fault" not in ast.unparse(it)]
    return "\n".join(ast.unparse(it) for it in [*others, *node.body])


def passages(sentence: str) -> set[str]:
    """Any three words in a row."""
    words = re.findall(r"[\w'’]+", sentence)
    return {" ".join(words[number : number + 3]) for number in range(len(words) - 2)}


def test_the_page_is_what_the_tests_are_marked_with() -> None:
    """`python -m tests.support.docs.fault_page` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_area_has_its_faults() -> None:
    assert {it.area for it in FAULTS} == set(Area)
    assert len(FAULTS) > 80


@pytest.mark.parametrize(
    "fault", [it for it in FAULTS if it.sees], ids=lambda it: f"{it.test.name}-{it.sees}"
)
def test_a_test_asks_for_what_is_seen(fault: Fault) -> None:
    """By its code, the name that it has in the package, or words of the sentence."""
    meant, source = told(fault.sees), source_of(fault)
    name, _, reason = fault.sees.partition(": ")
    words = re.sub(r"[^\w'’]+", " ", source)

    assert any(
        [
            meant.code in source,
            name in source,
            bool(reason) and reason in source,
            *(it in words for it in passages(meant.sentence)),
        ]
    )
