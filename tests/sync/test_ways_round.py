"""A session that has lost all its sections is given one, which is no work of people's then."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast
from unittest import mock

import pytest

from livebook_ls.sync.exchange.ways_round import WaysRound
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.merging.session_edits import is_edited

READING = NotebookText("# T\n\n## One\n\ntext\n")
WIPED = NotebookText("# Untitled notebook\n")
FILLED = NotebookText("# Untitled notebook\n\n## Section\n")


@pytest.mark.parametrize("is_done", [True, False], ids=["done", "done without a word"])
def test_it_is_known_where_livebook_shows_it_too_late(tmp_path: Path, *, is_done: bool) -> None:
    link = NotebookLink(str(tmp_path / "n.livemd"), lambda _: None)
    link.held = WIPED
    link.lineage.start_from(READING)
    talk: Any = mock.Mock()
    talk.append_section = mock.AsyncMock(return_value=is_done)
    talk.session_text = mock.AsyncMock(return_value=None)
    may = mock.AsyncMock(return_value=True)
    ways = WaysRound(talk, cast(Any, mock.Mock()), may, may)
    is_given = asyncio.run(ways.is_given_section(link, READING))

    assert is_given is is_done
    assert link.lineage.base is not None
    assert not is_edited(link.lineage.base, FILLED)
