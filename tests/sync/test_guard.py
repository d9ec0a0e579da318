"""What is told of a text before it is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from livebook_ls.settings import Guard
from livebook_ls.sync.guarding.guard import Consent, judge
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.sync_losses import foresee
from livebook_ls.sync.telling.findings import Mend
from tests.support.step_kills import AFTER, BEFORE


@pytest.mark.parametrize("is_there", [True, False])
def test_two_steps_are_offered_where_there_is_a_text_between(*, is_there: bool) -> None:
    reading = NotebookText(AFTER)
    foresight = foresee(NotebookText(BEFORE), reading)
    assert foresight is not None
    if not is_there:
        foresight = replace(foresight, halfway=None)
    verdict = judge(reading, foresight, Guard.BALANCED, Consent(), None)

    assert verdict.is_held
    losses = [it for it in verdict.findings if it.code == "sync-loses"]
    assert losses
    assert all((Mend.TWO_STEPS in it.mends) is is_there for it in losses)
    assert all(("Sync in two steps" in it.sentence) is is_there for it in losses)
