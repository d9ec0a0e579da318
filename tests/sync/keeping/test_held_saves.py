"""What one process holds back is known to the next one, until file and session are one again."""

from __future__ import annotations

from pathlib import Path

import pytest

from livebook_ls.sync.keeping.held_saves import HeldSaves
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin

PATH = "/n.livemd"
HELD = "# Note\n\nheld\n"


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    folder = StateFolder({"XDG_STATE_HOME": str(tmp_path)})
    KeptTexts(folder).keep(PATH, HELD, VersionOrigin.SAVED)
    return folder


def process(folder: StateFolder) -> HeldSaves:
    return HeldSaves(folder, KeptTexts(folder))


def test_it_is_left_to_the_next_process_and_said_once(folder: StateFolder) -> None:
    process(folder).note(PATH, HELD)
    following = process(folder)

    assert following.left(PATH) == HELD
    assert following.left(PATH) is None


def test_where_nothing_is_held_any_more_nothing_is_left(folder: StateFolder) -> None:
    first = process(folder)
    first.note(PATH, HELD)
    first.note(PATH, None)

    assert process(folder).left(PATH) is None


def test_another_process_takes_nothing_of_it_away(folder: StateFolder) -> None:
    process(folder).note(PATH, HELD)
    beside = process(folder)
    beside.left(PATH)
    beside.note(PATH, None)

    assert process(folder).left(PATH) == HELD


def test_once_file_and_session_are_one_it_is_over(folder: StateFolder) -> None:
    process(folder).note(PATH, HELD)
    KeptTexts(folder).share(PATH, "# Note\n\ntheirs\n", None)

    assert process(folder).left(PATH) is None


def test_what_others_chose_is_known_until_it_is_accounted_for(folder: StateFolder) -> None:
    ours, others = process(folder), process(folder)
    ours.note(PATH, HELD)
    assert not ours.is_settled(PATH, HELD)
    others.note_settled(PATH, HELD)

    assert ours.is_settled(PATH, HELD)
    assert not ours.is_settled(PATH, "# Note\n\nanother\n")
    ours.account_for_settled(PATH)
    assert not ours.is_settled(PATH, HELD)


@pytest.mark.parametrize("content", ["", "[]", '{"digest": 1}', '{"digest": "0123456789abcdef"}'])
def test_what_makes_no_sense_there_or_is_gone_is_nothing(folder: StateFolder, content: str) -> None:
    Path(folder.file(PATH, "held.json")).write_text(content, encoding="utf-8")

    assert process(folder).left(PATH) is None


def test_without_a_place_for_it_nothing_is_raised(tmp_path: Path) -> None:
    (tmp_path / "livebook-ls").write_text("", encoding="utf-8")
    held = process(StateFolder({"XDG_STATE_HOME": str(tmp_path)}))
    held.note(PATH, HELD)
    held.note(PATH, None)

    assert held.left(PATH) is None
