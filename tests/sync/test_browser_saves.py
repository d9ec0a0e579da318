"""What people type in the browser is in the file at once, where its session is joined."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from livebook_ls import clock
from livebook_ls.livebook.live.session import LiveSession
from livebook_ls.settings import MergeMode, OpenOnDidOpen, Settings
from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.sessions.hold_points import HoldPoint
from livebook_ls.standin.sessions.session import Timing
from livebook_ls.sync.background.browser_saves import BrowserSaves
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange import torn_reads, write_back
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.notebooks import Notebooks
from tests.conftest import CANONICAL, clean_environ
from tests.support.turned_clock import TurnedClock

IN_BROWSER = CANONICAL.replace("1 + 1", "1 + 1\n# typed_in_the_browser")
NOT_BY_ITSELF = '<!-- livebook:{"autosave_interval_s":null} -->\n\n'
ALWAYS = Settings(open_on_did_open=OpenOnDidOpen.ALWAYS)
NEVER = Settings(open_on_did_open=OpenOnDidOpen.ALWAYS, merge=MergeMode.NEVER)


@pytest.fixture
def livebook() -> Iterator[StandIn]:
    # By itself it would save in ten minutes.
    with StandIn(StandInSettings(timing=Timing(autosave_s=600, save_s=0.005))) as stand_in:
        yield stand_in


async def opened(
    path: Path,
    livebook: StandIn,
    settings: Settings = ALWAYS,
    on_change: Callable[[NotebookLink], None] = lambda _: None,
) -> Notebooks:
    """A notebook's session, opened and joined."""
    environ = clean_environ() | {"LIVEBOOK_URL": livebook.url}
    notebooks = Notebooks(settings, environ, on_change)
    link = notebooks.did_open(str(path))
    await notebooks.idle(str(path))
    assert await notebooks.live.is_joined(link)
    return notebooks


async def has_typed(path: Path) -> None:
    """Return once the file has what was typed."""

    def has() -> bool:
        return "typed_in_the_browser" in path.read_text(encoding="utf-8")

    while not await asyncio.to_thread(has):  # noqa: ASYNC110 — of no event loop's making
        await asyncio.sleep(0.02)


def syncs(livebook: StandIn) -> int:
    return sum(it.target.startswith("/dev/sync") for it in livebook.requests)


