"""Each part that the importer reads has a handle."""

from __future__ import annotations

import pytest

from livebook_ls.notebook.exact_edits.handles import handled
from livebook_ls.notebook.exact_edits.said import said


@pytest.mark.parametrize(
    "sign", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85", "\xa0", "\u3000"]
)
@pytest.mark.parametrize("rest", ["text\n", "\ntext\n"])
def test_text_before_a_title_that_only_looks_blank_is_a_part(sign: str, rest: str) -> None:
    text = f"{sign}\n# T\n{rest}"
    found = handled(text)

    assert len(found.parts()) == len(said(found.pieces.draft.notebook))
    assert found.text == text
