"""What is kept of notebooks: bounded, for the user alone, one place per real file."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from livebook_ls import clock
from livebook_ls.sync.keeping.kept_texts import CommonText, KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder, write_private
from livebook_ls.sync.keeping.step_journal import StepEntry, StepJournal
from livebook_ls.sync.keeping.version_files import VersionOrigin
from tests.support.turned_clock import TurnedClock

DAY_S = 24 * 3600.0


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    return StateFolder({"XDG_STATE_HOME": str(tmp_path / "state")})


@pytest.fixture
def kept(folder: StateFolder) -> KeptTexts:
    return KeptTexts(folder)


def texts(kept: KeptTexts, path: str) -> list[str | None]:
    return [kept.text(it) for it in kept.versions(path)]


def test_versions_come_newest_first_with_whose_they_are(kept: KeptTexts) -> None:
    kept.keep("/n.livemd", "one\n", VersionOrigin.SAVED)
    kept.keep("/n.livemd", "two\n", VersionOrigin.BROWSER)

    assert texts(kept, "/n.livemd") == ["two\n", "one\n"]
    assert [it.origin for it in kept.versions("/n.livemd")] == [
        VersionOrigin.BROWSER,
        VersionOrigin.SAVED,
    ]
    assert texts(kept, "/other.livemd") == []


def test_what_the_browser_had_is_kept_once_more_where_people_write_it(kept: KeptTexts) -> None:
    kept.keep("/n.livemd", "words\n", VersionOrigin.BROWSER)
    assert not kept.was_written("/n.livemd", "words\n")
    kept.keep("/n.livemd", "words\n", VersionOrigin.FOUND)

    assert kept.was_written("/n.livemd", "words\n")


def test_the_same_text_is_not_kept_twice_in_a_row(kept: KeptTexts) -> None:
    for text in ("one\n", "one\n", "two\n", "one\n"):
        kept.keep("/n.livemd", text, VersionOrigin.SAVED)

    assert texts(kept, "/n.livemd") == ["one\n", "two\n", "one\n"]


def test_texts_that_come_again_and_again_take_no_other_away(kept: KeptTexts) -> None:
    with clock.using(turned := TurnedClock()):
        for text in ("zero\n", "one\n"):
            kept.keep("/n.livemd", text, VersionOrigin.SAVED)
        for _ in range(60):
            turned.now_s += 30.0
            kept.keep("/n.livemd", "mine\n", VersionOrigin.SAVED)
            kept.keep("/n.livemd", "theirs\n", VersionOrigin.BROWSER)
        found = texts(kept, "/n.livemd")

    assert found[:2] == ["theirs\n", "mine\n"]
    assert found[-2:] == ["one\n", "zero\n"]
    # Until the next look at all of them some are there twice.
    assert len(found) < 20


def test_who_types_in_the_browser_takes_no_save_away(kept: KeptTexts) -> None:
    with clock.using(turned := TurnedClock()):
        kept.keep("/n.livemd", "saved\n", VersionOrigin.SAVED)
        # What was there for a moment, and was taken back, is more than a beginning of the rest.
        kept.keep("/n.livemd", "gone\n", VersionOrigin.BROWSER)
        for number in range(400):
            turned.now_s += 0.5
            kept.keep("/n.livemd", f"{'word ' * number}\n", VersionOrigin.BROWSER)
        found = texts(kept, "/n.livemd")

    assert found[0] == f"{'word ' * 399}\n"
    assert {"saved\n", "gone\n"} <= set(found)


def test_what_was_replaced_stays_whatever_letters_the_text_in_its_place_has(
    kept: KeptTexts,
) -> None:
    with clock.using(turned := TurnedClock()):
        kept.keep("/n.livemd", "cat\n", VersionOrigin.BROWSER)
        for number in range(400):
            turned.now_s += 0.5
            kept.keep("/n.livemd", f"clear water{' more' * number}\n", VersionOrigin.BROWSER)

    assert "cat\n" in texts(kept, "/n.livemd")


def test_what_came_before_a_text_that_comes_again_is_known_for_a_while(kept: KeptTexts) -> None:
    for text in ("zero\n", "one\n"):
        kept.keep("/n.livemd", text, VersionOrigin.SAVED)
    for _ in range(60):
        kept.keep("/n.livemd", "mine\n", VersionOrigin.SAVED)
        kept.keep("/n.livemd", "theirs\n", VersionOrigin.FOUND)
    found = texts(kept, "/n.livemd")

    assert found[:4] == ["theirs\n", "mine\n"] * 2
    assert found[-2:] == ["one\n", "zero\n"]
    assert len(found) < 60
    assert kept.written_around("/n.livemd", "mine\n")[1][:2] == ("theirs\n", "mine\n")


def test_who_wrote_a_text_stays_known_though_it_was_found_elsewhere_since(kept: KeptTexts) -> None:
    kept.keep("/n.livemd", "one\n", VersionOrigin.SAVED)
    for number in range(20):
        kept.keep("/n.livemd", "one\n", VersionOrigin.BROWSER)
        kept.keep("/n.livemd", f"{number}\n", VersionOrigin.FOUND)

    assert kept.was_written("/n.livemd", "one\n")


def test_what_is_kept_is_bounded_in_number_and_bytes(kept: KeptTexts) -> None:
    for number in range(50):
        kept.keep("/many.livemd", f"{number}\n", VersionOrigin.SAVED)
    for number in range(9):
        kept.keep("/large.livemd", str(number) * 3_000_000, VersionOrigin.SAVED)
    kept.keep("/huge.livemd", "x" * 9_000_000, VersionOrigin.SAVED)

    # What is too much goes with each eighth that comes.
    many = texts(kept, "/many.livemd")
    assert 40 <= len(many) < 48
    assert many == [f"{number}\n" for number in range(49, 49 - len(many), -1)]
    assert len(kept.versions("/large.livemd")) == 6
    assert len(kept.versions("/huge.livemd")) == 1


def test_one_text_that_is_too_large_takes_no_other_away(kept: KeptTexts) -> None:
    huge = "x" * 9_000_000
    small = [f"{number}\n" for number in range(14)]
    for text in (*small[:2], huge, *small[2:]):
        kept.keep("/n.livemd", text, VersionOrigin.SAVED)

    assert texts(kept, "/n.livemd") == small[::-1]


def test_of_large_texts_a_save_and_what_comes_of_it_leave_what_they_replaced(
    kept: KeptTexts,
) -> None:
    replaced, saved, form = (it * 9_000_000 for it in "abc")
    kept.keep("/n.livemd", replaced, VersionOrigin.BROWSER)
    kept.keep("/n.livemd", saved, VersionOrigin.SAVED)
    kept.keep("/n.livemd", form, VersionOrigin.FOUND)

    assert texts(kept, "/n.livemd") == [form, saved, replaced]


def test_what_is_kept_is_bounded_in_days_but_for_the_newest(
    kept: KeptTexts, folder: StateFolder
) -> None:
    turned = TurnedClock()
    with clock.using(turned):
        kept.keep("/n.livemd", "one\n", VersionOrigin.SAVED)
        kept.keep("/n.livemd", "two\n", VersionOrigin.SAVED)
        turned.now_s += 15 * DAY_S
        kept.keep("/n.livemd", "three\n", VersionOrigin.SAVED)
        turned.now_s += DAY_S
        kept.keep("/n.livemd", "four\n", VersionOrigin.SAVED)

        assert texts(kept, "/n.livemd") == ["four\n", "three\n"]
        turned.now_s += 40 * DAY_S
        kept.keep("/n.livemd", "five\n", VersionOrigin.SAVED)
        turned.now_s += DAY_S
        kept.keep("/n.livemd", "five\n", VersionOrigin.SAVED)
        KeptTexts(folder).keep("/n.livemd", "six\n", VersionOrigin.SAVED)
        assert texts(kept, "/n.livemd") == ["six\n", "five\n"]


@pytest.mark.fault(
    "ourselves",
    "the clock is a year ahead for a while",
    during="a save",
    shows="nothing: all earlier versions stay, for nothing is too old by one look at the clock",
    recovers="by itself, once the clock is right",
)
def test_a_clock_that_is_ahead_for_hours_takes_no_version_away(folder: StateFolder) -> None:
    turned = TurnedClock()
    with clock.using(turned):
        for path in ("/n.livemd", "/other.livemd"):
            for text in ("one\n", "two\n"):
                KeptTexts(folder).keep(path, text, VersionOrigin.SAVED)
        kept = KeptTexts(folder)
        for _ in range(3):
            turned.now_s += 365 * DAY_S
            kept.keep("/n.livemd", "ahead\n", VersionOrigin.SAVED)
            turned.now_s += DAY_S / 2
            KeptTexts(folder).keep("/n.livemd", "still ahead\n", VersionOrigin.SAVED)
            turned.now_s -= 365 * DAY_S
            KeptTexts(folder).keep("/n.livemd", "right again\n", VersionOrigin.SAVED)

        assert texts(kept, "/n.livemd")[-2:] == ["two\n", "one\n"]
        assert texts(kept, "/other.livemd") == ["two\n", "one\n"]


def test_what_was_kept_while_the_clock_was_in_the_past_stays_as_long_as_the_rest(
    kept: KeptTexts, folder: StateFolder
) -> None:
    turned = TurnedClock()
    with clock.using(turned):
        kept.keep("/n.livemd", "one\n", VersionOrigin.SAVED)
        now_s, turned.now_s = turned.now_s, -1.6e9
        for text in ("two\n", "three\n"):
            kept.keep("/n.livemd", text, VersionOrigin.SAVED)
        turned.now_s = now_s
        for number in range(14):
            KeptTexts(folder).keep("/n.livemd", f"{number}\n", VersionOrigin.SAVED)
            turned.now_s += DAY_S

        assert texts(kept, "/n.livemd")[-3:] == ["three\n", "two\n", "one\n"]
        turned.now_s += DAY_S * 2
        for text in ("now\n", "then\n"):
            KeptTexts(folder).keep("/n.livemd", text, VersionOrigin.SAVED)
            turned.now_s += DAY_S
        assert not {"one\n", "two\n", "three\n"} & set(texts(kept, "/n.livemd"))


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"seen": "x"}', b'{"seen": NaN, "believed": NaN}', b'{"seen": 1e99}']
)
def test_versions_grow_old_again_where_what_is_known_of_the_time_makes_no_sense(
    folder: StateFolder, content: bytes
) -> None:
    turned = TurnedClock()
    with clock.using(turned):
        for text in ("one\n", "two\n"):
            KeptTexts(folder).keep("/n.livemd", text, VersionOrigin.SAVED)
        write_private(folder.path / "time.json", content)
        turned.now_s += 15 * DAY_S
        KeptTexts(folder).keep("/n.livemd", "three\n", VersionOrigin.SAVED)
        assert texts(KeptTexts(folder), "/n.livemd") == ["three\n", "two\n", "one\n"]
        turned.now_s += DAY_S
        KeptTexts(folder).keep("/n.livemd", "four\n", VersionOrigin.SAVED)

        assert texts(KeptTexts(folder), "/n.livemd") == ["four\n", "three\n"]


def test_of_a_notebook_that_nobody_uses_the_newest_version_stays(
    kept: KeptTexts, folder: StateFolder
) -> None:
    for text in ("one\n", "two\n"):
        kept.keep("/n.livemd", text, VersionOrigin.SAVED)
    kept.share("/n.livemd", "two\n", "/sessions/a")
    kept_s = kept.versions("/n.livemd")[0].kept_s
    turned = TurnedClock()
    with clock.using(turned):
        # Files have the times of the system.
        turned.now_s += kept_s - clock.unix_s()
        for number in range(3):
            for day in (15, 1):
                turned.now_s += day * DAY_S
                another = KeptTexts(folder)
                another.keep("/other.livemd", f"{number} {day}\n", VersionOrigin.SAVED)

            assert texts(another, "/n.livemd") == ["two\n"]
            assert another.common("/n.livemd") is None


@pytest.mark.fault(
    "ourselves",
    "a process is killed while it keeps a version",
    during="a save",
    shows="nothing: the version is there, or it isn't",
    recovers="what is left of it goes after a day",
)
@pytest.mark.parametrize("path", ["/n.livemd", "/other.livemd"])
def test_what_a_killed_process_had_begun_to_keep_goes_after_a_day(
    kept: KeptTexts, folder: StateFolder, path: str
) -> None:
    kept.keep(path, "one\n", VersionOrigin.SAVED)
    version = kept.versions(path)[0].file
    used_s = version.parent.stat().st_mtime - 5 * DAY_S
    begun = [version.with_name(f".{version.name}.abc"), folder.of(path) / ".common.json.abc"]
    young = version.with_name(f".{version.name}.def")
    for it in (*begun, young):
        it.write_text("on")
    for it in (*begun, folder.of(path), version.parent):
        os.utime(it, (used_s, used_s))
    KeptTexts(folder).keep("/n.livemd", "two\n", VersionOrigin.SAVED)

    assert [it.exists() for it in (*begun, young)] == [False, False, True]
    assert "one\n" in texts(kept, path)
    if path != "/n.livemd":
        # That is no use of it.
        assert version.parent.stat().st_mtime == pytest.approx(used_s)


def test_what_there_is_no_room_for_goes_but_never_what_was_just_kept(
    kept: KeptTexts, folder: StateFolder
) -> None:
    kept.keep("/n.livemd", "one\n", VersionOrigin.SAVED)
    large = folder.of("/large.livemd") / "large"
    write_private(large, b"")
    os.truncate(large, 200_000_000)
    another = KeptTexts(folder)

    assert another.keep("/large.livemd", "two\n", VersionOrigin.SAVED)
    assert texts(another, "/large.livemd") == ["two\n"]
    assert texts(another, "/n.livemd") == []


@pytest.mark.fault(
    "ourselves",
    "the clock is put back by a day",
    during="a save",
    shows="nothing: the save is the newest version, with the time that it has now",
    recovers="nothing to do",
)
def test_a_version_is_the_newest_though_the_clock_was_put_back(kept: KeptTexts) -> None:
    turned = TurnedClock()
    turned.now_s += DAY_S
    with clock.using(turned):
        for number in range(40):
            kept.keep("/n.livemd", f"{number}\n", VersionOrigin.SAVED)
        turned.now_s -= DAY_S
        for text in ("one\n", "two\n"):
            assert kept.keep("/n.livemd", text, VersionOrigin.SAVED)
        found = kept.versions("/n.livemd")

        assert [kept.text(it) for it in found[:3]] == ["two\n", "one\n", "39\n"]
        assert [it.kept_s for it in found[:2]] == [clock.unix_s()] * 2
        assert kept.was_just_written("/n.livemd", "two\n")
        assert kept.before_now("/n.livemd", "")() == ("two\n", "one\n")
        assert kept.before_now("/n.livemd", "two\n")() == ("one\n",)
        assert list(kept.written_lately("/n.livemd")) == ["two\n", "one\n"]
        assert kept.written_around("/n.livemd", "one\n")[0] == ("two\n",)


def test_what_was_kept_while_the_clock_was_ahead_goes_in_its_days(kept: KeptTexts) -> None:
    turned = TurnedClock()
    turned.now_s += DAY_S
    with clock.using(turned):
        kept.keep("/n.livemd", "ahead\n", VersionOrigin.SAVED)
        turned.now_s -= DAY_S
        kept.keep("/n.livemd", "one\n", VersionOrigin.SAVED)
        for number in range(20):
            turned.now_s += DAY_S
            kept.keep("/n.livemd", f"{number}\n", VersionOrigin.SAVED)

        found = texts(kept, "/n.livemd")
        assert found[:14] == [f"{number}\n" for number in range(19, 5, -1)]
        assert not {"ahead\n", "one\n"} & set(found)


def test_only_the_user_can_read_what_is_kept(kept: KeptTexts, folder: StateFolder) -> None:
    kept.keep("/n.livemd", "words\n", VersionOrigin.SAVED)
    kept.share("/n.livemd", "words\n", "/sessions/a")
    steps = StepEntry(
        path="/n.livemd", final="a\n", mtime_ns=1, halfway="b\n", before="c\n",
        session_path=None, begun_s=1.0,
    )  # fmt: skip
    StepJournal(folder).begin(steps)

    assert len(list(folder.path.rglob("*.*"))) == 4
    for path in (folder.path, *folder.path.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_every_name_of_a_file_leads_to_its_versions(kept: KeptTexts, tmp_path: Path) -> None:
    real, link = tmp_path / "real.livemd", tmp_path / "link.livemd"
    real.write_text("words\n", encoding="utf-8")
    link.symlink_to(real)
    kept.keep(str(link), "words\n", VersionOrigin.SAVED)

    assert texts(kept, str(real)) == ["words\n"]


def test_the_common_text_outlives_its_process(folder: StateFolder) -> None:
    KeptTexts(folder).share("/n.livemd", "words ü \ud800\n", "/sessions/a")

    assert KeptTexts(folder).common("/n.livemd") == CommonText("words ü \ud800\n", "/sessions/a")
    assert KeptTexts(folder).common("/other.livemd") is None


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    kept = KeptTexts(StateFolder({"XDG_STATE_HOME": str(tmp_path / "file")}))
    kept.keep("/n.livemd", "words\n", VersionOrigin.SAVED)
    kept.share("/n.livemd", "words\n", None)

    assert kept.versions("/n.livemd") == ()
    assert kept.common("/n.livemd") is None


def test_without_a_home_variable_there_is_still_a_place() -> None:
    assert StateFolder({"PATH": "/bin"}).path.is_absolute()
    assert str(StateFolder({"HOME": "/h", "XDG_STATE_HOME": "relative"}).path).startswith(
        "/h" + os.sep
    )


def test_of_very_many_notebooks_no_text_stays_in_memory(folder: StateFolder) -> None:
    kept = KeptTexts(folder)
    for number in range(300):
        kept.keep(f"/n{number}.livemd", f"saved {number}\n", VersionOrigin.SAVED)
        kept.share(f"/n{number}.livemd", f"words {number}\n", f"/sessions/{number}")
        assert kept.common(f"/n{number}.livemd") is not None

    assert kept.common("/n0.livemd") == CommonText("words 0\n", "/sessions/0")
    assert max(len(kept._common), len(kept._newest), len(kept._until_look)) <= 100


@pytest.mark.skipif(sys.platform == "win32", reason="the folder is another there")
def test_a_home_that_is_relative_is_meant_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = KeptTexts(StateFolder({"HOME": "home"}))

    assert kept.keep("/n.livemd", "# Note\n", VersionOrigin.SAVED)
    assert kept.versions("/n.livemd")
    assert (tmp_path / "home").is_dir()
