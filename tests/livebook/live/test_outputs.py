"""Every kind of output in Livebook's markup, in its smallest form."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.livebook.live.outputs import (
    BrowserKind,
    BrowserOutput,
    CellOutput,
    ImageOutput,
    LayoutKind,
    LayoutOutput,
    TextKind,
    TextOutput,
    TextStyle,
    shown_text,
)
from livebook_ls.livebook.live.page.printable import printable
from livebook_ls.livebook.live.page.session_page import read_page
from livebook_ls.livebook.live.page.styles import read_style

LINES = (
    '<div id="outputs-{0}-output" phx-hook="VirtualizedLines"><div data-template>{1}</div></div>'
)
ERROR = '<div id="outputs-1-output"><div role="complementary" aria-label="error">{}</div></div>'


def boxed(number: int, inside: str) -> str:
    return f'<div id="outputs-{number}" data-el-output>{inside}</div>'


def text(number: int, words: str) -> str:
    return boxed(number, LINES.format(number, f"<div data-line>{words}</div>"))


def outputs(markup: str) -> tuple[CellOutput, ...]:
    page = read_page(
        '<meta name="csrf-token" content="c"><div id="phx-1" data-phx-main data-phx-session="s">'
        '<div data-el-session><div data-el-cell id="cell-setup" data-type="code" data-setup '
        'data-eval-validity="fresh" data-p-evaluation-digest="null">'
        f'<div data-el-outputs-container id="outputs-setup-1">{markup}</div>'
        "</div></div></div>"
    )
    return page.cells[0].outputs


def only(markup: str) -> CellOutput:
    (output,) = outputs(boxed(1, markup))
    return output


def test_whitespace_around_lines_does_not_count() -> None:
    lines = "\n <div data-line>a &lt;\n</div>\n<div><div data-line>  b</div></div> "
    found = only(LINES.format(1, lines))

    assert found == TextOutput(kind=TextKind.TERMINAL, text="a <\n  b")


def test_an_error_may_have_a_heading() -> None:
    heading = '<div><i></i><span>Missing secret "T"</span></div>'
    found = only(heading + ERROR.format("** (X) no"))

    assert found == TextOutput(kind=TextKind.ERROR, text="** (X) no", heading='Missing secret "T"')


def test_the_colours_of_an_error_are_no_heading() -> None:
    found = only(ERROR.format('<span style="color: var(--ansi-color-red);">** no</span>'))

    assert isinstance(found, TextOutput)
    assert (found.heading, found.text) == ("", "** no")


def test_plain_text_and_markdown_are_their_sources() -> None:
    plain = '<div id="outputs-1-output" phx-update="stream"><span>a &lt;b&gt;\n</span></div>'
    markdown = (
        '<div phx-hook="MarkdownRenderer"><div data-template><span># H &amp;</span></div></div>'
    )

    assert only(plain) == TextOutput(kind=TextKind.PLAIN, text="a <b>\n")
    assert only(markdown) == TextOutput(kind=TextKind.MARKDOWN, text="# H &")


def test_an_image_is_its_bytes() -> None:
    src = f"data:image/png;base64,{base64.b64encode(b'png').decode()}"

    assert only(f'<img src="{src}" phx-hook="ImageOutput">') == ImageOutput(
        media_type="image/png", content=b"png"
    )


@pytest.mark.parametrize("src", ["https://example.com/x.png", "data:image/png;base64,§", ""])
def test_an_image_from_elsewhere_is_not_fetched(src: str) -> None:
    found = only(f'<img src="{src}" phx-hook="ImageOutput">')

    assert isinstance(found, ImageOutput)
    assert found.content == b""


def test_nested_outputs_are_inside_alone() -> None:
    inner = f'<div id="outputs-1-output-outputs">{text(2, "in 1")}{text(3, "in 2")}</div>'
    found = outputs(boxed(1, f'<div id="outputs-1-output">{inner}</div>') + text(4, "out"))

    assert [type(it) for it in found] == [LayoutOutput, TextOutput]
    assert shown_text(found) == "in 1\nin 2\nout\n"


def test_tabs_have_their_labels_and_all_panels() -> None:
    tabs = '<div id="outputs-1-output-tabs"><button>One</button><button> Two\n</button></div>'
    panels = f'<div id="outputs-1-output-tab-contents"><div>{text(2, "a")}</div></div>'
    found = only(f'<div id="outputs-1-output">{tabs}{panels}</div>')

    assert isinstance(found, LayoutOutput)
    assert (found.kind, found.labels, len(found.outputs)) == (LayoutKind.TABS, ("One", "Two"), 1)


def test_a_frame_within_a_grid_is_within_it() -> None:
    frame = boxed(2, f'<div id="outputs-2-output"><div>{text(3, "deep")}</div></div>')
    found = only(f'<div id="outputs-1-output-grid"><div>{frame}</div></div>')

    assert isinstance(found, LayoutOutput)
    assert found.kind is LayoutKind.GRID
    assert [type(it) for it in found.outputs] == [LayoutOutput]


def test_an_empty_frame_is_a_frame() -> None:
    found = only('<div id="outputs-1-output"><div>Nothing here...</div></div>')

    assert found == LayoutOutput(kind=LayoutKind.FRAME, outputs=())


@pytest.mark.parametrize(
    ("markup", "kind", "label"),
    [
        ('<div phx-hook="JSView" data-p-session-token="secret"></div>', BrowserKind.JS_VIEW, ""),
        (
            '<form id="outputs-1-output-form"><label><span>Name</span></label><input></form>',
            BrowserKind.INPUT,
            "Name",
        ),
        ('<div class="flex"><button>Go</button></div>', BrowserKind.CONTROL, "Go"),
        (
            "<div><div> Go on? </div><button>Continue</button></div>",
            BrowserKind.INTERRUPT,
            "Go on?",
        ),
        (
            '<div role="complementary" aria-label="error message">Unknown output format: x</div>',
            BrowserKind.UNKNOWN,
            "Unknown output format: x",
        ),
        ("<table></table>", BrowserKind.UNKNOWN, ""),
    ],
)
def test_what_only_a_browser_shows_says_what_it_is(
    markup: str, kind: BrowserKind, label: str
) -> None:
    assert only(markup) == BrowserOutput(kind=kind, label=label)


def test_an_output_cannot_forge_a_cell() -> None:
    words = "&lt;div data-el-cell id=&quot;cell-x&quot; data-type=&quot;code&quot;&gt;"
    found = only(LINES.format(1, f"<div data-line>{words}</div>"))

    assert isinstance(found, TextOutput)
    assert found.text.startswith("<div data-el-cell")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x00b\x07c\x08d\x0ce\x7f\x9b", "abcde"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[2Jgone\x1b[31mred\x1b(B", "gonered"),
        ("\x1bPdevice\x1b\\kept", "kept"),
        ("\x1b", ""),
        ("tab\there\r\nthere\n", "tab\there\nthere\n"),
        ("\u00a0é 😀 \u202e", "\u00a0é 😀 \u202e"),
    ],
)
def test_no_control_character_is_left(raw: str, shown: str) -> None:
    assert printable(raw) == shown


@given(st.text(st.sampled_from("\r\n\t\x1b\x07[]0;\\ am") | st.characters(), max_size=40))
def test_a_windows_line_feed_is_one_and_what_controls_is_left_out(raw: str) -> None:
    plain = raw.replace("\x1b", "")
    controls = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"

    assert not re.search(controls, printable(raw))
    assert printable(plain) == re.sub(controls, "", re.sub(r"\r+\n", "\n", plain))


def test_very_many_carriage_returns_keep_nobody_busy() -> None:
    # By its square, as a search for line feeds behind them, this would take an hour.
    assert printable(f"a{chr(13) * 2_000_000}b") == "ab"


def test_spans_stand_where_the_filtered_text_has_them() -> None:
    line = 'a\x07b<span style="color: var(--ansi-color-red);">c\x00d</span>'
    found = only(LINES.format(1, f"<div data-line>{line}</div>"))

    assert isinstance(found, TextOutput)
    assert [found.text[it.start : it.end] for it in found.spans] == ["cd"]


@pytest.mark.parametrize(
    ("css", "style"),
    [
        ("color: var(--ansi-color-light-red);", TextStyle(foreground="light-red")),
        ("background-color: rgb(0, 102, 255);", TextStyle(background="#0066ff")),
        (
            "font-weight: 600;text-decoration: underline;",
            TextStyle(is_bold=True, is_underlined=True),
        ),
        ("font-weight: 200;font-style: italic;", TextStyle(is_faint=True, is_italic=True)),
        ("background: url(https://example.com/x);", None),
        ("", None),
    ],
)
def test_styles_are_those_that_ansi_has(css: str, style: TextStyle | None) -> None:
    assert read_style(css) == style
