"""What a session of the stand-in does to its file: Livebook's own behaviour, with short times."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from livebook_ls.standin import HoldPoint, SessionView, StandIn, StandInSettings, Timing
from livebook_ls.standin.sessions import session
from livebook_ls.standin.sessions.hold_points import HoldPoints
from livebook_ls.standin.sessions.import_export import Format
from livebook_ls.standin.sessions.stamps import Stamps

NOTEBOOK = "# Note\n\n## S\n\n```elixir\n1 + 1\n```\n"
CRASHING = "<!-- livebook:{half -->\n"

QUICK = Timing(autosave_s=0.05, save_s=0.005)
# Never saves by the clock, only after a sync or when asked.
PATIENT = Timing(autosave_s=600, save_s=0.005)


class Desk:
    """A stand-in with one notebook."""

    def __init__(self, stand_in: StandIn, path: Path) -> None:
        self.stand_in = stand_in
        self.path = path

    def write(self, text: str) -> None:
        self.path.write_bytes(text.encode())

    def read(self) -> str:
        return self.path.read_bytes().decode()

    def post(self, action: str) -> httpx.Response:
        url = f"{self.stand_in.url}/dev/{action}"
        return httpx.post(url, json={"file": str(self.path)}, trust_env=False)

    def open(self) -> str:
        return str(self.post("open").json()["path"])

    def sync(self) -> None:
        assert self.post("sync").json() == {"status": "ok"}
        assert self.stand_in.wait_settled()

    def view(self) -> SessionView:
        view = self.stand_in.session(self.path)

        assert view is not None
        return view


DeskMaker = Callable[[Timing], Desk]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskMaker]:
    stand_ins: list[StandIn] = []

    def make(timing: Timing) -> Desk:
        stand_in = StandIn(StandInSettings(timing=timing))
        stand_in.start()
        stand_ins.append(stand_in)
        made = Desk(stand_in, tmp_path / "n.livemd")
        made.write(NOTEBOOK)
        return made

    yield make
    for stand_in in stand_ins:
        stand_in.stop()


def eventually(claim: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def test_open_alone_rewrites_the_file_with_the_same_bytes(desk: DeskMaker) -> None:
    here = desk(QUICK)
    before = here.path.stat()
    here.open()

    assert eventually(lambda: here.path.stat().st_mtime_ns != before.st_mtime_ns)
    assert here.stand_in.wait_settled()
    assert here.read() == NOTEBOOK
    assert here.path.stat().st_ino == before.st_ino


def test_change_before_the_first_save_is_overwritten(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    here.open()
    here.write(NOTEBOOK.replace("1 + 1", ":edited"))
    here.stand_in.save_session(here.path)

    assert here.read() == NOTEBOOK


def test_sync_before_the_first_save_imports_equal_bytes_and_saves(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    here.open()
    here.sync()

    assert (here.view().imports, here.view().saves) == (2, 1)


def test_sync_of_the_last_save_does_nothing(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    here.open()
    here.sync()
    written = here.path.stat().st_mtime_ns
    here.sync()

    assert (here.view().imports, here.view().saves) == (2, 1)
    assert here.path.stat().st_mtime_ns == written


def test_sync_that_changes_nothing_in_the_notebook_leaves_the_file(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    here.open()
    here.sync()
    here.write(NOTEBOOK + "\n\n")
    here.sync()

    assert here.read() == NOTEBOOK + "\n\n"


def test_sync_is_written_back_at_once(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    here.open()
    here.write(NOTEBOOK.replace("\n", "\r\n"))
    here.sync()

    assert here.read() == NOTEBOOK


def test_no_write_back_without_autosave(desk: DeskMaker) -> None:
    here = desk(QUICK)
    here.write('<!-- livebook:{"autosave_interval_s":null} -->\n\n' + NOTEBOOK)
    here.open()
    here.write(NOTEBOOK.replace("\n", "\r\n"))
    here.sync()

    assert here.view().saves == 0
    assert here.read() == NOTEBOOK.replace("\n", "\r\n")


def test_write_back_lands_over_a_save_made_meanwhile(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    here.open()
    with here.stand_in.holding(HoldPoint.SAVE) as until_held:
        here.write(NOTEBOOK.replace("1 + 1", ":a"))
        here.post("sync")
        until_held(1)
        here.write(NOTEBOOK.replace("1 + 1", ":b"))
        here.post("sync")
        assert eventually(lambda: ":b" in here.view().text)
    assert here.stand_in.wait_settled()

    # The second sync was applied, but no second save starts while the first is under way.
    assert ":b" in here.view().text
    assert ":a" in here.read()


def test_others_can_see_the_file_empty_while_it_is_written(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    here.open()
    with here.stand_in.holding(HoldPoint.WRITE) as until_held:
        here.post("sync")
        until_held(1)

        assert here.path.stat().st_size == 0
    assert here.stand_in.wait_settled()
    assert here.read() == NOTEBOOK


def test_sync_of_a_text_that_raises_kills_the_session(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    first = here.open()
    here.write(CRASHING)
    here.sync()

    assert here.stand_in.sessions == ()
    assert here.read() == CRASHING
    assert here.post("sync").status_code == 404
    assert here.post("open").status_code == 500
    here.write(NOTEBOOK)
    assert here.open() != first


def test_section_written_above_the_first_is_deleted_from_the_file(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    here.open()
    here.write(NOTEBOOK.replace("## S", "## New\n\nwords\n\n## S").replace("1 + 1", "2 + 2"))
    here.sync()

    assert here.read() == NOTEBOOK.replace("1 + 1", "2 + 2")


def test_notebook_metadata_is_ignored_by_a_sync_and_vanishes(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    here.open()
    here.write('<!-- livebook:{"persist_outputs":true} -->\n\n' + NOTEBOOK)
    here.sync()

    assert here.read() == NOTEBOOK


def test_notebook_that_cannot_be_exported_is_never_saved(desk: DeskMaker) -> None:
    here = desk(QUICK)
    here.write(NOTEBOOK + "\n<bré>\n")
    here.open()
    here.sync()

    assert (here.view().is_dirty, here.view().saves) == (True, 0)
    assert here.read() == NOTEBOOK + "\n<bré>\n"


def test_only_one_of_two_first_opens_succeeds(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    with ThreadPoolExecutor(2) as pool, here.stand_in.holding(HoldPoint.OPEN) as until_held:
        asked = [pool.submit(here.post, "open") for _ in range(2)]
        until_held(2)

    assert sorted(it.result().status_code for it in asked) == [200, 500]
    assert here.post("open").status_code == 200


def test_closing_saves_and_stopping_does_not(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    here.write(NOTEBOOK.replace("\n", "\r\n"))
    here.open()
    here.stand_in.restart()
    assert here.read() == NOTEBOOK.replace("\n", "\r\n")
    here.open()
    here.stand_in.close_session(here.path)

    assert here.read() == NOTEBOOK
    assert here.post("sync").status_code == 404


def test_whoever_looks_at_a_session_that_ends_does_not_wait_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "_VISIT_S", 3600.0)
    reader = Format(Stamps())
    view = SessionView(id="a", path="a", held=reader.read(NOTEBOOK.encode()), is_stamped=False)
    ended = session.StandInSession(
        view=view,
        notebook_format=reader,
        interval_s=None,
        timing=PATIENT,
        hold_points=HoldPoints(),
        on_end=lambda _: None,
    )
    ended.start()
    ended.kill()

    assert ended.export() == view


def test_restart_keeps_the_port_and_loses_the_sessions(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    url, first = here.stand_in.url, here.open()
    here.stand_in.restart()

    assert here.stand_in.url == url
    assert here.stand_in.sessions == ()
    assert here.open() != first


def test_every_save_of_a_stamped_notebook_makes_a_new_valid_stamp(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    stamped = here.stand_in.stamp(NOTEBOOK)
    here.write(stamped)
    here.open()
    here.write(stamped.replace("1 + 1", "40 + 2"))
    here.sync()

    assert here.read() != stamped
    assert here.read().startswith(NOTEBOOK.replace("1 + 1", "40 + 2"))
    url = f"{here.stand_in.url}/dev/restamp"
    same = {"old_source": here.read(), "new_source": here.read()}
    assert httpx.post(url, json=same, trust_env=False).json() == {"source": here.read()}


def test_opening_a_stale_stamp_loses_it_at_the_first_save(desk: DeskMaker) -> None:
    here = desk(PATIENT)
    here.write(here.stand_in.stamp(NOTEBOOK).replace("1 + 1", "2 + 2"))
    here.open()
    here.sync()

    assert here.read() == NOTEBOOK.replace("1 + 1", "2 + 2")