@pytest.fixture
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody types in every session without a pause."""
    monkeypatch.setattr(LiveSession, "typed_s", property(lambda _: clock.monotonic_s()))


def saved(notebooks: Notebooks, path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    notebooks.did_save(str(path), text)
    return text


async def holds(livebook: StandIn, path: Path, *words: str) -> None:
    """Return once session and file have these words."""

    def hold() -> bool:
        session, text = livebook.session(path), path.read_text(encoding="utf-8")
        return session is not None and all(it in session.text and it in text for it in words)

    while not await asyncio.to_thread(hold):  # noqa: ASYNC110 — of no event loop's making
        await asyncio.sleep(0.02)


@pytest.mark.slow
@pytest.mark.usefixtures("restless")
def test_saves_reach_a_session_in_which_somebody_types_though_they_come_again_and_again(
    livebook: StandIn, notebook: Path
) -> None:
    async def act() -> None:
        notebooks = await opened(notebook, livebook)
        before = syncs(livebook)
        for number in range(8):
            saved(notebooks, notebook, f"{CANONICAL}\nmine{number}\n")
            await asyncio.sleep(0.6)
        assert syncs(livebook) > before
        await holds(livebook, notebook, "mine7")
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))


@pytest.mark.slow
@pytest.mark.usefixtures("restless")
@pytest.mark.parametrize("is_closed", [False, True])
def test_a_save_is_not_lost_to_livebooks_own_while_somebody_types(
    livebook: StandIn, notebook: Path, *, is_closed: bool
) -> None:
    async def act() -> None:
        notebooks = await opened(notebook, livebook)
        saved(notebooks, notebook, f"{CANONICAL}\nmine\n")
        if is_closed:
            notebooks.did_close(str(notebook))
        livebook.edit_session(notebook, IN_BROWSER, is_typed=True)
        await asyncio.to_thread(livebook.save_session, notebook)
        livebook.edit_session(notebook, IN_BROWSER.replace("_the", "_the_other"), is_typed=True)
        await holds(livebook, notebook, "mine", "typed_in_the_other_browser")
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))


@pytest.mark.slow
@pytest.mark.usefixtures("restless")
def test_a_save_goes_back_also_where_livebook_has_just_saved_once_more(
    livebook: StandIn, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    further = IN_BROWSER.replace("_browser", "_browser_and_on")
    put_back, is_first = notebook_file.put_back, iter([True])
    told: set[str] = set()

    def later(*arguments: Any) -> bool:
        if next(is_first, False):
            livebook.edit_session(notebook, further, is_typed=True)
            livebook.save_session(notebook)
        return put_back(*arguments)

    def note(link: NotebookLink) -> None:
        told.update(it.code for it in link.findings)

    async def act() -> None:
        notebooks = await opened(notebook, livebook, on_change=note)
        saved(notebooks, notebook, f"{CANONICAL}\nmine\n")
        monkeypatch.setattr(notebook_file, "put_back", later)
        livebook.edit_session(notebook, IN_BROWSER, is_typed=True)
        await asyncio.to_thread(livebook.save_session, notebook)
        await holds(livebook, notebook, "mine", "typed_in_the_browser_and_on")
        assert next(is_first, None) is None
        assert "save-overwritten" not in told
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))


@pytest.mark.slow
@pytest.mark.usefixtures("restless")
def test_who_took_over_what_lay_over_his_save_and_types_on_deletes_nothing_of_it(
    livebook: StandIn, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back, taken = notebook_file.put_back, list[str]()

    async def act() -> None:
        notebooks = await opened(notebook, livebook)

        def later(path: str, found: notebook_file.Snapshot, *rest: Any) -> bool:
            if not taken and found.text and "typed_in_the_browser" in found.text:
                for text in (found.text, f"{found.text}\nthen\n"):
                    notebooks.editor_has(str(notebook), text)
                    taken.append(text)
            return put_back(path, found, *rest)

        saved(notebooks, notebook, f"{CANONICAL}\nmine\n")
        monkeypatch.setattr(notebook_file, "put_back", later)
        livebook.edit_session(notebook, IN_BROWSER, is_typed=True)
        await asyncio.to_thread(livebook.save_session, notebook)
        await holds(livebook, notebook, "mine", "typed_in_the_browser")
        saved(notebooks, notebook, taken[-1])
        await notebooks.idle(str(notebook))
        await holds(livebook, notebook, "mine", "typed_in_the_browser", "then")
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))


@pytest.mark.usefixtures("restless")
def test_a_server_that_ends_sends_what_was_saved_though_somebody_types(
    livebook: StandIn, notebook: Path
) -> None:
    async def act() -> None:
        notebooks = await opened(notebook, livebook)
        saved(notebooks, notebook, f"{CANONICAL}\nmine\n")
        await notebooks.close()
        await holds(livebook, notebook, "mine")

    asyncio.run(asyncio.wait_for(act(), 60))


def test_what_is_typed_in_the_browser_is_in_the_file_before_livebook_saves_by_itself(
    livebook: StandIn, notebook: Path
) -> None:
    async def edit() -> None:
        notebooks = await opened(notebook, livebook)
        before = syncs(livebook)
        livebook.edit_session(notebook, IN_BROWSER, is_typed=True)
        await has_typed(notebook)
        await notebooks.close()
        # Livebook has written it, and was told to read nothing.
        assert syncs(livebook) == before

    asyncio.run(asyncio.wait_for(edit(), 60))


@pytest.mark.parametrize(
    ("text", "settings"),
    [(CANONICAL, NEVER), (NOT_BY_ITSELF + CANONICAL, ALWAYS)],
    ids=["never merged", "never saves itself"],
)
def test_who_wants_no_merge_and_what_does_not_save_itself_is_left_alone(
    livebook: StandIn, notebook: Path, text: str, settings: Settings
) -> None:
    notebook.write_text(text, encoding="utf-8")
    other = notebook.with_name("other.livemd")
    other.write_text(CANONICAL, encoding="utf-8")

    async def edit() -> None:
        both = [await opened(notebook, livebook, settings), await opened(other, livebook)]
        livebook.edit_session(notebook, text.replace("1 + 1", "2 + 2"), is_typed=True)
        livebook.edit_session(other, IN_BROWSER, is_typed=True)
        await has_typed(other)
        for it in both:
            await it.close()

    asyncio.run(asyncio.wait_for(edit(), 60))
    assert notebook.read_text(encoding="utf-8") == text


def test_what_is_typed_while_livebook_writes_is_in_the_file_all_the_same(
    livebook: StandIn, notebook: Path
) -> None:
    async def edit() -> None:
        notebooks = await opened(notebook, livebook)
        with livebook.holding(HoldPoint.SAVE) as wait_for:
            livebook.edit_session(notebook, CANONICAL.replace("1 + 1", "3 + 3"), is_typed=True)
            await asyncio.to_thread(wait_for, 1)
            # Livebook takes this for written, too.
            typing = asyncio.create_task(
                asyncio.to_thread(livebook.edit_session, notebook, IN_BROWSER, is_typed=True)
            )
            session = await notebooks.live.joined(notebooks.links[str(notebook)])
            assert await session.wait_until(
                lambda held: any("typed_in_the_browser" in it.source for it in held.cells), 30
            )
        await typing
        await has_typed(notebook)
        await notebooks.close()

    asyncio.run(asyncio.wait_for(edit(), 60))


def test_a_session_that_could_not_be_joined_is_joined_another_time(
    livebook: StandIn, notebook: Path
) -> None:
    async def act() -> None:
        environ = clean_environ() | {"LIVEBOOK_URL": livebook.url}
        notebooks = Notebooks(ALWAYS, environ, lambda _: None)
        link = notebooks.did_open(str(notebook))
        await notebooks.idle(str(notebook))
        livebook.faults = Faults(is_join_stale=True)
        assert not await notebooks.live.is_joined(link)
        livebook.faults = Faults()
        assert await notebooks.live.is_joined(link)
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))


@pytest.mark.slow
@pytest.mark.parametrize("is_told", ["as it is judged", "a moment later"])
def test_a_save_that_comes_as_the_one_before_settles_is_not_livebooks_writing(
    livebook: StandIn, notebook: Path, monkeypatch: pytest.MonkeyPatch, is_told: str
) -> None:
    written, judge = write_back.write_back, torn_reads.judge
    mine = CANONICAL.replace("# Note", "# Note of mine")
    merged = IN_BROWSER.replace("# Note", "# Note of mine")
    then = merged.replace("1 + 1", "1 + 11")
    writes, judged = iter([True]), list[str]()
    told: set[str] = set()

    def note(link: NotebookLink) -> None:
        told.update(it.code for it in link.findings)

    def write() -> None:
        """As an editor does that has just taken over what was merged."""
        livebook.wait_settled()
        assert notebook.read_text(encoding="utf-8") == merged
        notebook.write_text(then, encoding="utf-8")

    async def act() -> None:
        notebooks = await opened(notebook, livebook, on_change=note)

        async def later(*arguments: Any) -> Any:
            if next(writes, False):
                await asyncio.to_thread(write)
                notebooks.editor_has(str(notebook), merged)
            return await written(*arguments)

        async def while_judged(*arguments: Any) -> torn_reads.Judged:
            if not judged:
                judged.append(arguments[3].text)
                delay_s = 0.0 if is_told == "as it is judged" else 0.05
                loop = asyncio.get_running_loop()
                loop.call_later(delay_s, notebooks.did_save, str(notebook), then)
                # What is due at once comes before the judgement.
                await asyncio.sleep(0)
            return await judge(*arguments)

        monkeypatch.setattr(write_back, "write_back", later)
        monkeypatch.setattr(torn_reads, "judge", while_judged)
        livebook.edit_session(notebook, IN_BROWSER, is_typed=True)
        saved(notebooks, notebook, mine)
        await holds(livebook, notebook, "1 + 11", "of mine", "typed_in_the_browser")
        await notebooks.idle(str(notebook))
        assert judged == [then]
        assert told <= {"merged"}
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 20))


class PausedSession:
    """A joined session in which somebody has just typed."""

    def __init__(self) -> None:
        self.typed_s = clock.monotonic_s()
        self.saves = 0

    async def save(self) -> None:
        self.saves += 1


@pytest.mark.parametrize("is_written", [False, True])
def test_livebook_is_not_asked_to_save_over_what_was_just_written(
    notebook: Path, is_written: bool
) -> None:
    session = PausedSession()
    live = cast(Any, SimpleNamespace(of=lambda _: session))

    async def act() -> None:
        link = NotebookLink(str(notebook), lambda _: None)
        link.held = NotebookText(CANONICAL)
        link.version = notebook_file.version(str(notebook))
        link.enter(State.IN_SYNC)
        if is_written:
            # Another editor has saved, of which nobody has heard yet.
            await asyncio.to_thread(notebook.write_text, IN_BROWSER, encoding="utf-8")
        saves = BrowserSaves(live, Settings, lambda _: False, lambda _: None)
        saves.notice(link)
        await asyncio.gather(*saves._tasks.values())

    asyncio.run(asyncio.wait_for(act(), 60))

    assert session.saves == (0 if is_written else 1)


def test_livebook_is_not_asked_to_save_while_the_notebook_is_synced(notebook: Path) -> None:
    busy = {str(notebook)}

    async def act() -> None:
        link = NotebookLink(str(notebook), lambda _: None)
        link.held = NotebookText(CANONICAL)
        link.version = notebook_file.version(str(notebook))
        link.enter(State.IN_SYNC)
        turned = TurnedClock()
        with clock.using(turned):
            session = PausedSession()
            live = cast(Any, SimpleNamespace(of=lambda _: session))
            saves = BrowserSaves(live, Settings, lambda it: it.path in busy, lambda _: None)
            try:
                saves.notice(link)
                await turned.advance(5.0)
                assert session.saves == 0
                busy.clear()
                await turned.advance(5.0)
                assert session.saves == 1
            finally:
                saves.stop()

    asyncio.run(act())
