"""When a file with less than was saved is what a session wrote that had read half of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from livebook_ls.sync.exchange.torn_reads import Judged, judge
from livebook_ls.sync.exchange.write_back import Aftermath
from livebook_ls.sync.guarding.guard import digest
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink

ONE = "# Note\n\n## One\n\n```elixir\n1\n```\n"
TWO = f"{ONE}\n```elixir\n2\n```\n"
OUTPUT = f'{ONE}\n<!-- livebook:{{"output":true}} -->\n\n```\n1\n```\n'
# A sync puts no section above the first that the session has.
ABOVE = TWO.replace("## One", "## Above\n\n```elixir\n0\n```\n\n## One")


@dataclass
class Thinking:
    """A `Talk` that thinks here and now, to a Livebook that shows a session, where it does."""

    session: str | None = None

    async def think(self, work: Callable[[], Any]) -> Any:
        return work()

    async def session_text(self, _: NotebookLink) -> NotebookText | None:
        return None if self.session is None else NotebookText(self.session)


def judged(
    saved: str,
    found: str,
    held: str | None,
    aftermath: Aftermath = Aftermath.CHANGED,
    agreed: str = "",
    session: str | None = None,
) -> Judged:
    link = NotebookLink("/n.livemd", lambda _: None)
    link.held = None if held is None else NotebookText(held)
    link.consent.once = digest(agreed)
    talk: Any = Thinking(session)
    return asyncio.run(judge(talk, link, NotebookText(saved), NotebookText(found), aftermath))


@pytest.mark.parametrize("held", [None, ONE, TWO], ids=["unknown", "less", "the same"])
@pytest.mark.parametrize("session", [None, ONE], ids=["hidden", "shown"])
def test_livebooks_form_of_less_than_was_saved_is_torn(
    held: str | None, session: str | None
) -> None:
    assert judged(TWO, ONE, held, session=session) == Judged(Aftermath.CHANGED, is_torn=True)


def test_an_earlier_text_over_the_save_is_torn() -> None:
    assert judged(TWO, ONE, TWO, Aftermath.OVERWRITTEN).is_torn


def test_less_than_was_saved_is_somebody_elses_where_the_session_has_all_of_it() -> None:
    assert judged(TWO, ONE, TWO, session=TWO) == Judged(Aftermath.CHANGED, is_others=True)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(ONE.replace("# Note\n\n", "# Note\n"), id="not in Livebook's form"),
        pytest.param("\0" * len(TWO), id="nothing but NULs, which it never writes"),
    ],
)
def test_what_livebook_never_writes_is_somebody_elses(found: str) -> None:
    assert judged(TWO, found, TWO) == Judged(Aftermath.CHANGED, is_others=True)


@pytest.mark.parametrize(
    ("saved", "found", "held"),
    [
        pytest.param(OUTPUT, ONE, ONE, id="without outputs alone"),
        pytest.param(OUTPUT, ONE, None, id="without outputs alone, of an unknown session"),
        pytest.param(ABOVE, TWO, TWO, id="what a sync comes to"),
    ],
)
@pytest.mark.parametrize("is_shown", [False, True])
def test_what_livebook_makes_of_what_was_saved_is_neither(
    saved: str, found: str, held: str | None, *, is_shown: bool
) -> None:
    session = found if is_shown else None
    assert judged(saved, found, held, session=session) == Judged(Aftermath.CHANGED)


def test_what_was_agreed_to_and_what_is_the_same_are_neither() -> None:
    assert judged(TWO, ONE, TWO, agreed=TWO) == Judged(Aftermath.CHANGED)
    assert judged(TWO, TWO, TWO, Aftermath.SAME) == Judged(Aftermath.SAME)
