"""A day under audit: whom we talk to, what we start, and where no token ever is."""

from __future__ import annotations

import ipaddress
import os
import re
import stat
import sys

import pytest

from tests.security.day import TOKEN, WORD, Day, pages_of, spend
from tests.support.docs.pages import DOCS, read

# A dozen processes, so not everyday; all of a day's tests look at one day.
pytestmark = pytest.mark.slow
IS_POSIX = pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    return spend(tmp_path_factory.mktemp("day"))


def test_nobody_is_talked_to_but_this_machine(day: Day) -> None:
    assert day.watch.connected
    assert day.watch.connected | day.watch.looked_up <= {"127.0.0.1", "::1", "localhost"}


def test_the_doctor_asks_no_other_machine(day: Day) -> None:
    """It looks whether this machine's own addresses lead to Livebook."""
    others = {it for it in day.doctors.connected if not ipaddress.ip_address(it).is_private}

    assert day.doctors.connected
    assert others == set()


def test_every_request_is_in_the_table(day: Day) -> None:
    assert len(pages_of(day.requests)) > 6
    assert pages_of(day.requests) - requests_of_the_page() == set()


def requests_of_the_page() -> set[str]:
    """The method and path of every request in the table of `docs/privacy-and-security.md`."""
    rows = re.findall(r"^\| (`.*?) \|", read(DOCS / "privacy-and-security.md").text, re.MULTILINE)
    named: set[str] = set()
    for row in rows:
        method = ""
        for word in re.findall(r"`([^`]+)`", row):
            head, _, path = word.rpartition(" ")
            method = head or method
            named.add(f"{method} {path}")
    return named


def test_nothing_is_started_but_git_and_helpers(day: Day) -> None:
    started = {os.path.basename(it[0]) for it in day.watch.started}  # noqa: PTH119 — a word

    assert "git" in started
    assert started <= {"git", "git.exe", "elixir", "elixir.bat", "ruff"}


def test_no_argument_list_has_a_token_or_a_word(day: Day) -> None:
    arguments = [it for command in day.watch.started for it in command]

    assert [it for it in arguments if TOKEN in it or WORD in it] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows processes as files")
def test_what_others_see_of_the_server_has_no_token(day: Day) -> None:
    assert "watched" in day.seen_by_others
    assert TOKEN not in day.seen_by_others


def test_no_file_of_ours_has_the_token(day: Day) -> None:
    files = [it for it in day.home.rglob("*") if it.is_file()]

    assert any("agents" in it.parts for it in files)
    assert [it for it in files if TOKEN.encode() in it.read_bytes()] == []


def test_logs_and_reports_have_neither_token_nor_text(day: Day) -> None:
    assert "POST /dev/sync" in day.log
    assert "### livebook-ls doctor" in day.report
    for told in (day.log, day.report):
        assert TOKEN not in told
        assert WORD not in told


@IS_POSIX
def test_what_is_kept_is_readable_by_the_user_alone(day: Day) -> None:
    """A folder that is the user's alone covers what is in it; outside of such, files are."""
    project = day.home / "project"
    files = [it for it in day.home.rglob("*") if it.is_file() and project not in it.parents]
    readable = [it for it in files if stat.S_IMODE(it.stat().st_mode) & 0o077]

    assert len(files) > 3
    assert readable == []


def test_nothing_is_left_beside_the_notebook(day: Day) -> None:
    left = {it.name for it in (day.home / "project").iterdir()}

    assert left - {".git", "note.livemd"} == set()


def test_nothing_is_left_in_the_folder_for_temporary_files(day: Day) -> None:
    assert list((day.home / "tmp").iterdir()) == []


def test_nothing_is_written_into_a_repository(day: Day) -> None:
    assert day.git_before
    assert day.git_after == day.git_before


def test_an_address_that_logs_in_is_printed(day: Day) -> None:
    assert day.opened.endswith(f"?token={TOKEN}\n")
