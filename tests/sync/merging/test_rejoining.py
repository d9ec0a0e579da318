"""Two texts that go on from one: what both have added is in the result, once."""

from __future__ import annotations

import pytest

from livebook_ls.sync.merging.rejoining import joined

FORM = "# Note\n\n## One\n\n```elixir\n1\n```\n\n## Words\n\nwords\n"
CELL = "\n```elixir\n2\n```\n"


def words(*added: int) -> str:
    return FORM + "".join(f"\nword-{it}\n" for it in added)


@pytest.mark.fault(
    "editor",
    "two editors save the notebook",
    during="their saves cross",
    shows="the newest, with what it lay over",
    recovers="by itself",
)
@pytest.mark.parametrize(
    ("overwritten", "newest", "both"),
    [
        (words(1), words(2), words(1, 2)),
        (words(1, 2), words(3), words(1, 2, 3)),
        (words(1), FORM + CELL, words(1) + CELL),
        (FORM.replace("\n## Words", f"{CELL}\n## Words"), words(1), None),
        (words(1), FORM.replace("1\n```", "one\n```"), words(1).replace("1\n```", "one\n```")),
    ],
)
def test_what_was_overwritten_is_added_to_the_newest(
    overwritten: str, newest: str, both: str | None
) -> None:
    expected = both or words(1).replace("\n## Words", f"{CELL}\n## Words")

    assert joined(FORM, overwritten, newest) == expected


@pytest.mark.parametrize(
    ("overwritten", "newest"),
    [
        (words(1), words(1, 2)),
        (words(1), words(1)),
        (FORM, words(1)),
        (FORM.replace("words", "other words"), words(1)),
        (words(1), "# Another\n"),
    ],
)
def test_nothing_is_added_twice_or_without_its_place(overwritten: str, newest: str) -> None:
    assert joined(FORM, overwritten, newest) is None
