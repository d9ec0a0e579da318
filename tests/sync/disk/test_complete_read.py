"""A file is read once it is complete; time is turned by hand."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from livebook_ls import clock
from livebook_ls.sync.disk.complete_read import StillChangingError, read_when_stable
from tests.support.turned_clock import TurnedClock

WHOLE = "# Title\n\n" + "Words.\n" * 1_000


async def read_while(path: Path, writes: list[str], each_s: float) -> str | None:
    """What is read of a file that has a last size of the whole text while `writes` are made."""
    turned = TurnedClock()
    with clock.using(turned):
        reading = asyncio.create_task(
            read_when_stable(str(path), expected=None, last_size=len(WHOLE))
        )
        await turned.advance(0)
        for text in writes:
            path.write_text(text, encoding="utf-8")  # noqa: ASYNC240 — a small file
            await turned.advance(each_s)
        await turned.advance(60.0)
        return (await reading).text


@pytest.mark.fault(
    "files",
    "another program is writing the file",
    during="it is read",
    shows="nothing: it is read once it is whole",
    recovers="by itself",
)
def test_a_file_in_motion_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.livemd"
    path.write_text("", encoding="utf-8")
    parts = [WHOLE[: len(WHOLE) * part // 5] for part in range(1, 6)]

    assert asyncio.run(read_while(path, parts, 0.01)) == WHOLE


def test_a_file_that_never_rests_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.livemd"
    path.write_text("", encoding="utf-8")
    with pytest.raises(StillChangingError):
        asyncio.run(read_while(path, [f"{number}\n" for number in range(400)], 0.01))
