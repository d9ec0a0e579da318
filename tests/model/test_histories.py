"""Random histories of a notebook: nothing is lost, killed, or written without a word."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.histories import Histories

# More of them by hand: LIVEBOOK_LS_HISTORIES=20000.
MANY = int(os.environ.get("LIVEBOOK_LS_HISTORIES", "2000"))
STEPS = 30


def run(histories: int, steps: int, *, derandomize: bool = False) -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=histories,
            stateful_step_count=steps,
            deadline=None,
            derandomize=derandomize,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_few_short_histories_lose_nothing() -> None:
    run(30, 8, derandomize=True)


@pytest.mark.slow
def test_many_histories_lose_nothing() -> None:
    run(MANY, STEPS)
