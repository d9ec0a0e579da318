"""Scripts that Elixir's `List.myers_difference` is known to give, letter by letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.notebook.elixir.myers_difference import Edit, difference, rough_difference

_MARKS = {Edit.KEEP: "=", Edit.INSERT: "+", Edit.DELETE: "-"}


def written(before: str, after: str, edits: list[Edit]) -> str:
    old, new = iter(before), iter(after)
    parts = []
    for edit in edits:
        letter = next(new) if edit is Edit.INSERT else next(old)
        if edit is Edit.KEEP:
            next(new)
        parts.append(_MARKS[edit] + letter)
    assert not [*old, *new]
    return "".join(parts)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ""),
        ("abc", "abc", "=a=b=c"),
        ("", "ab", "+a+b"),
        ("ab", "", "-a-b"),
        ("a", "b", "-a+b"),
        ("abc", "axc", "=a-b+x=c"),
        # Both ways cost two edits: a deletion is tried before an insertion.
        ("ab", "ba", "-a=b+a"),
        # A repeated element counts as inserted before the one that stays, unless it stands first.
        ("ab", "aab", "=a+a=b"),
        ("xab", "yaab", "-x+y+a=a=b"),
    ],
)
def test_finds_the_script_that_elixir_finds(before: str, after: str, expected: str) -> None:
    edits = difference(before, after)

    assert edits is not None
    assert expected == written(before, after, edits)


_WORDS = st.text("abc", max_size=12)


@given(_WORDS, _WORDS)
def test_every_script_leads_from_one_list_to_the_other(before: str, after: str) -> None:
    exact = difference(before, after)
    rough = rough_difference(before, after)

    assert exact is not None
    assert len(exact) <= len(rough)
    for edits in (exact, rough):
        written(before, after, edits)


@pytest.mark.slow
def test_lists_without_anything_in_common_are_given_up() -> None:
    assert difference(range(2000), range(2000, 4000)) is None
