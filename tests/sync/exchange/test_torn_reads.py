"""When a file with less than was saved is what a session wrote that had read half of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from livebook_ls.sync.exchange.torn_reads import is_torn
from livebook_ls.sync.exchange.write_back import Aftermath
from livebook_ls.sync.guarding.guard import digest
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink

ONE = "# Note\n\n## One\n\n```elixir\n1\n```\n"
TWO = f"{ONE}\n```elixir\n2\n```\n"
OUTPUT = f'{ONE}\n<!-- livebook:{{"output":true}} -->\n\n```\n1\n```\n'
# A sync puts no section above the first that the session has.
ABOVE = TWO.replace("## One", "## Above\n\n```elixir\n0\n```\n\n## One")


class Thinking:
    """A `Talk` that thinks here and now."""

    async def think(self, work: Callable[[], Any]) -> Any:
        return work()


def torn(saved: str, found: str, held: str | None, aftermath: Aftermath, agreed: str = "") -> bool:
    link = NotebookLink("/n.livemd", lambda _: None)
    link.held = None if held is None else NotebookText(held)
    link.consent.once = digest(agreed)
    talk: Any = Thinking()
    return asyncio.run(is_torn(talk, link, NotebookText(saved), NotebookText(found), aftermath))


@pytest.mark.parametrize("held", [None, ONE, TWO], ids=["unknown", "less", "the same"])
def test_livebooks_form_of_less_than_was_saved_is_torn(held: str | None) -> None:
    assert torn(TWO, ONE, held, Aftermath.CHANGED)


def test_an_earlier_text_over_the_save_is_torn() -> None:
    assert torn(TWO, ONE, TWO, Aftermath.OVERWRITTEN)


@pytest.mark.parametrize(
    ("saved", "found", "held"),
    [
        pytest.param(TWO, ONE.replace("# Note\n\n", "# Note\n"), TWO, id="not in Livebook's form"),
        pytest.param(OUTPUT, ONE, ONE, id="without outputs alone"),
        pytest.param(ABOVE, TWO, TWO, id="what a sync comes to"),
        pytest.param(TWO, "\0" * len(TWO), TWO, id="nothing but NULs, which it never writes"),
    ],
)
def test_other_changes_are_not(saved: str, found: str, held: str) -> None:
    assert not torn(saved, found, held, Aftermath.CHANGED)


def test_what_was_agreed_to_and_what_is_the_same_are_not() -> None:
    assert not torn(TWO, ONE, TWO, Aftermath.CHANGED, agreed=TWO)
    assert not torn(TWO, TWO, TWO, Aftermath.SAME)
