"""What is told of a stamp, by what Livebook says of it."""

from __future__ import annotations

import pytest

from livebook_ls.sync.canonical.stamp_verification import StampStanding, finding_of


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (StampStanding.VALID, None),
        (StampStanding.EDITED, "stamp-stale"),
        (StampStanding.ELSEWHERE, "stamp-elsewhere"),
        (StampStanding.UNTOLD, "stamp-untold"),
    ],
)
def test_only_of_a_stamp_in_order_nothing_is_told(
    standing: StampStanding, code: str | None
) -> None:
    told = finding_of(standing)

    assert (told.code if told else None) == code
