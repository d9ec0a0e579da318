"""The stand-in answers as a real Livebook was recorded to; so does the Livebook at LIVEBOOK_URL."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from livebook_ls.standin import Access, Faults, StandIn, StandInSettings, Timing
from tests.support.contract.recordings import Case, read_recordings, read_table
from tests.support.contract.replay import Replay
from tests.support.contract.target import StandInTarget, Target
from tests.support.contract.unprivileged import unprivileged_stand_in
from tests.support.places import SHARED

CASES = read_table()
RECORDINGS = read_recordings()
REPLAYED = [case for case in CASES.values() if case.left_out is None]

needs_recordings = pytest.mark.skipif(
    not RECORDINGS, reason=f"no recordings of a real Livebook in {SHARED}"
)

QUICK = Timing(autosave_s=0.05, save_s=0.005)
NEVER = Timing(autosave_s=600, save_s=0.005)
STARTS = {
    "plain": StandInSettings(timing=NEVER),
    "quick": StandInSettings(timing=QUICK),
    "disabled": StandInSettings(timing=NEVER),
    "base path": StandInSettings(timing=NEVER, access=Access(base_path="/base")),
    "token": StandInSettings(timing=NEVER, access=Access(token="TOKEN")),  # noqa: S106 - no secret
    "password and base path": StandInSettings(
        timing=NEVER,
        access=Access(base_path="/base", password="PASSWORD"),  # noqa: S106 - no secret
    ),
}


class StandIns:
    """One stand-in for every kind of start, started when first needed."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._urls: dict[str, str] = {}

    def target(self, start: str) -> StandInTarget:
        if start not in self._urls:
            self._urls[start] = self._start(start)
        return StandInTarget(self._urls[start])

    def _start(self, start: str) -> str:
        if start == "nobody":
            return self._stack.enter_context(unprivileged_stand_in(StandInSettings(timing=NEVER)))
        stand_in = self._stack.enter_context(StandIn(STARTS[start]))
        stand_in.faults = Faults(is_off=start == "disabled")
        return stand_in.url


@pytest.fixture(scope="module")
def stand_ins() -> Iterator[StandIns]:
    with ExitStack() as stack:
        yield StandIns(stack)


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's own folder: that one is closed to the unprivileged stand-in.
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name).resolve()


@needs_recordings
def test_every_recording_is_in_the_table() -> None:
    assert list(CASES) == list(RECORDINGS)


@needs_recordings
@pytest.mark.parametrize("case", REPLAYED, ids=lambda case: case.name)
def test_stand_in_answers_as_recorded(case: Case, stand_ins: StandIns, folder: Path) -> None:
    Replay(stand_ins.target(case.start), folder, RECORDINGS).run(case)


@needs_recordings
@pytest.mark.livebook
@pytest.mark.skipif("LIVEBOOK_URL" not in os.environ, reason="LIVEBOOK_URL names no Livebook")
@pytest.mark.parametrize("case", REPLAYED, ids=lambda case: case.name)
def test_real_livebook_answers_as_recorded(case: Case, folder: Path) -> None:
    if case.start not in ("plain", "quick"):
        pytest.skip(f"needs a Livebook started so: {case.start}")
    target = Target(os.environ["LIVEBOOK_URL"])
    for step in case.set_up:
        if reason := target.missing(step[0]):
            pytest.skip(reason)

    Replay(target, folder, RECORDINGS).run(case)
