"""Pages that no Livebook writes are read as far as they go, or not understood; never for ever."""

from __future__ import annotations

import pytest

from livebook_ls.livebook.http.session_pages import files_of_sessions
from livebook_ls.livebook.live.cells import LiveCell
from livebook_ls.livebook.live.diffs import DiffReader
from livebook_ls.livebook.live.errors import PageNotUnderstood
from livebook_ls.livebook.live.outputs import shown_text
from livebook_ls.livebook.live.page.session_page import read_page
from livebook_ls.livebook.live.phoenix import frames
from livebook_ls.livebook.live.session_state import SessionState
from livebook_ls.livebook.live.sources import markup_text
from tests.livebook.live.test_session_state import Side

SIDE = Side("1", "2")
PAGE = SIDE.html()
# Longer than Python reads as a number.
NUMBER = "9" * 5000
LONG = 200_000


def first_with(inside: str) -> LiveCell:
    """The first cell of a page that has `inside` in it."""
    begin = PAGE.index(">", PAGE.index("data-el-cell")) + 1
    return read_page(PAGE[:begin] + inside + PAGE[begin:]).cells[0]


def nested(depth: int, tag: str = "div") -> str:
    return f"<{tag}>" * depth + "words" + f"</{tag.split()[0]}>" * depth


def test_a_number_that_nobody_counts_to_is_none() -> None:
    assert first_with(f'<div data-el-outputs-container id="x-{NUMBER}"></div>').evaluation == 0
    assert first_with(f'<div data-tooltip="Took {NUMBER}ms"></div>').state.took_ms is None
    assert first_with('<div data-tooltip="Took 1.5s"></div>').state.took_ms == 1500


def test_a_diffs_numbers_are_none_that_nobody_counts_to() -> None:
    state = SIDE.joined()
    number = str(SIDE.cells.cells[1].component)
    told = [f' data-tooltip="Took {NUMBER}ms"', f' data-tooltip="&#{NUMBER};"']
    for text in told:
        state.take({"c": {number: {"0": text}}})

    assert state.notebook.cells[1].state.took_ms is None


def test_a_flash_with_no_character_by_its_number_is_told_as_written() -> None:
    news = DiffReader().read({"1": {"0": ' phx-value-key="error"', "1": f"&#{NUMBER};"}})

    assert [it.message for it in news.flashes] == [f"&#{NUMBER};"]


def test_a_list_of_sessions_is_read_whatever_its_names_are() -> None:
    row = '<a href="/sessions/a{}"> {} </a>\n<span>\n {} </span>'
    page = row.format(1, f"&#{NUMBER};", "/b.livemd") + row.format(2, "c &amp; d", " " * 50_000)

    found = list(files_of_sessions(page.encode()))
    assert found[:2] == [f"&#{NUMBER};", "/b.livemd"]
    assert found[2:] == ["c & d"]


@pytest.mark.slow
@pytest.mark.parametrize("depth", [100, 20_000])
@pytest.mark.parametrize("tag", ["div", "span style='color: red'", "div data-el-output"])
def test_an_output_is_read_that_is_nested_deeper_than_any(tag: str, depth: int) -> None:
    (output,) = first_with(f"<div data-el-output>{nested(depth, tag)}</div>").outputs

    assert shown_text((output,)) == ""


def test_a_page_is_read_however_deep_it_is() -> None:
    assert read_page(PAGE + nested(20_000, "div")).cells


@pytest.mark.parametrize(
    "end",
    [
        *("<![x[" * 1000, "<!--" * LONG, "<div " * LONG, "<a " + "x='" * LONG, "</a " * LONG),
        *(
            f"<p>&#{NUMBER};</p>",
            f'<p id="&#{NUMBER};">',
            "<![x[<!DOCTYPE [",
            '<img src="' + "A" * LONG,
        ),
    ],
    ids=lambda it: it[:5],
)
def test_a_page_without_an_end_is_not_understood(end: str) -> None:
    with pytest.raises(PageNotUnderstood):
        read_page(PAGE + end)


def test_a_large_image_is_a_long_attribute() -> None:
    src = f"data:image/png;base64,{'A' * 4_000_000}"
    (image,) = first_with(
        f'<div data-el-output><img phx-hook="ImageOutput" src="{src}"></div>'
    ).outputs

    assert len(getattr(image, "content", b"")) == 3_000_000


def test_a_snippet_is_text_as_far_as_it_can_be_read() -> None:
    assert markup_text("<p>words</p>") == "words"
    assert markup_text("<p>words</p><![x[") == "words"
    assert markup_text(nested(20_000)) == "words"


@pytest.mark.parametrize("leaf", ["[]", "{}"])
def test_a_frame_nested_deeper_than_any_is_none(leaf: str) -> None:
    def frame(depth: int) -> str:
        inner = '{"a":' * depth + leaf + "}" * depth
        return f'["1", null, "lv:x", "diff", {{"c": {{"1": {inner}}}, "1": {inner}}}]'

    found = frames.decode(frame(50))
    assert found is not None
    SessionState(SIDE.page(), {**SIDE.rendered(), "x": found.payload["1"]}).take(found.payload)
    assert frames.decode(frame(400)) is None
