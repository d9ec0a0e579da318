"""A soak says whether servers stay as they are, and its verdict can fail."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support import soak
from tests.support.flatness import Sample, problems

FLAT = [
    Sample(memory_kb=50_000, descriptors=20, threads=10, cpu_s=seconds, acts=acts)
    for seconds, acts in ((5.0, 100), (7.0, 200), (9.0, 300))
]


def said(*samples: Sample) -> Sequence[str]:
    return [it.partition(" ")[0] for it in problems({"s": samples})]


def test_what_stays_as_it_is_is_flat() -> None:
    assert problems({"s": FLAT}) == []


@pytest.mark.parametrize(
    "last",
    [
        replace(FLAT[-1], memory_kb=62_000),
        replace(FLAT[-1], descriptors=40),
        replace(FLAT[-1], threads=20),
        replace(FLAT[-1], cpu_s=14.0),
    ],
    ids=["memory", "descriptors", "threads", "CPU"],
)
def test_what_grows_is_not_flat(last: Sample) -> None:
    assert len(problems({"s": [*FLAT[:-1], last]})) == 1


def test_what_was_not_measured_is_not_flat() -> None:
    assert problems({"s": FLAT[:2]}) != []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells so of processes")
def test_a_short_day_loses_nothing() -> None:
    wrong = soak.run(24.0, 1, editors=3, notebooks=9)

    assert [it for it in wrong if it.startswith("lost")] == []
