from __future__ import annotations

from pathlib import Path

import pytest

from livebook_ls.notebook.linked_notebook import linked_notebook
from livebook_ls.notebook.outline import EntryKind
from livebook_ls.workspace.index import NotebookIndex


@pytest.fixture(params=[True, False], ids=["events", "looking"])
def has_events(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def index(tmp_path: Path, has_events: bool) -> NotebookIndex:
    index = NotebookIndex(lambda: has_events)
    index.use([str(tmp_path)])
    return index


def write(path: Path, text: str, index: NotebookIndex | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if index is not None:
        index.note(str(path))


def names(index: NotebookIndex, query: str) -> list[str]:
    return [it.place.name for it in index.search(query, {}, 100)]


def test_sections_cells_and_modules_are_found(index: NotebookIndex, tmp_path: Path) -> None:
    code = "x = 1\ndefmodule My.Module do\nend"
    write(tmp_path / "a.livemd", f"# Title\n\n## My part\n\n```elixir\n{code}\n```\n")
    found = index.search("my", {}, 100)

    assert [(it.place.name, it.place.kind, it.place.line) for it in found] == [
        ("My part", EntryKind.SECTION, 2),
        ("My.Module", EntryKind.MODULE, 6),
    ]
    assert names(index, "x =") == ["x = 1"]
    assert names(index, "mymd") == ["My.Module"]


def test_what_is_changed_made_and_deleted_is_noticed(index: NotebookIndex, tmp_path: Path) -> None:
    first, second = tmp_path / "a.livemd", tmp_path / "sub" / "b.livemd"
    write(first, "# T\n\n## Alpha\n")

    assert names(index, "alpha") == ["Alpha"]
    write(first, "# T\n\n## Beta and more\n", index)
    write(second, "# T\n\n## Alpha two\n", index)
    assert names(index, "alpha") == ["Alpha two"]
    second.unlink()
    index.note(str(second))
    assert names(index, "alpha") == []
    assert names(index, "beta") == ["Beta and more"]


def test_what_git_ignores_and_packages_bring_is_left_out(
    index: NotebookIndex, tmp_path: Path
) -> None:
    for folder in ("node_modules/x", "_build", "deps/y", ".git", "out"):
        write(tmp_path / folder / "a.livemd", "# Alpha\n")
    write(tmp_path / ".gitignore", "out/\n")

    assert names(index, "alpha") == []
    write(tmp_path / "deps" / "z" / "b.livemd", "# Alpha\n", index)
    assert names(index, "alpha") == []


def test_an_open_notebook_is_found_as_it_is_shown(index: NotebookIndex, tmp_path: Path) -> None:
    path = tmp_path / "a.livemd"
    write(path, "# T\n\n## Saved\n")
    shown = linked_notebook("# T\n\n## Typed\n").summary
    outside = linked_notebook("# T\n\n## Typed elsewhere\n").summary
    found = index.search("typed", {str(path): shown, "/elsewhere/b.livemd": outside}, 100)

    assert [it.place.name for it in found] == ["Typed"]
    assert index.search("saved", {str(path): shown}, 100) == []


def test_notebooks_are_found_by_where_their_links_lead(
    index: NotebookIndex, tmp_path: Path
) -> None:
    write(tmp_path / "a.livemd", "# A\n\n[b](sub/b%20c.livemd#x)\n")
    write(tmp_path / "sub" / "b c.livemd", "# B\n\n[own](#x)\n")
    target = str(tmp_path / "sub" / "b c.livemd")

    assert index.linking_to(lambda it: it == target) == (str(tmp_path / "a.livemd"), target)


def test_no_character_of_a_name_confuses_the_index(index: NotebookIndex, tmp_path: Path) -> None:
    odd = "a\x1fb\x00c\u2028d"
    code = "```elixir\ndefmodule Odd do\nend\n```\n"
    write(tmp_path / "a.livemd", f"# {odd}\n\n## {odd} odd\n\n{code}")

    assert sorted(names(index, "odd")) == ["Odd", "a b\x00c d odd", "defmodule Odd do"]


def test_what_is_no_text_or_no_file_is_left_out(index: NotebookIndex, tmp_path: Path) -> None:
    (tmp_path / "a.livemd").write_bytes(b"# \xff\n")
    (tmp_path / "b.livemd").mkdir()
    write(tmp_path / "c.livemd", "# Alpha\n")

    assert names(index, "") == ["Alpha"]
