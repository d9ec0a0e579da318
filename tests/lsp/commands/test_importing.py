from __future__ import annotations

from pathlib import Path

from livebook_ls.standin.editor import Editor


def test_an_imported_file_is_shown(editor: Editor, tmp_path: Path) -> None:
    path = tmp_path / "my script.exs"
    path.write_text("# Title\n\n1 + 1\n", encoding="utf-8")
    made = editor.command("livebook.import", path.as_uri())
    target = path.with_suffix(".livemd")

    assert made == target.as_uri()
    assert editor.shown == [target.as_uri()]
    assert target.read_text("utf-8") == "# Title\n\n## Section\n\n```elixir\n1 + 1\n```\n"
    assert editor.command("livebook.import", {"path": str(path)}) is None
    assert editor.messages[-1]["message"].startswith(f"{target} exists already.")


def test_what_can_not_be_imported_is_told(editor: Editor, tmp_path: Path) -> None:
    assert editor.command("livebook.import") is None
    assert editor.messages[-1]["message"].startswith("Name the file to import")
    editor.command("livebook.import", str(tmp_path / "gone.md"))
    assert "No such file" in editor.messages[-1]["message"]
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    editor.command("livebook.import", str(tmp_path / "a.txt"))
    assert "Only .ipynb" in editor.messages[-1]["message"]
