"""Progress is for people: on their terminal, and nowhere else."""

from __future__ import annotations

import contextlib
import io

from livebook_ls.cli.many.progress import following, progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_shown_where_nobody_looks() -> None:
    told = io.StringIO()
    with contextlib.redirect_stderr(told):
        assert list(following("abc", 3)) == ["a", "b", "c"]

    assert told.getvalue() == ""


def test_on_a_terminal_all_items_come_and_the_bar_goes_with_the_last() -> None:
    told = Terminal()
    with contextlib.redirect_stderr(told):
        assert list(following("abc", 3)) == ["a", "b", "c"]
        with progress(2) as shown:
            shown.step(2)
            shown.make_room()

    assert told.getvalue().replace("\r", "").strip() == ""
