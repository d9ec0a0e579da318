"""A notebook's name that comes to lead to another file has no part in the former's session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.hold_points import HoldPoint
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.swapped_names import leads_elsewhere

REAL = "# Note\n\n## One\n\n```elixir\n:one\n```\n\n## Two\n\n```elixir\n:two\n```\n"
OTHER = REAL.replace("# Note", "# Other")
TYPED = REAL.replace(":two", ":typed")
SAVED = OTHER.replace(":one", ":saved")


@pytest.fixture
def real(tmp_path: Path) -> Path:
    path = tmp_path / "first" / "note.livemd"
    path.parent.mkdir()
    path.write_text(REAL, encoding="utf-8")
    return path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "second" / "note.livemd"
    path.parent.mkdir()
    path.write_text(OTHER, encoding="utf-8")
    return path


@pytest.fixture
def link(tmp_path: Path, real: Path) -> Path:
    path = tmp_path / "link.livemd"
    path.symlink_to(real)
    return path


def swap(link: Path, target: Path) -> None:
    """Have a link lead elsewhere, without a moment in which it isn't there."""
    new = link.with_name("new-link")
    new.symlink_to(target)
    new.replace(link)


def swap_slowly(link: Path, target: Path) -> None:
    link.unlink()
    link.symlink_to(target)


def put_file(link: Path, target: Path) -> None:
    """Put a file in the place of a link, as who saves by renaming may do."""
    target.replace(link)


def opened(editor: Editor, path: Path) -> str:
    uri = editor.open(path)
    editor.wait_for_state(uri, "inSync")
    return uri


def codes(editor: Editor, uri: str) -> list[str]:
    return [it["code"] for it in editor.diagnostics.get(uri, [])]


def text_of(livebook: StandIn, path: Path) -> str | None:
    session = livebook.session(path)
    return None if session is None else session.text


def wait_for_another_session(editor: Editor, uri: str, former: str) -> None:
    editor.wait_for(
        lambda: editor.status(uri)["state"] == "inSync" and editor.status(uri)["url"] != former,
        "a session of its own",
    )


@pytest.mark.fault(
    "files",
    "a symbolic link leads to another notebook",
    during="it is open, with a session in which somebody types",
    sees="leads_elsewhere",
    recovers="nothing to do: that one has a session of its own",
)
def test_nothing_passes_between_the_former_session_and_the_other_file(
    editor: Editor, livebook: StandIn, real: Path, other: Path, link: Path
) -> None:
    uri = opened(editor, link)
    former = editor.status(uri)["url"]
    livebook.edit_session(real, TYPED)
    swap(link, other)
    wait_for_another_session(editor, uri, former)

    livebook.wait_settled()
    assert other.read_text(encoding="utf-8") == OTHER
    assert codes(editor, uri) == ["leads-elsewhere"]
    told = editor.diagnostics[uri][0]["message"]
    assert former.partition("?")[0] in told
    editor.save(uri, link, SAVED)
    editor.wait_for(lambda: text_of(livebook, other) == SAVED, "the save in its session")
    editor.wait_for(lambda: codes(editor, uri) == [], "nothing more to tell")
    # It may just be written back.
    livebook.wait_settled()
    assert other.read_text(encoding="utf-8") == SAVED
    assert text_of(livebook, real) == TYPED


@pytest.mark.parametrize("lead_elsewhere", [swap, swap_slowly, put_file])
def test_a_name_that_leads_elsewhere_gets_a_session_of_its_own(
    editor: Editor,
    livebook: StandIn,
    real: Path,
    other: Path,
    link: Path,
    lead_elsewhere: Callable[[Path, Path], None],
) -> None:
    uri = opened(editor, link)
    former = editor.status(uri)["url"]
    lead_elsewhere(link, other)
    wait_for_another_session(editor, uri, former)

    assert text_of(livebook, link.resolve()) == OTHER
    assert text_of(livebook, real) == REAL


