"""We read notebooks as a real Livebook does: compared with what one made of the same bytes."""

from __future__ import annotations

import pytest

from tests.support.golden import GOLDEN, crash_lines, differences, golden_lines, raises

needs_golden = pytest.mark.skipif(
    not GOLDEN.is_dir(), reason=f"no golden files of a real Livebook in {GOLDEN}"
)


@needs_golden
@pytest.mark.parametrize(
    "name",
    [
        "golden-wild.jsonl",
        "golden-tricky.jsonl",
        pytest.param("golden-soup.jsonl.gz", marks=pytest.mark.slow),
    ],
)
def test_reads_every_notebook_as_livebook_does(name: str) -> None:
    compared = [(text, differences(text, wanted)) for text, wanted in golden_lines(name)]
    assert compared
    assert [(text, different) for text, different in compared if different] == []


@needs_golden
def test_foresees_every_crash_and_no_other() -> None:
    wrong = {
        wanted["name"]: raises(text)
        for text, wanted in crash_lines()
        if raises(text) != wanted["raises"]
    }
    # Livebook opens it, and then fails at every save: the endpoint's answer alone doesn't tell.
    assert wrong == {"html tag with non-ascii name": True}
