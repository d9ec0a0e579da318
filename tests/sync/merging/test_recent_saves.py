"""What an editor saved lately is known as its own, and takes no more room than it may."""

from __future__ import annotations

import pytest

from livebook_ls import clock
from livebook_ls.sync.merging.recent_saves import RecentSaves
from tests.support.turned_clock import TurnedClock


def saved(texts: list[str], each_s: float = 0.01) -> RecentSaves:
    turned, saves = TurnedClock(), RecentSaves()
    with clock.using(turned):
        for text in texts:
            saves.append(text)
            turned.now_s += each_s
    return saves


def test_all_of_a_burst_are_known() -> None:
    texts = [f"{it}" for it in range(200)]
    assert list(saved(texts)) == texts


def test_of_what_was_saved_long_ago_the_last_ones_stay() -> None:
    texts = [f"{it}" for it in range(30)]
    assert list(saved(texts, each_s=100.0)) == texts[-10:]


@pytest.mark.parametrize("size", [1, 10_000, 1_000_000])
def test_of_too_many_the_first_and_the_last_stay(size: int) -> None:
    texts = [f"{it}".ljust(size) for it in range(400)]
    saves = list(saved(texts))

    assert saves[-10:] == texts[-10:]
    assert saves[:-10] == texts[: len(saves) - 10]
    assert len(saves) == {1: 250, 10_000: 50, 1_000_000: 10}[size]


def test_several_at_once_take_no_more_room() -> None:
    saves = RecentSaves()
    saves.extend(f"{it}" for it in range(300))
    saves.append("last")

    assert (len(saves), saves[0], saves[-1]) == (250, "0", "last")


def test_what_was_saved_after_a_time_is_told_the_newest_first() -> None:
    turned, saves = TurnedClock(), RecentSaves()
    with clock.using(turned):
        saves.extend(["one", "two"])
        then_s = clock.monotonic_s()
        turned.now_s += 1
        saves.extend(["three", "one"])

    assert saves.since(then_s) == ["one", "three"]
    assert saves.since(float("-inf")) == ["one", "three", "two", "one"]
