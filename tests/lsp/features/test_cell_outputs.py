"""All that a cell gave, on hover and as a text: bounded, as data, and of which text it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from livebook_ls.livebook.live.outputs import (
    BrowserKind,
    BrowserOutput,
    CellOutput,
    ImageOutput,
    LayoutKind,
    LayoutOutput,
    StyledSpan,
    TextKind,
    TextOutput,
    TextStyle,
)
from livebook_ls.lsp.documents.shown_cells import ShownCell
from livebook_ls.lsp.features.cell_outputs import NOTHING, output_markdown, output_text
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.running.cell_handle import handles
from livebook_ls.running.cell_states import CellView, RunState, views
from livebook_ls.running.wording import IS_CUT, result_line, state_in_words
from tests.running.test_runner import notebook_of
from tests.support.live_notebooks import live_of

URL = "http://localhost:8080/sessions/abc?token=s3cret"
WIDGET = BrowserOutput(kind=BrowserKind.INPUT, label="Name")
RED = TextStyle(foreground="red")


def printed(text: str, *spans: StyledSpan, is_cut: bool = False) -> TextOutput:
    return TextOutput(kind=TextKind.TERMINAL, text=text, spans=spans, is_cut=is_cut)


def view_of(*outputs: CellOutput, now: str = "1 + 1") -> CellView:
    """A cell that ran as `1 + 1` and gave this; its text is `now`."""
    live = live_of(notebook_of("1 + 1"))
    cells = tuple(replace(it, outputs=outputs, source=now) for it in live.cells if not it.is_setup)
    (view,) = views(parse(notebook_of(now)), replace(live, cells=(live.cells[0], *cells)))
    return view


def shown(view: CellView) -> ShownCell:
    (handle,) = handles([view.cell])
    return ShownCell(number=1, view=view, handle=handle, words=state_in_words(view), result="")


def text_of(*outputs: CellOutput) -> str:
    return output_text(shown(view_of(*outputs)), URL).text


def hover_of(*outputs: CellOutput, has_images: bool = True) -> str:
    return output_markdown(shown(view_of(*outputs)), URL, has_images=has_images)


def test_what_only_a_browser_shows_says_so_with_the_link() -> None:
    assert "only shown in the browser: [open in the browser](" in hover_of(WIDGET)
    assert text_of(WIDGET).startswith("[an input “Name”, only shown in the browser: http://")


def test_the_token_is_in_no_text_that_is_shown() -> None:
    assert URL.partition("?")[0] in text_of(WIDGET)
    assert "s3cret" not in text_of(WIDGET)


def test_a_cell_that_has_given_nothing_says_so() -> None:
    assert text_of() == f"{NOTHING}\n"


def test_that_the_beginning_is_missing_is_said() -> None:
    assert text_of(printed("...\nlast\n", is_cut=True)) == f"{IS_CUT}\n...\nlast\n"


def test_colours_stay_at_their_characters() -> None:
    whole = output_text(
        shown(view_of(printed("a\n"), printed("bcd\n", StyledSpan(1, 2, RED)))), None
    )

    assert [whole.text[it.start : it.end] for it in whole.styles] == ["c"]


def test_what_is_within_others_is_shown_too() -> None:
    grid = LayoutOutput(kind=LayoutKind.GRID, outputs=(printed("in a grid"), WIDGET))

    assert text_of(grid).startswith("in a grid\n[an input")
    assert "in a grid" in hover_of(grid)


def test_nothing_of_a_text_is_rendered() -> None:
    assert "\n````text\n```\n[x](http://y)\n````" in hover_of(printed("```\n[x](http://y)\n"))


def test_a_hover_is_bounded_and_says_where_the_rest_is() -> None:
    many = "".join(f"line {number}\n" for number in range(100_000))
    told = hover_of(*(printed(many) for _ in range(20)))

    assert len(told) < 10_000
    assert told.endswith("… all of it: **Show the output**")


@pytest.mark.parametrize(
    ("media_type", "content", "has_images", "is_shown"),
    [
        ("image/png", b"x", True, True),
        ("image/png", b"x", False, False),
        ("image/svg+xml", b"x", True, False),
        ("image/png", b"", True, False),
        ("image/png", b"x" * 100_000, True, False),
    ],
)
def test_an_image_is_shown_where_it_can_be(
    media_type: str, content: bytes, has_images: bool, is_shown: bool
) -> None:
    image = ImageOutput(media_type=media_type, content=content)

    assert ("](data:image/png;base64," in hover_of(image, has_images=has_images)) is is_shown
    assert "image (" in hover_of(image, has_images=has_images)


def test_a_result_of_another_text_says_so_everywhere() -> None:
    view = view_of(printed("2"), now="1 + 2")

    assert view.state is RunState.CHANGED
    assert result_line(view, 40) == "of an older text: 2"
    assert output_text(shown(view), None).text == "(of an older text)\n2\n"
    assert "*of an older text*" in output_markdown(shown(view), None, has_images=True)


def test_a_result_is_at_most_as_wide_as_it_may_be() -> None:
    line = result_line(view_of(printed("long " * 1_000)), 40)

    assert len(line) == 40
    assert line.endswith("…")


@pytest.mark.parametrize(
    ("outputs", "line"),
    [
        ((printed("words\n"), printed("2")), "2"),
        ((printed("first\nsecond\n"),), "first …"),
        ((printed("words\n"), WIDGET), "an input “Name”, only shown in the brow…"),
        ((TextOutput(kind=TextKind.ERROR, text="\n** (X) boom\n"), printed("2")), "** (X) boom"),
        ((printed("\n\n"),), ""),
    ],
)
def test_the_line_that_tells_most_is_the_result(outputs: tuple[CellOutput, ...], line: str) -> None:
    assert result_line(view_of(*outputs), 40) == line
