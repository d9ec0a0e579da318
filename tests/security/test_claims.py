"""Every sentence of the page on privacy and security is held by tests that there are."""

from __future__ import annotations

import re

from tests.security.claims import CLAIMS, OF_OTHERS
from tests.support.docs.pages import DOCS, read
from tests.support.docs.written_tests import written_tests

_SENTENCE_ENDS = re.compile(r"(?<=\.)\s+(?=[A-Z`\[])")


def sentences() -> list[str]:
    """The page's sentences, and the first cells of its tables."""
    found: list[str] = []
    for line in read(DOCS / "privacy-and-security.md").text.splitlines():
        if line.startswith("|"):
            found.append(line.split("|")[1].strip())
        elif line and not line.startswith("#"):
            found += _SENTENCE_ENDS.split(line.removeprefix("- ").strip())
    return [it for it in found if it != "request" and set(it) != {"-"}]


def test_every_sentence_has_a_test() -> None:
    named = (*CLAIMS, *OF_OTHERS)
    names_of = {it: [name for name in named if it.startswith(name)] for it in sentences()}

    assert len(names_of) > 40
    assert [it for it, names in names_of.items() if not names] == []


def test_every_claim_is_a_sentence_of_the_page() -> None:
    meant = {
        max((it for it in (*CLAIMS, *OF_OTHERS) if said.startswith(it)), key=len)
        for said in sentences()
    }

    assert {*CLAIMS, *OF_OTHERS} - meant == set()


def test_every_test_that_is_named_exists() -> None:
    there = {it.id for it in written_tests()}

    assert {it for tests in CLAIMS.values() for it in tests} - there == set()
    assert [it for it, tests in CLAIMS.items() if not tests] == []
