from __future__ import annotations

import pytest

from livebook_ls.notebook.links.section_anchors import section_anchors


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Section"], ["section"]),
        (["Getting  started: part 1!"], ["getting-started-part-1"]),
        (
            ["Section", "Other", "Section", "section"],
            ["section", "other", "section-2", "section-3"],
        ),
        (["snake_case & `code`"], ["snake_case-code"]),
        (["!?"], ["IT8"]),
        (["Größe", "Size"], [None, "size"]),
        ([" - a - "], ["a"]),
    ],
)
def test_a_section_is_found_as_livebooks_page_names_it(
    names: list[str], expected: list[str | None]
) -> None:
    assert list(section_anchors(names)) == expected
