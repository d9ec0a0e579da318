"""Attribute lists in lists and quotes: where they are, and very many that nothing closes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.notebook.hazards.lost_words import attribute_places
from livebook_ls.notebook.inspection import inspect_bytes


@pytest.mark.parametrize("many", ["{: ", "{:", " "])
def test_what_begins_very_often_and_never_ends_keeps_nobody_busy(many: str) -> None:
    # By its square, as a search from each beginning to the end of the line, this takes an hour.
    text = f"# T\n\n## S\n\n> a{many * 300_000}b {{:\n"

    assert not inspect_bytes(text.encode()).is_fatal


@given(st.text("{}: \t\r\na", max_size=24))
def test_places_are_where_a_search_from_each_beginning_finds_them(raw: str) -> None:
    searched = re.finditer(r"[ \t]*\{:[^}\r\n]+\}[ \t]*$", raw, re.MULTILINE)

    assert [(it.start, it.end) for it in attribute_places(raw)] == [it.span() for it in searched]
