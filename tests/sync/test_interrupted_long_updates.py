"""A long text that its session has already, while the sync of all the rest didn't come to an end:
what the session saves of that is no work of anybody's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.livebook.live.session import LiveSession
from livebook_ls.settings import Settings
from livebook_ls.standin import Faults, Reply, StandIn
from livebook_ls.standin.editor import Editor
from livebook_ls.sync.disk.notebook_file import Snapshot
from livebook_ls.sync.exchange.outcome import Arrival
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.in_session.long_updates import LongUpdates
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.step_journal import StepEntry, StepJournal
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.notebooks import Notebooks
from tests.support.at_rest import holds, opened, until_one
from tests.support.child import Child
from tests.support.command import PROGRAM, run
from tests.support.waiting import until

PASTED = "\n".join(f"value_{it} = {it * 7}" for it in range(400))
CELLS = """\
# Note

## One

```elixir
one = 1
```

```elixir
two = 2
```
"""
TEXT = CELLS.replace("one = 1", PASTED).replace("two = 2", "two = 22") + "\n## More\n"
HALF = CELLS.replace("one = 1", PASTED)
# So many Livebook may compare.
MOST = 1_000
REFUSED = Faults(reply=Reply.RESET, under="/dev/sync")


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "note.livemd"
    path.write_text(CELLS, encoding="utf-8")
    return path


@pytest.fixture
def in_session(livebook: StandIn, environ: dict[str, str], notebook: Path) -> Path:
    run("open", notebook, environ=environ)
    livebook.save_session(notebook)
    livebook.wait_settled()
    return notebook


async def sync(environ: dict[str, str], path: Path) -> NotebookLink:
    notebooks = Notebooks(Settings(), environ, lambda _: None)
    link = notebooks.link(str(path))
    await notebooks.operations.sync(link)
    await notebooks.close()
    return link


def has(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.fault(
    "ourselves",
    "a command is killed",
    during="a cell has got a very different text, and the rest is yet to be synced",
    shows="in sync, with all of it",
    recovers="by the next sync",
)
@pytest.mark.parametrize("is_saved_over", [False, True])
def test_the_rest_is_synced_by_the_next_command_where_one_is_killed(
    livebook: StandIn, environ: dict[str, str], in_session: Path, *, is_saved_over: bool
) -> None:
    livebook.faults = Faults(reply=Reply.HANG, under="/dev/sync")
    in_session.write_text(TEXT, encoding="utf-8")
    with Child((*PROGRAM, "sync", str(in_session)), env=environ) as command:
        until(lambda: holds(livebook, in_session, HALF))
        command.kill()
    livebook.faults = Faults()
    if is_saved_over:
        livebook.save_session(in_session)
        assert has(in_session) == HALF
    done = run("sync", in_session, environ=environ)
    livebook.wait_settled()

    assert done.returncode == 0
    assert has(in_session) == TEXT
    assert holds(livebook, in_session, TEXT)


def test_it_is_synced_by_the_next_command_where_the_sync_was_not_answered(
    livebook: StandIn, environ: dict[str, str], in_session: Path
) -> None:
    livebook.faults = REFUSED
    in_session.write_text(TEXT, encoding="utf-8")
    assert run("sync", in_session, environ=environ).returncode == 1
    livebook.save_session(in_session)
    assert has(in_session) == HALF
    livebook.faults = Faults()
    done = run("sync", in_session, environ=environ)
    livebook.wait_settled()

    assert done.returncode == 0
    assert has(in_session) == TEXT
    assert holds(livebook, in_session, TEXT)


@pytest.mark.fault(
    "Livebook",
    "it doesn't answer a sync",
    during="a cell has got a very different text, and the session saves that over the file",
    shows="in sync, with all of it",
    recovers="by itself",
)
@pytest.mark.parametrize(
    "faults",
    [REFUSED, pytest.param(Faults(is_off=True), marks=pytest.mark.slow)],
    ids=["reset", "endpoints off"],
)
def test_an_editors_save_is_put_back(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, faults: Faults
) -> None:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    livebook.faults = faults
    editor.save(uri, notebook, TEXT)
    editor.wait_for_state(uri, "failed", "refused")
    livebook.save_session(notebook)
    editor.wait_for(lambda: has(notebook) == TEXT, "the save put back")
    livebook.faults = Faults()

    until_one(editor, livebook, notebook, TEXT)
    editor.wait_for_state(uri, "inSync")


def test_of_several_the_first_is_no_work_of_anybodys_either(
    monkeypatch: pytest.MonkeyPatch, livebook: StandIn, environ: dict[str, str], in_session: Path
) -> None:
    taken: list[str] = []
    replace_source = LiveSession.replace_source

    async def once(session: LiveSession, cell_id: str, text: str) -> bool:
        taken.append(cell_id)
        return len(taken) == 1 and await replace_source(session, cell_id, text)

    both = TEXT.replace("two = 22", PASTED.replace("value", "other"))
    in_session.write_text(both, encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(LiveSession, "replace_source", once)
        assert asyncio.run(sync(environ, in_session)).state is State.REFUSED
    livebook.save_session(in_session)
    assert has(in_session) == HALF
    done = run("sync", in_session, environ=environ)
    livebook.wait_settled()

    assert done.returncode == 0
    assert has(in_session) == both
    assert holds(livebook, in_session, both)


@pytest.mark.slow
def test_by_two_steps_neither_text_between_stays(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    one, two = "## One\n\n```elixir\none = 1\n```", "## Two\n\n```elixir\ntwo = 2\n```"
    notebook.write_text(f"# Note\n\n{one}\n\n{two}\n", encoding="utf-8")
    editor = start_editor(settings={"twoStepSync": "auto"}, program=PROGRAM)
    uri = opened(editor, livebook, notebook)
    text = f"# Note\n\n## Before\n\n{one}\n\n{two}\n".replace("one = 1", PASTED)
    half = f"# Note\n\n{one}\n\n{two}\n".replace("one = 1", PASTED)
    livebook.faults = Faults(reply=Reply.HANG, under="/dev/sync")
    editor.save(uri, notebook, text)
    until(lambda: holds(livebook, notebook, half) and has(notebook) not in (text, half))
    editor.process.kill()
    editor.process.wait()
    livebook.save_session(notebook)
    assert has(notebook) == half
    livebook.faults = Faults()
    again = start_editor(settings={"twoStepSync": "auto"})
    again.open(notebook)

    until_one(again, livebook, notebook, text)


def begun(environ: dict[str, str], path: Path, final: str, half: str) -> StepJournal:
    """As a process has left it that was killed before the session had anything of that."""
    journal = StepJournal(StateFolder(environ))
    entry = StepEntry(
        path=str(path),
        final=final,
        mtime_ns=0,
        halfway=half,
        before=CELLS,
        session_path=None,
        begun_s=0.0,
        is_by_page=True,
    )
    journal.begin(entry)
    path.write_text(final, encoding="utf-8")
    return journal


def test_nothing_is_left_to_be_mended_once_all_of_it_is_there(
    environ: dict[str, str], in_session: Path
) -> None:
    in_session.write_text(TEXT, encoding="utf-8")
    assert run("sync", in_session, environ=environ).returncode == 0
    assert StepJournal(StateFolder(environ)).find(str(in_session)) is None


def test_nor_while_livebook_has_yet_to_write_the_file(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], in_session: Path
) -> None:
    async def is_not_seen(_: Arrival, link: NotebookLink, *__: object) -> bool:
        link.awaits_write_back = True
        return False

    monkeypatch.setattr(Arrival, "settle", is_not_seen)
    in_session.write_text(TEXT, encoding="utf-8")
    asyncio.run(sync(environ, in_session))
    assert StepJournal(StateFolder(environ)).find(str(in_session)) is None


def test_what_the_session_saves_just_before_the_rest_is_sent_is_mended(
    monkeypatch: pytest.MonkeyPatch, livebook: StandIn, environ: dict[str, str], in_session: Path
) -> None:
    saved: list[str] = []
    are_brought = LongUpdates.are_brought

    async def and_saved(
        updates: LongUpdates, link: NotebookLink, found: Snapshot, reading: NotebookText
    ) -> bool:
        is_done = await are_brought(updates, link, found, reading)
        if not saved:
            await asyncio.to_thread(livebook.save_session, in_session)
            saved.append(has(in_session))
        return is_done

    monkeypatch.setattr(LongUpdates, "are_brought", and_saved)
    in_session.write_text(TEXT, encoding="utf-8")
    asyncio.run(sync(environ, in_session))
    livebook.wait_settled()

    assert saved == [HALF]
    assert has(in_session) == TEXT
    assert holds(livebook, in_session, TEXT)


def test_a_first_step_by_the_page_is_not_made_again_by_the_file(
    livebook: StandIn, environ: dict[str, str], in_session: Path
) -> None:
    journal = begun(environ, in_session, TEXT, HALF)
    assert run("sync", in_session, environ=environ).returncode == 0
    livebook.wait_settled()

    assert livebook.most_compared(in_session) < MOST
    assert journal.find(str(in_session)) is None
    assert has(in_session) == TEXT


def test_nor_where_nobody_sees_the_session(
    closed_livebook: StandIn, closed_environ: dict[str, str], notebook: Path
) -> None:
    for command in ("open", "sync"):
        assert run(command, notebook, environ=closed_environ).returncode == 0
    closed_livebook.wait_settled()
    journal = begun(closed_environ, notebook, TEXT, HALF)
    done = run("sync", notebook, environ=closed_environ)
    closed_livebook.wait_settled()

    assert "Livebook would compare them one by one" in done.stderr
    assert closed_livebook.most_compared(notebook) < MOST
    assert journal.find(str(notebook)) is None
    assert has(notebook) == TEXT


def test_to_go_on_by_two_steps_is_asked_for_all_the_same(
    livebook: StandIn, environ: dict[str, str], in_session: Path
) -> None:
    text = TEXT.replace("## One", "## Before\n\n## One")
    begun(environ, in_session, text, HALF)
    done = run("sync", in_session, environ=environ)

    assert done.returncode == 1
    assert "With one sync" in done.stderr
    assert holds(livebook, in_session, CELLS)
