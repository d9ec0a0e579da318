"""What two texts begin and end with alike, held against counting one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.notebook.edits import common_ends

_TEXTS = st.text("ab", max_size=8)


def counted(old: str, new: str) -> tuple[int, int]:
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, tail


@given(_TEXTS, _TEXTS)
def test_texts_and_lists_of_lines_have_the_ends_that_counting_finds(old: str, new: str) -> None:
    assert common_ends(old, new) == counted(old, new)
    assert common_ends(list(old), list(new)) == counted(old, new)
