"""A session that rests is looked at then; a save asks for what it holds only where that may have
changed since.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.livebook.connection import Connection
from livebook_ls.settings import Settings
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.sessions.session import Timing
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.sync.session_looks import SessionLooks
from tests.conftest import CANONICAL, clean_environ
from tests.sync.test_browser_saves import holds, opened, saved

TWO = CANONICAL + "\n## Other\n\nWords.\n\n```elixir\n2\n```\n"
MOVED = TWO.replace(
    "## Other\n\nWords.\n\n```elixir\n2\n```", "## Other\n\n```elixir\n2\n```\n\nWords."
)


@pytest.fixture
def livebook() -> Iterator[StandIn]:
    # By itself it would save in ten minutes.
    with StandIn(StandInSettings(timing=Timing(autosave_s=600, save_s=0.005))) as stand_in:
        yield stand_in


def connected(livebook: StandIn) -> Connection:
    return Connection(Settings(), clean_environ() | {"LIVEBOOK_URL": livebook.url})


def asked(livebook: StandIn) -> list[str]:
    """What was asked of Livebook, by the last words of addresses."""
    return [it.target.rpartition("/")[2] for it in livebook.requests]


async def rested(notebooks: Notebooks, path: Path) -> None:
    """Return once the session is known to hold what it held when it was looked at."""
    await notebooks.idle(str(path))
    looks, link = notebooks._talk.looks, notebooks.links[str(path)]

    while looks.at_rest(link) is None:  # noqa: ASYNC110 — of other tasks' making
        await asyncio.sleep(0.01)


async def resting(path: Path, livebook: StandIn) -> Notebooks:
    """A notebook that was synced once, with its session at rest."""
    notebooks = await opened(path, livebook)
    saved(notebooks, path, TWO.replace("1 + 1", "1 + 2"))
    await holds(livebook, path, "1 + 2")
    await rested(notebooks, path)
    livebook.clear_requests()
    return notebooks


def test_a_save_waits_for_no_look_at_a_session_that_rests(
    livebook: StandIn, notebook: Path
) -> None:
    async def act() -> None:
        notebooks = await resting(notebook, livebook)
        saved(notebooks, notebook, TWO.replace("1 + 1", "1 + 3"))
        await holds(livebook, notebook, "1 + 3")

        assert asked(livebook)[0] == "sync"
        await rested(notebooks, notebook)
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))


def test_of_a_save_that_livebook_has_written_back_it_is_asked_only_what_it_holds(
    livebook: StandIn, notebook: Path
) -> None:
    async def act() -> None:
        notebooks = await resting(notebook, livebook)
        saved(notebooks, notebook, TWO.replace("1 + 1", "1 + 3"))
        await holds(livebook, notebook, "1 + 3")
        await rested(notebooks, notebook)
        await notebooks.close()

        assert asked(livebook) == ["sync", "livemd"]

    asyncio.run(asyncio.wait_for(act(), 60))


def test_a_session_that_was_not_seen_to_tell_of_unsaved_edits_is_looked_at(
    livebook: StandIn, notebook: Path
) -> None:
    async def act() -> None:
        notebooks = await opened(notebook, livebook)
        livebook.clear_requests()
        saved(notebooks, notebook, CANONICAL.replace("1 + 1", "1 + 2"))
        await holds(livebook, notebook, "1 + 2")

        assert asked(livebook).index("livemd") < asked(livebook).index("sync")
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("is_typed", "change", "word"),
    [
        (True, lambda it: it.replace("Words.", "Words, and typed."), "and typed"),
        (False, lambda it: it.replace("Words.", "Words, and typed."), "and typed"),
        # Of these the page tells nothing but that there is something to save.
        (False, lambda it: '<!-- livebook:{"persist_outputs":true} -->\n\n' + it, "persist"),
        (False, lambda it: it.replace(TWO[-40:], MOVED[-40:]), "```\n\nWords."),
    ],
    ids=["typed", "told as of a sync", "a setting", "moved"],
)
def test_what_people_did_in_the_browser_since_is_seen(
    livebook: StandIn,
    notebook: Path,
    is_typed: bool,
    change: Callable[[str], str],
    word: str,
) -> None:
    async def act() -> None:
        notebooks = await resting(notebook, livebook)
        held = TWO.replace("1 + 1", "1 + 2")
        livebook.edit_session(notebook, change(held), is_typed=is_typed)
        saved(notebooks, notebook, TWO.replace("1 + 1", "1 + 3"))
        await holds(livebook, notebook, "1 + 3", word)

        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))


@pytest.mark.parametrize("is_told", [False, True])
def test_a_look_counts_only_while_nothing_happens(
    livebook: StandIn, notebook: Path, is_told: bool
) -> None:
    async def act() -> None:
        moments: Iterator[Hashable] = iter(["first", "second" if is_told else "first", "first"])
        link = NotebookLink(str(notebook), lambda _: None)
        with ThreadPoolExecutor(1) as threads, closing(connected(livebook)) as connection:
            talk = Talk(connection, threads, lambda _: next(moments))
            await talk.learn_session(link)
            talk.looks._seen.pop(link, None)
            seen = await talk.looks._look(link, 5.0)

        assert (talk.looks.at_rest(link) is seen) is not is_told

    asyncio.run(asyncio.wait_for(act(), 60))


def test_what_was_seen_is_forgotten_with_the_next_sync(livebook: StandIn, notebook: Path) -> None:
    async def act() -> None:
        link = NotebookLink(str(notebook), lambda _: None)
        with ThreadPoolExecutor(1) as threads, closing(connected(livebook)) as connection:
            talk = Talk(connection, threads, lambda _: "the same moment")
            await talk.learn_session(link)
            assert await talk.session_text(link) is not None
            assert talk.looks.at_rest(link) is not None
            assert await talk.ask_session(link)
            assert talk.looks.at_rest(link) is None
            assert await talk.session_text(link) is not None
            assert await talk.is_alive(link)

            assert talk.looks.at_rest(link) is None

    asyncio.run(asyncio.wait_for(act(), 60))


def test_a_section_that_was_just_given_is_seen_before_the_page_tells_of_it(
    livebook: StandIn, notebook: Path
) -> None:
    async def act() -> None:
        link = NotebookLink(str(notebook), lambda _: None)
        with ThreadPoolExecutor(1) as threads, closing(connected(livebook)) as connection:
            talk = Talk(connection, threads, lambda _: "what the page told last")
            await talk.learn_session(link)
            livebook.edit_session(notebook, "# Note\n")
            bare = await talk.session_text(link)
            talk.look_ahead(link)
            assert await talk.append_section(link)
            seen = await talk.session_text(link)

        assert bare is not None
        assert not bare.notebook.sections
        assert seen is not None
        assert seen.notebook.sections

    asyncio.run(asyncio.wait_for(act(), 60))


def test_what_was_looked_at_ahead_of_a_sync_is_not_what_the_session_holds_after_it(
    notebook: Path,
) -> None:
    link = NotebookLink(str(notebook), lambda _: None)
    link.session_path = "/sessions/a"
    texts = iter(["# Before\n", "# After\n"])

    async def answer(*_: object) -> tuple[str, bool]:
        return next(texts), False

    async def act() -> str:
        looks = SessionLooks(answer, lambda _: None)  # type: ignore[arg-type]
        looks.begin(link)
        await asyncio.sleep(0)
        looks.forget(link)
        seen = await looks.text(link)
        return seen.text if seen else ""

    assert asyncio.run(act()) == "# After\n"


def test_a_look_that_was_under_way_as_a_sync_was_made_tells_nothing_of_what_came_of_that(
    notebook: Path,
) -> None:
    link = NotebookLink(str(notebook), lambda _: None)
    link.session_path = "/sessions/a"

    async def slow_answer(*_: object) -> tuple[str, bool]:
        looks.forget(link)
        return CANONICAL, False

    looks = SessionLooks(slow_answer, lambda _: "what Livebook told last")  # type: ignore[arg-type]
    seen = asyncio.run(looks.text(link))

    assert seen is not None
    assert seen.text == CANONICAL
    assert looks.at_rest(link) is None


def test_a_look_that_the_end_of_the_server_cuts_short_is_no_failure() -> None:
    told: list[dict[str, Any]] = []

    async def never(*_: Any, **_more: Any) -> Any:
        await asyncio.Event().wait()

    async def act() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        link = NotebookLink("/n.livemd", lambda _: None)
        link.session_path = "/sessions/1"
        SessionLooks(never, lambda _: None).begin(link)
        await asyncio.sleep(0)

    asyncio.run(act())

    assert told == []
