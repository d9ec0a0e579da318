"""Livebook's form of a text, or what is said where there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from livebook_ls.sync.canonical.before_save import Form, canonical_form, lossy_form_from
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling.findings import FindingSeverity

BODY = "# N\n\n## S\n\nWords.\n"


def stamped(body: str, token: str) -> str:
    return (
        f'{body}\n<!-- livebook:{{"offset":{len(body)},"stamp":{{"token":"{token}",'
        '"version":1}} -->\n'
    )


class Signing:
    """The talk with a Livebook that knows one stamp, and writes every text as it is."""

    def __init__(self, known: str = "") -> None:
        self._known = known

    async def think(self, work: Callable[[], Any], _: object = None) -> Any:
        return work()

    async def parser_for(self, *_: object) -> None:
        return None

    async def restamp(self, _: NotebookLink, old: str, new: str, *_more: object) -> str | None:
        if not NotebookText(old).has_stamp:
            return new
        return stamped(NotebookText(new).body, "new") if self._known in old else None


@pytest.fixture
def link() -> NotebookLink:
    return NotebookLink("/n.livemd", lambda _: None)


def test_a_text_that_its_form_would_lose_is_named_and_not_said_to_be_held_back(
    link: NotebookLink,
) -> None:
    talk: Any = Signing()
    form = asyncio.run(canonical_form(talk, link, f"{BODY}\n[a]: http://a\n", 1.0))

    assert form.text is None
    assert form.why_not is not None
    assert form.why_not.code == "link-definition"
    assert form.why_not.severity is FindingSeverity.WARNING
    assert "held back" not in form.why_not.sentence


@pytest.mark.parametrize("known", ["old", "another"])
def test_a_form_that_may_lose_words_says_where_no_stamp_is_valid(
    link: NotebookLink, known: str
) -> None:
    talk: Any = Signing(known)
    old, text = stamped(BODY, "old"), f"{BODY}\nMore.\n"
    form: Form = asyncio.run(lossy_form_from(talk, link, text, old))

    assert (form.text is not None) is (known == "old")
    assert (form.why_not.code if form.why_not else None) == (
        None if known == "old" else "stamp-stale"
    )


@pytest.mark.parametrize("is_known", [True, False])
def test_of_a_notebook_whose_file_nobody_knows_the_last_valid_stamp_counts(
    link: NotebookLink, *, is_known: bool
) -> None:
    link.path = ""
    link.stamped, on_disk = stamped(BODY, "valid"), stamped(BODY, "on disk")
    if is_known:
        link.known = notebook_file.Snapshot.of(on_disk, notebook_file.Version(1, 1, 1))
    sources = asyncio.run(Talk(Mock(), Mock()).stamped_sources(link))

    assert sources == [link.stamped, *([on_disk] if is_known else [])]
