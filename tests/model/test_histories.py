"""Random histories of a notebook: nothing is lost, killed, or written without a word."""

from __future__ import annotations

import os
import secrets
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.stateful import get_state_machine_test

from tests.model.histories import Histories

# The same ones each time; by hand, LIVEBOOK_LS_HISTORIES=20000 tries as many others.
MANY = int(os.environ.get("LIVEBOOK_LS_HISTORIES", "2000"))
PARTS = 8
IS_BY_HAND = "LIVEBOOK_LS_HISTORIES" in os.environ
STEPS = 30
# To cut down what fails takes many times as long as to find it.
CUTS_DOWN = "LIVEBOOK_LS_CUT_DOWN" in os.environ


def run(histories: int, steps: int, first: int) -> None:
    """Try so many histories, which `first` decides."""
    machine = get_state_machine_test(
        Histories,
        settings=settings(
            max_examples=histories,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=tuple(Phase) if CUTS_DOWN else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    # Else numbers that stand in whatever was imported so far are drawn more often than others.
    providers.CONSTANTS_CACHE.cache.clear()
    with mock.patch.object(providers, "_get_local_constants", Constants):
        seed(first)(machine)()
    providers.CONSTANTS_CACHE.cache.clear()


def test_a_few_short_histories_lose_nothing() -> None:
    run(30, 8, 0)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_many_histories_lose_nothing(part: int) -> None:
    run(MANY // PARTS, STEPS, secrets.randbits(64) if IS_BY_HAND else part)