def test_so_does_one_below_a_folder_that_is_swapped(
    editor: Editor, livebook: StandIn, tmp_path: Path, real: Path, other: Path
) -> None:
    folder = tmp_path / "notes"
    folder.symlink_to(real.parent)
    uri = opened(editor, folder / "note.livemd")
    former = editor.status(uri)["url"]
    swap(folder, other.parent)
    wait_for_another_session(editor, uri, former)

    assert text_of(livebook, other) == OTHER
    assert text_of(livebook, real) == REAL


def test_so_does_one_that_led_nowhere_for_a_while(
    editor: Editor, livebook: StandIn, tmp_path: Path, real: Path, other: Path, link: Path
) -> None:
    uri = opened(editor, link)
    former = editor.status(uri)["url"]
    swap(link, tmp_path / "nothing.livemd")
    editor.wait_for_state(uri, "failed")
    swap(link, other)
    wait_for_another_session(editor, uri, former)

    assert text_of(livebook, other) == OTHER
    assert text_of(livebook, real) == REAL


def test_a_save_that_finds_a_swap_opens_the_session_that_is_asked_for(
    start_editor: Callable[..., Editor], livebook: StandIn, real: Path, other: Path, link: Path
) -> None:
    editor = start_editor(settings={"openOnDidOpen": "never"})
    uri = editor.open(link)
    editor.wait_for_state(uri, "detached")
    editor.command("livebook.open", {"uri": uri})
    former = editor.wait_for_state(uri, "inSync")["url"]
    swap(link, other)
    editor.save(uri, link, SAVED)
    editor.wait_for_state(uri, "detached")
    editor.command("livebook.open", {"uri": uri})
    wait_for_another_session(editor, uri, former)

    assert text_of(livebook, other) == SAVED
    assert text_of(livebook, real) == REAL


def test_a_target_that_is_saved_by_renaming_keeps_its_session(
    editor: Editor, livebook: StandIn, real: Path, link: Path
) -> None:
    uri = opened(editor, link)
    former = editor.status(uri)["url"]
    new = real.with_name("new.livemd")
    new.write_text(TYPED, encoding="utf-8")
    real.replace(real.with_name("note.livemd~"))
    new.replace(real)
    editor.wait_for(lambda: text_of(livebook, real) == TYPED, "the other text in its session")
    editor.wait_for_state(uri, "inSync")

    assert editor.status(uri)["url"] == former
    assert codes(editor, uri) == []


def test_a_save_that_is_on_its_way_is_not_put_back_over_the_other_file(
    editor: Editor, livebook: StandIn, real: Path, other: Path, link: Path
) -> None:
    uri = opened(editor, link)
    former = editor.status(uri)["url"]
    # As Livebook's late write of what was there before the save would look.
    other.write_text(REAL, encoding="utf-8")
    with livebook.holding(HoldPoint.SYNC) as until_held:
        editor.save(uri, link, TYPED)
        until_held(1)
        swap(link, other)
    wait_for_another_session(editor, uri, former)

    livebook.wait_settled()
    assert other.read_text(encoding="utf-8") == REAL
    assert text_of(livebook, other) == REAL
    assert text_of(livebook, real) == TYPED


def test_only_another_file_that_is_there_counts(
    tmp_path: Path, real: Path, other: Path, link: Path
) -> None:
    notebook = NotebookLink(str(link), lambda _: None)
    notebook.real = str(real.resolve())
    found = [leads_elsewhere(notebook)]
    for target in (tmp_path / "nothing.livemd", link, real, other):
        swap(link, target)
        found.append(leads_elsewhere(notebook))

    assert found == [False, False, False, False, True]


def test_a_folder_that_is_moved_and_linked_from_where_it_was_has_the_same_files(
    editor: Editor, livebook: StandIn, tmp_path: Path, real: Path
) -> None:
    uri = opened(editor, real)
    moved = real.parent.rename(tmp_path / "moved")
    real.parent.symlink_to(moved)
    editor.save(uri, real, TYPED)
    editor.wait_for(lambda: text_of(livebook, real) == TYPED, "the save in its session")
    editor.wait_for_state(uri, "inSync")

    assert len(livebook.sessions) == 1
    assert codes(editor, uri) == []
