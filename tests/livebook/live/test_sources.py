"""Texts of cells: how changes that are counted in UTF-16 units are made, and what is reported."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.livebook.live.cells import digest_of
from livebook_ls.livebook.live.sources import Sources, apply_delta, markup_text, replacing_delta


@pytest.mark.parametrize(
    ("before", "delta", "after"),
    [
        ("x = 1", [4, "2", -1], "x = 2"),
        ("x   =  1", [2, -2, 2, -1], "x = 1"),
        ("😀a", [2, "b"], "😀ba"),
        ("ab", [], "ab"),
        ("", ["new"], "new"),
        ("short", [100, "!"], "short!"),
        ("x", [-100], ""),
        ("x", [None, {}, 1.5], "x"),
    ],
)
def test_a_delta_keeps_puts_in_and_takes_out(before: str, delta: list[object], after: str) -> None:
    assert apply_delta(before, delta) == after


@given(st.text(), st.text(), st.text())
def test_a_delta_counts_as_javascript_does(head: str, old: str, new: str) -> None:
    def units(text: str) -> int:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    assert apply_delta(f"{head}{old}!", [units(head), new, -units(old)]) == f"{head}{new}!"


@given(st.text("ab😀é\n"), st.text("ab😀é\n"))
def test_a_replacement_makes_the_new_text_of_the_old(old: str, new: str) -> None:
    delta = replacing_delta(old, new)

    assert apply_delta(old, delta) == new
    assert len(delta) <= 3


def test_our_own_change_counts_once_it_is_acknowledged() -> None:
    sources = Sources()
    sources.take("cell_editor_init:a:primary", {"source": "1", "revision": 3})
    sources.begin_own("a", replacing_delta("1", "2"))
    assert sources["a"].text == "1"
    sources.take("cell_acknowledgement:a:primary", {})

    assert (sources["a"].text, sources["a"].revision) == ("2", 4)
    assert sources.unreported() == (("a", 4),)
    assert not sources.typed
    assert not sources.is_unclear


def test_what_others_change_before_ours_is_acknowledged_leaves_the_text_unclear() -> None:
    sources = Sources()
    sources.take("cell_editor_init:a:primary", {"source": "1", "revision": 3})
    sources.begin_own("a", replacing_delta("1", "2"))
    sources.take("cell_delta:a:primary", {"client_id": "person", "delta": ["0"]})
    sources.take("cell_acknowledgement:a:primary", {})

    assert sources.is_unclear


def test_each_change_is_reported_once_with_its_number() -> None:
    sources = Sources()
    sources.take("cell_editor_init:a:primary", {"source": "1", "revision": 3})
    for _ in range(2):
        sources.take("cell_delta:a:primary", {"delta": ["0"]})

    assert sources["a"].text == "001"
    assert sources.unreported() == (("a", 5),)
    assert sources.unreported() == ()


def test_what_is_typed_counts_until_a_sync_has_replaced_it() -> None:
    sources = Sources()
    for cell in "ab":
        sources.take(f"cell_editor_init:{cell}:primary", {"source": "", "revision": 0})
        for key in "12":
            sources.take(f"cell_delta:{cell}:primary", {"client_id": "person", "delta": [9, key]})
    sources.take("cell_delta:a:primary", {"client_id": "__server__", "delta": ["by a sync ", 9]})

    assert list(sources.typed) == ["1", "12"]
    sources.take("cell_delta:a:primary", {"client_id": "person", "delta": [99, "!"]})
    assert list(sources.typed) == ["1", "12", "by a sync 12!"]
    sources.take("cell_deleted", {"cell_id": "b"})
    assert list(sources.typed) == ["by a sync 12!"]
    assert list(sources.ever_typed) == ["1", "12", "1", "12", "by a sync 12!"]


def test_what_an_evaluation_told_is_gone_when_the_next_begins() -> None:
    sources = Sources()
    sources.take("cell_editor_init:a:primary", {"source": "x", "revision": 0})
    marker = {"line": 2, "description": "no", "severity": "error"}
    sources.take("evaluation_finished:a", {"code_markers": [marker]})
    report = {"line": 5, "column": 6, "status": "failed", "end_line": 6, "details": "<b>x</b>"}
    sources.take("doctest_report:a", report)

    assert [(it.line, it.severity) for it in sources["a"].markers] == [(1, "error")]
    doctest = sources["a"].doctests[4]
    assert (doctest.line, doctest.end_line, doctest.column, doctest.details) == (4, 5, 6, "x")
    sources.begin_evaluation("a")
    assert sources["a"].markers == ()
    assert sources["a"].doctests == {}


def test_the_secondary_editor_of_a_smart_cell_is_not_its_source() -> None:
    sources = Sources()
    sources.take("cell_editor_init:a:primary", {"source": "code", "revision": 0})
    sources.take("cell_editor_init:a:secondary", {"source": "SELECT 1", "revision": 0})

    assert sources["a"].text == "code"


def test_details_are_text() -> None:
    details = '<span style="color: var(--ansi-color-red);">** (X) &lt;a&gt;</span>\n\x1b[2J'

    assert markup_text(details) == "** (X) <a>\n"


def test_the_digest_is_livebooks() -> None:
    assert digest_of("") == "1B2M2Y8AsgTpgAmY7PhCfg=="
