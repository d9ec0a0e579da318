"""What holds of any page, frame and diff: it is read, or not understood, and nothing else."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from livebook_ls.livebook.http.session_pages import has_saved_by
from livebook_ls.livebook.live.errors import PageNotUnderstood
from livebook_ls.livebook.live.page.session_page import read_page
from livebook_ls.livebook.live.phoenix import frames
from livebook_ls.livebook.live.session_state import SessionState
from tests.livebook.live.test_session_state import Side
from tests.support.arbitrary import ANYTHING
from tests.support.examples import tried

SIDE = Side("1", "2")
PAGE, RENDERED = SIDE.html(), SIDE.rendered()
CELL = SIDE.page().cells[1].id
TAGS = ["div", "meta", "section", "pre", "img", "script", "span", "br", "button"]
NAMES = [
    *("data-el-cell", "data-el-session", "data-el-section", "data-eval-validity", "data-p-cell-id"),
    *("data-phx-session", "data-phx-main", "data-eval-errored", "data-p-evaluation-digest", "id"),
    *("name", "content", "data-el-outputs-container", "data-output", "src", "data-type", "style"),
    *("phx-click", "data-section-id", "data-p-timestamp", "phx-value-cell_id", "class", "data-el-"),
]
VALUES = st.sampled_from(
    [
        *(CELL, "setup", "cell-setup", '"a"', "null", "{", "csrf-token", "evaluated", "1", ""),
        *("data:image/png;base64,AAAA", "data:image/png;base64,!", "&#xFFFFFF;", "\x1b[31m"),
    ]
) | st.text(max_size=4)


def tag(name: str, attributes: list[tuple[str, str]], end: str) -> str:
    return f"<{name} {' '.join(f'{it}={value!r}' for it, value in attributes)}{end}"


TAG = st.builds(
    tag,
    st.sampled_from([*TAGS, *(f"/{it}" for it in TAGS)]),
    st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=3),
    st.sampled_from([">", ">", "/>", ""]),
)
WORDS = st.sampled_from(["text", "<!--", "-->", "&amp;", "&", "<", "]]>"])
MARKUP = st.lists(TAG | WORDS, max_size=8)

LINES = st.integers(-2, 9) | st.booleans() | ANYTHING
STATUSES = st.sampled_from(["failed", "success", "running"]) | ANYTHING
REPORTS = st.fixed_dictionaries(
    {"line": LINES, "status": STATUSES},
    optional={"end_line": LINES, "column": LINES, "details": st.text(max_size=9) | ANYTHING},
)
MARKERS = st.lists(
    st.fixed_dictionaries({"line": LINES, "description": ANYTHING}, optional={"severity": ANYTHING})
    | ANYTHING,
    max_size=2,
)
DELTAS = st.lists(st.integers() | st.text(max_size=3) | ANYTHING, max_size=4)
ABOVE_THE_FIRST_LINE = {"line": -1, "description": ""}
# What Livebook tells of a cell, as it may be and as nobody means it.
TOLD = st.one_of(
    st.tuples(
        st.sampled_from([f"cell_editor_init:{CELL}:{it}" for it in ("primary", "secondary", "")]),
        st.fixed_dictionaries(
            {},
            optional={
                "source": st.text(max_size=9) | ANYTHING,
                "revision": LINES,
                "doctest_reports": st.lists(REPORTS | ANYTHING, max_size=2) | ANYTHING,
                "code_markers": MARKERS | ANYTHING,
            },
        ),
    ),
    st.tuples(
        st.just(f"cell_delta:{CELL}:primary"),
        st.fixed_dictionaries({"delta": DELTAS | ANYTHING}),
    ),
    st.tuples(
        st.just(f"evaluation_finished:{CELL}"),
        st.fixed_dictionaries({"code_markers": MARKERS | ANYTHING}),
    ),
    st.tuples(st.just(f"doctest_report:{CELL}"), REPORTS),
    st.tuples(st.just("cell_deleted"), st.fixed_dictionaries({"cell_id": st.just("x") | ANYTHING})),
    st.tuples(
        st.sampled_from(["session_init", "section_deleted", ":", "cell_editor_init:"]), ANYTHING
    ),
)
EVENTS = st.lists(TOLD.map(list) | ANYTHING, max_size=3) | ANYTHING
ATTRIBUTES = st.sampled_from(
    [
        *(f' data-p-cell-id="{CELL}"', ' data-p-cell-id="', ' data-eval-validity="x"'),
        *(' data-eval-validity="evaluated"', ' data-p-evaluation-digest="1"', ' phx-click="'),
        *(
            ' phx-click="queue_cell_evaluation"',
            ' data-p-timestamp="9999-99-99"',
            "Took ",
            "Took 9",
        ),
    ]
)
TREES = st.recursive(
    ANYTHING | ATTRIBUTES,
    lambda inner: st.dictionaries(st.sampled_from(["0", "1", "2", "s", "d", "stream", "k"]), inner),
    max_leaves=6,
)
DIFFS = st.fixed_dictionaries(
    {},
    optional={
        "e": EVENTS,
        "c": st.dictionaries(st.sampled_from(["1", "2", "99", "x"]), TREES) | ANYTHING,
        "p": st.dictionaries(st.sampled_from(["0", "1"]), TREES) | ANYTHING,
        "0": TREES,
    },
)


@given(MARKUP, st.integers(0, len(PAGE)), st.integers(0, 200))
@tried(80)
def test_a_page_is_read_or_not_understood(markup: list[str], start: int, length: int) -> None:
    html = PAGE[:start] + "".join(markup) + PAGE[start + length :]
    with contextlib.suppress(PageNotUnderstood):
        assert read_page(html).keys.csrf_token
    with contextlib.suppress(PageNotUnderstood):
        read_page("".join(markup))
    has_saved_by(html.encode("utf-8", "surrogatepass"))


@given(st.lists(DIFFS, max_size=3))
@example([{"e": [[f"doctest_report:{CELL}", {"line": 0, "status": []}]]}])
@example([{"e": [[f"cell_editor_init:{CELL}:primary", {"doctest_reports": 1}]]}])
@example(
    [{"e": [[f"evaluation_finished:{CELL}", {"code_markers": [{"line": -1, "description": ""}]}]]}]
)
@tried(60)
def test_diffs_that_nobody_means_do_no_harm(diffs: list[dict[str, Any]]) -> None:
    state = SessionState(SIDE.page(), RENDERED)
    for diff in diffs:
        state.take(diff)
    state.take_page(SIDE.page(), state.sequence)

    cells = state.notebook.cells
    assert [it.id for it in cells] == [it.id for it in SIDE.page().cells]
    assert all(it.line >= 0 for cell in cells for it in cell.markers)
    assert all(it.line >= 0 for cell in cells for it in cell.doctests)
    assert {cell_id for cell_id, _ in state.unreported()} <= {it.id for it in cells}


@given(DIFFS)
@settings(max_examples=30, deadline=None)
def test_a_join_that_nobody_means_is_refused_or_taken(rendered: dict[str, Any]) -> None:
    with contextlib.suppress(PageNotUnderstood):
        SessionState(SIDE.page(), RENDERED | rendered)


@given(st.binary(max_size=60) | st.text(max_size=60))
@tried(60)
def test_any_bytes_are_a_frame_or_none(data: bytes | str) -> None:
    found = frames.decode(data)

    assert found is None or frames.decode(found.encode()) == found
