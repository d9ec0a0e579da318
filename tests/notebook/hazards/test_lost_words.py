"""Attribute lists in lists and quotes, where there are very many that nothing closes."""

from __future__ import annotations

import pytest

from livebook_ls.notebook.inspection import inspect_bytes


@pytest.mark.parametrize("many", ["{: ", "{:", " "])
def test_what_begins_very_often_and_never_ends_keeps_nobody_busy(many: str) -> None:
    # By its square, as a search from each beginning to the end of the line, this takes an hour.
    text = f"# T\n\n## S\n\n> a{many * 300_000}b {{:\n"

    assert not inspect_bytes(text.encode()).is_fatal
