"""A save that Livebook writes over is put back before anybody goes on from what that left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from livebook_ls import clock
from livebook_ls.livebook.connection import Connection
from livebook_ls.settings import Settings
from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange.lost_texts import LostTexts
from livebook_ls.sync.exchange.overwritten_save import ProtectedSave, put_back
from livebook_ls.sync.exchange.write_back import WriteBack, write_back
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.turns import Turns
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.notebooks import Notebooks
from tests.conftest import CANONICAL
from tests.support.at_rest import opened, until_one
from tests.support.turned_clock import TurnedClock

SENT = f"{CANONICAL}\nsent\n"
SAVED = f"{SENT}\nsaved\n"
LATER = f"{SAVED}\nlater\n"
OTHER = f"{SENT}\nsaved\n\nother\n"


def test_it_is_put_back_while_another_of_ours_still_has_the_turn(
    start_editor: Callable[..., Editor], environ: dict[str, str], notebook: Path
) -> None:
    folder = StateFolder(environ)
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")

    async def act() -> None:
        async with Turns(folder).taken(str(notebook)):
            KeptTexts(folder).keep(str(notebook), SENT, VersionOrigin.SAVED)
            editor.save(uri, notebook, SAVED)
            notebook.write_text(SENT, encoding="utf-8")  # noqa: ASYNC240 — a small file
            editor.wait_for(lambda: notebook.read_text(encoding="utf-8") == SAVED, "the save")

    asyncio.run(act())


def test_what_others_wrote_over_it_stays_though_it_was_opened_in_livebook_meanwhile(
    livebook: StandIn, environ: dict[str, str], notebook: Path
) -> None:
    async def act() -> None:
        notebooks = Notebooks(Settings(), environ, lambda _: None)
        link = notebooks.did_open(str(notebook), CANONICAL)
        await notebooks.idle(str(notebook))
        async with Turns(StateFolder(environ)).taken(str(notebook)):
            opening = asyncio.create_task(notebooks.open(str(notebook)))
            await asyncio.sleep(0)
            notebook.write_text(SAVED, encoding="utf-8")  # noqa: ASYNC240 — a small file
            notebooks.did_save(str(notebook), SAVED)
            notebook.write_text(OTHER, encoding="utf-8")  # noqa: ASYNC240
        await opening
        await notebooks.idle(str(notebook))
        session = livebook.session(notebook)

        assert notebook.read_text(encoding="utf-8") == OTHER  # noqa: ASYNC240
        assert session is not None
        assert session.text == OTHER
        assert link.state is State.IN_SYNC
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))


def having_kept(environ: dict[str, str], path: Path, *texts: str) -> KeptTexts:
    kept = KeptTexts(StateFolder(environ))
    for text in texts:
        kept.keep(str(path), text, VersionOrigin.SAVED)
    return kept


@pytest.mark.parametrize(
    ("found", "is_put_back"), [(SENT, True), (SAVED, False), (LATER, False), (CANONICAL, False)]
)
def test_only_what_was_sent_before_and_lacks_something_is_replaced(
    environ: dict[str, str], tmp_path: Path, found: str, is_put_back: bool
) -> None:
    path = tmp_path / "note.livemd"
    path.write_text(found, encoding="utf-8")
    link = NotebookLink(str(path), lambda _: None)
    save = ProtectedSave(link, SAVED, having_kept(environ, path, SENT, LATER), lambda _: False)
    save.look()

    assert save.was_put_back == is_put_back
    assert path.read_text(encoding="utf-8") == (SAVED if is_put_back else found)


def test_that_it_was_put_back_once_hides_nothing_that_is_written_over_it_then(
    environ: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "note.livemd"
    path.write_text(SENT, encoding="utf-8")
    link = NotebookLink(str(path), lambda _: None)
    save = ProtectedSave(link, SAVED, having_kept(environ, path, SENT), lambda _: False)
    assert not save.is_written_over()
    assert save.was_put_back

    path.write_text(f"{SENT}\nfrom the browser\n", encoding="utf-8")
    assert save.is_written_over()
    # Once it has given way, that is nothing to hurry for.
    save.give_way(f"{SENT}\nfrom the browser\n")
    assert not save.is_written_over()


def test_what_is_no_text_is_not_livebooks_and_stays(
    environ: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "note.livemd"
    path.write_bytes(b"\xff")
    link = NotebookLink(str(path), lambda _: None)
    save = ProtectedSave(link, SAVED, having_kept(environ, path, SENT), lambda _: False)

    assert save.is_written_over()
    assert path.read_bytes() == b"\xff"


def test_only_what_was_put_back_was_there_for_a_while(
    environ: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "note.livemd"
    path.write_text(SENT, encoding="utf-8")
    link = NotebookLink(str(path), lambda _: None)
    link.lineage.found(SAVED, NotebookText(SAVED), SAVED)
    found = notebook_file.read(str(path))
    path.write_text(OTHER, encoding="utf-8")

    assert not put_back(link, having_kept(environ, path), found, SAVED)
    assert not link.lineage.editor_has(SENT)


def test_what_was_merged_with_the_browsers_edits_is_not_replaced_by_the_save_it_was_made_of(
    environ: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "note.livemd"
    merged = f"{SAVED}\nfrom the browser\n"
    path.write_text(merged, encoding="utf-8")
    link = NotebookLink(str(path), lambda _: None)
    link.lineage.make(merged, NotebookText(f"{SENT}\nfrom the browser\n"), SAVED)
    link.note_sent(merged)
    kept = having_kept(environ, path, merged)
    ProtectedSave(link, SAVED, kept, lambda _: False).look()
    assert path.read_text(encoding="utf-8") == merged

    # The next save, of an editor that doesn't have it, is merged again.
    ProtectedSave(link, LATER, kept, lambda _: False).look()
    assert path.read_text(encoding="utf-8") == LATER


@pytest.mark.slow
@pytest.mark.fault(
    "Livebook",
    "it writes an earlier text over the saves of two editors",
    during="only one of them looks",
    shows="both saves",
    recovers="by itself",
)
@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ((LATER,), LATER),
        # It lacks what was saved here.
        ((f"{SENT}\nother\n",), SAVED),
        ((LATER, f"{SENT}\nother\n"), LATER),
        # Others have found in the file what Livebook wrote late.
        ((CANONICAL,), SAVED),
    ],
)
@pytest.mark.parametrize("found", [CANONICAL, "# Untitled notebook\n"])
def test_what_others_kept_since_is_put_back_where_it_has_all_of_the_save(
    environ: dict[str, str], tmp_path: Path, found: str, since: tuple[str, ...], expected: str
) -> None:
    path = tmp_path / "note.livemd"
    link = NotebookLink(str(path), lambda _: None)
    kept = having_kept(environ, path, CANONICAL, SAVED)
    save = ProtectedSave(link, SAVED, kept, lambda _: False)
    having_kept(environ, path, *since)
    path.write_text(found, encoding="utf-8")
    save.look()

    assert path.read_text(encoding="utf-8") == expected


def test_what_another_editor_saved_after_many_others_is_not_taken_for_an_earlier_text(
    environ: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "note.livemd"
    link = NotebookLink(str(path), lambda _: None)
    others = f"{SENT}\nother\n"
    kept = having_kept(environ, path, SENT, SAVED, *(f"{SENT}\n{it}\n" for it in range(8)), others)
    path.write_text(others, encoding="utf-8")
    ProtectedSave(link, SAVED, kept, lambda _: False).look()
    assert path.read_text(encoding="utf-8") == others

    # What was there before is still known.
    path.write_text(SENT, encoding="utf-8")
    ProtectedSave(link, SAVED, kept, lambda _: False).look()
    assert path.read_text(encoding="utf-8") == SAVED


def test_what_was_deleted_before_the_save_is_not_put_back_with_it(
    environ: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "note.livemd"
    link = NotebookLink(str(path), lambda _: None)
    kept = having_kept(environ, path, SAVED, SENT)
    save = ProtectedSave(link, SENT, kept, lambda _: False)
    having_kept(environ, path, SAVED)
    path.write_text(SAVED, encoding="utf-8")
    save.look()
    # Where somebody has brought it again it may stay, but nothing of ours brings it.
    path.write_text("# Untitled notebook\n", encoding="utf-8")
    save.look()

    assert path.read_text(encoding="utf-8") == SENT


def written_back(path: Path, *steps: tuple[str, float]) -> WriteBack:
    """What is seen of a file that others write, each text for a while, after `SENT` was sent."""
    path.write_text(SENT, encoding="utf-8")

    async def act() -> WriteBack:
        turned = TurnedClock()
        with clock.using(turned):
            saved = notebook_file.read(str(path))
            settling = asyncio.create_task(write_back(str(path), saved, NotebookText(SENT), 0.25))
            await turned.advance(0.02)
            for text, stays_s in steps:
                path.write_text(text, encoding="utf-8")  # noqa: ASYNC240 — a small file
                await turned.advance(stays_s)
            while not settling.done():
                await turned.advance(0.01)
            return await settling

    return asyncio.run(act())


@pytest.mark.parametrize("stays_s", [0.004, 0.012])
def test_a_text_that_livebook_overwrites_within_milliseconds_is_seen(
    tmp_path: Path, stays_s: float
) -> None:
    written = written_back(tmp_path / "note.livemd", ("", 0.003), (SAVED, stays_s), (SENT, 0.1))

    assert written.overwritten is not None
    assert written.overwritten.text == SAVED
    assert written.newest is None


def test_livebook_may_have_read_a_save_that_came_just_before(tmp_path: Path) -> None:
    written = written_back(
        tmp_path / "note.livemd", (SAVED, 0.01), (LATER, 0.01), (SAVED, 0.004), (OTHER, 0.1)
    )

    assert written.read.text == SAVED
    assert written.overwritten is not None
    assert written.overwritten.text == LATER
    assert written.newest is not None
    assert written.newest.text == OTHER


@pytest.mark.fault(
    "editor",
    "two editors save the notebook",
    during="Livebook writes one of them back",
    shows="both, joined",
    recovers="by itself",
)
@pytest.mark.parametrize(
    ("found", "saves", "expected"),
    [
        (SENT, [], SAVED),
        (f"{SENT}\nother\n", [], OTHER),
        (f"{SAVED}\nother\n", [], f"{SAVED}\nother\n"),
        # An editor of ours wrote that, and is still to be heard.
        (f"{SENT}\nother\n", [f"{SENT}\nother\n"], OTHER),
        # What Livebook's form lies over is only the beginning of what an editor of ours saves.
        (SENT, [LATER], SENT),
    ],
)
def test_what_was_written_over_livebooks_form_is_joined_with_what_that_lay_over(
    environ: dict[str, str], tmp_path: Path, found: str, saves: list[str], expected: str
) -> None:
    path = tmp_path / "note.livemd"

    def had(text: str) -> notebook_file.Snapshot:
        path.write_text(text, encoding="utf-8")
        return notebook_file.read(str(path))

    overwritten, form, newest = had(SAVED), had(SENT), had(found)
    written = WriteBack(newest, NotebookText(SENT), form, overwritten, newest)
    if found == SENT:
        written = replace(written, found=newest, form=newest, newest=None)
    link = NotebookLink(str(path), lambda _: None)
    link.saves.extend(saves)
    with ThreadPoolExecutor(1) as threads:
        talk = Talk(Connection(Settings(), environ), threads)
        lost = LostTexts(talk, lambda _: bool(saves), KeptTexts(StateFolder(environ)))
        # With a save that waits it is sent then.
        assert asyncio.run(lost.take_back(link, NotebookText(SENT), written)) == (not saves)

    assert path.read_text(encoding="utf-8") == expected
    assert saves or (link.held is not None and link.held.text == SENT)


def test_it_is_put_back_where_its_session_has_it_and_livebook_answers_no_more(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    first, second = (f"{CANONICAL}\nWords {it}.\n" for it in (1, 2))
    uri = opened(editor, livebook, notebook)
    editor.save(uri, notebook, first)
    until_one(editor, livebook, notebook, first)
    livebook.faults = Faults(is_off=True)
    editor.save(uri, notebook, second)
    editor.wait_for_state(uri, "refused")
    livebook.edit_session(notebook, second)

    notebook.write_text(first, encoding="utf-8")

    editor.wait_for(lambda: notebook.read_text(encoding="utf-8") == second, "the save put back")
