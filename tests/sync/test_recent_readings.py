"""Of texts that were read long ago what they were read as takes no room any more."""

from __future__ import annotations

import pytest

from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.markdown.parser_version import RELEASED, ParserVersion
from livebook_ls.notebook.source import Source
from livebook_ls.sync.guarding import notebook_text
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.recent_readings import RecentReadings
from tests.conftest import CANONICAL

MANY = 60


@pytest.fixture(autouse=True)
def recent(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is room for twenty texts."""
    monkeypatch.setattr(notebook_text, "_recent", RecentReadings(20 * len(numbered(0))))


def numbered(number: int) -> str:
    return f"{CANONICAL}\nText {number:02}.\n"


def read(text: NotebookText) -> NotebookText:
    _ = text.notebook, text.hazards, text.cells
    return text


def is_read(text: NotebookText) -> bool:
    return not {"document", "notebook", "cells"}.isdisjoint(vars(text))


def test_what_was_read_last_stays() -> None:
    texts = [read(NotebookText(numbered(it))) for it in range(MANY)]

    left = [is_read(it) for it in texts]

    assert not any(left[: MANY - 20])
    assert all(left[-8:])


def test_what_is_read_again_counts_anew() -> None:
    texts = [read(NotebookText(numbered(it))) for it in range(MANY)]
    read(texts[0])

    texts += [read(NotebookText(numbered(it))) for it in range(5)]

    assert is_read(texts[0])


@pytest.mark.slow
def test_however_long_they_are_the_last_few_stay() -> None:
    texts = [read(NotebookText(numbered(it) * 20)) for it in range(MANY)]

    assert [is_read(it) for it in texts[-9:]] == [False, *[True] * 8]


def test_nobody_is_kept_alive_and_those_that_are_gone_take_no_room() -> None:
    stays = read(NotebookText(numbered(0)))
    for number in range(MANY):
        read(NotebookText(numbered(number)))

    assert is_read(stays)


@pytest.mark.parametrize("parser", [None, RELEASED])
def test_a_text_means_the_same_once_it_has_forgotten(parser: ParserVersion | None) -> None:
    text = numbered(1)
    forgetful = read(NotebookText(text, parser, Draft(Source(text))))
    others = [read(NotebookText(numbered(it))) for it in range(MANY)]
    fresh = NotebookText(text, parser)

    assert not is_read(forgetful)
    assert forgetful.notebook == fresh.notebook
    assert forgetful.cells == fresh.cells
    assert (forgetful.hazards, forgetful.canonical) == (fresh.hazards, fresh.canonical)
    assert not forgetful.gone_in(fresh)
    assert len(others) == MANY
