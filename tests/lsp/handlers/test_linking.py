from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.notebook.source import Source, Unit
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.text_edits import apply_edits
from tests.support.marks import cut

OTHER = "# Other\n\n## Load data\n\n## Load data\n"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "sub" / "other one.livemd"
    path.parent.mkdir()
    path.write_text(OTHER, encoding="utf-8")
    return path


def opened(editor: Editor, path: Path, marked: str) -> dict[str, Any]:
    """A notebook in the editor, and the question about the place that is marked in it."""
    found = cut(marked)
    path.write_text(found.text, encoding="utf-8")
    line, column = Source(found.text).position(found.cursor or 0, Unit.UTF16)
    return {
        "textDocument": {"uri": editor.open(path)},
        "position": {"line": line, "character": column},
    }


BACK = "[back](../note.livemd#last) [x](../note.livemd)"


def in_line(line: str) -> str:
    return f"# Note\n\n{line}\n\n## Größe 😀\n\n## Last\n"


DEFINITIONS = (
    ("[a](#l$0ast)", "note.livemd", 6),
    ("[a](#gr%C3%B6%C3%9Fe$0)", "note.livemd", 4),
    ("😀 [wor$0ds](sub/other%20one.livemd#load-data-2)", "other%20one.livemd", 4),
    ("[a](<sub/other one.livemd$0>)", "other%20one.livemd", 0),
    ("[a](#no$0where)", None, 0),
    ("[a](no$0.livemd)", None, 0),
    ("[a](https://a$0.b)", None, 0),
    ("wo$0rds", None, 0),
)
HOVERS = (
    ("[a](#l$0ast)", "Section “Last” of this notebook"),
    ("[a](sub/other%20one.livemd#load$0-data)", "Section “Load data” of `sub/other one.livemd`"),
    ("[a](sub/other%20one.livemd$0)", "“Other”, `sub/other one.livemd`"),
    ("[a](gone$0.csv)", "There is nothing at `gone.csv`."),
    ("[a](/learn/x$0)", "A page of the Livebook that runs this notebook."),
)


def test_definition_of_a_link_is_where_it_leads(
    editor: Editor, notebook: Path, other: Path
) -> None:
    assert other.exists()
    for line, name, line_there in DEFINITIONS:
        question = opened(editor, notebook, in_line(line))
        found = editor.request("textDocument/definition", question)

        assert (found and Path(found["uri"]).name) == name, line
        assert found is None or found["range"]["start"]["line"] == line_there, line


def test_hover_says_where_a_link_leads(editor: Editor, notebook: Path, other: Path) -> None:
    assert other.exists()
    for line, says in HOVERS:
        question = opened(editor, notebook, in_line(line))

        assert editor.request("textDocument/hover", question)["contents"]["value"] == says, line


def test_links_can_be_followed(editor: Editor, notebook: Path, other: Path) -> None:
    line = "[a](sub/other%20one.livemd#x) [b](https://a.b) [c](#last) `[d](e)` ![f](files/g.png)"
    question = opened(editor, notebook, in_line(line))
    found = editor.request("textDocument/documentLink", question)

    assert [it["target"] for it in found] == [
        other.as_uri(),
        "https://a.b",
        (notebook.parent / "files" / "g.png").as_uri(),
    ]


def test_references_of_a_section_are_the_links_to_it(
    start_editor: Callable[..., Editor], notebook: Path, other: Path
) -> None:
    editor = start_editor(folder=notebook.parent)
    other.write_text(f"{OTHER}\n{BACK}\n", encoding="utf-8")
    question = opened(editor, notebook, in_line("[a](#last)").replace("## La", "## La$0"))
    question["context"] = {"includeDeclaration": True}
    found = editor.request("textDocument/references", question)

    assert [(Path(it["uri"]).name, it["range"]["start"]["line"]) for it in found] == [
        ("note.livemd", 6),
        ("note.livemd", 2),
        ("other%20one.livemd", 6),
    ]


def test_references_of_the_title_are_the_links_to_the_notebook(
    start_editor: Callable[..., Editor], notebook: Path, other: Path
) -> None:
    editor = start_editor(folder=notebook.parent)
    other.write_text(f"{OTHER}\n{BACK}\n", encoding="utf-8")
    question = opened(editor, notebook, in_line("[a](#last)").replace("# No", "# No$0"))
    question["context"] = {"includeDeclaration": False}
    found = editor.request("textDocument/references", question)

    assert [Path(it["uri"]).name for it in found] == ["other%20one.livemd"] * 2


def renamed(editor: Editor, question: dict[str, Any], name: str) -> dict[str, str]:
    """The texts of all files that change, by their names."""
    edit = editor.request("textDocument/rename", question | {"newName": name})
    return {
        Path(uri).name: apply_edits(
            editor.texts.get(uri)
            or Path(uri.removeprefix("file://").replace("%20", " ")).read_text(),
            edits,
        )
        for uri, edits in (edit or {}).get("changes", {}).items()
    }


def test_links_in_all_notebooks_follow_a_section(
    start_editor: Callable[..., Editor], notebook: Path, other: Path
) -> None:
    editor = start_editor(folder=notebook.parent)
    other.write_text("# O\n\n😀 [a](../note.livemd#last)\n", encoding="utf-8")
    question = opened(editor, notebook, in_line("[a](#last)").replace("## La", "## La$0"))
    prepared = editor.request("textDocument/prepareRename", question)

    assert prepared["placeholder"] == "Last"
    assert renamed(editor, question, "The end!") == {
        "note.livemd": in_line("[a](#the-end)").replace("## Last", "## The end!"),
        "other%20one.livemd": "# O\n\n😀 [a](../note.livemd#the-end)\n",
    }


def test_what_is_no_name_and_no_heading_is_refused(editor: Editor, notebook: Path) -> None:
    question = opened(editor, notebook, in_line("[a](#last)").replace("## La", "## La$0"))
    for name in ("", "  ", "two\nlines"):
        assert renamed(editor, question, name) == {}
        assert editor.messages.pop()["message"] == "A section needs a name, on one line."

    question = opened(editor, notebook, in_line("some wo$0rds"))
    assert editor.request("textDocument/prepareRename", question) is None


def test_links_follow_a_notebook_that_is_renamed(
    start_editor: Callable[..., Editor], notebook: Path, other: Path
) -> None:
    editor = start_editor(folder=notebook.parent)
    opened(editor, notebook, in_line("[a](sub/other%20one.livemd#load-data)"))
    new = other.with_name("new.livemd")
    files = [{"oldUri": other.as_uri(), "newUri": new.as_uri()}]
    edit = editor.request("workspace/willRenameFiles", {"files": files})
    (edits,) = edit["changes"].values()

    assert [it["newText"] for it in edits] == ["sub/new.livemd"]


def test_links_follow_a_folder_that_moves(
    start_editor: Callable[..., Editor], notebook: Path, other: Path
) -> None:
    editor = start_editor(folder=notebook.parent)
    other.write_text("# O\n\n[a](../note.livemd) ![](files/x.png)\n", encoding="utf-8")
    opened(editor, notebook, in_line("[a](sub/other%20one.livemd)"))
    old = notebook.parent / "sub"
    new = notebook.parent / "deep" / "er"
    files = [{"oldUri": old.as_uri(), "newUri": new.as_uri()}]
    edit = editor.request("workspace/willRenameFiles", {"files": files})

    assert {
        Path(uri).name: [it["newText"] for it in its] for uri, its in edit["changes"].items()
    } == {
        "note.livemd": ["deep/er/other%20one.livemd"],
        "other%20one.livemd": ["../../note.livemd"],
    }


def test_a_dead_link_is_told_and_fixed(editor: Editor, notebook: Path, other: Path) -> None:
    question = opened(editor, notebook, in_line("[a](sub/other%20one.livemd#load-dat) [b](#lst)"))
    uri = question["textDocument"]["uri"]
    told = editor.wait_for(
        lambda: [it for it in editor.diagnostics.get(uri, []) if "link" in it["code"]],
        "dead links",
    )

    assert [it["code"] for it in told] == ["link-to-no-section"] * 2
    titles = [it["title"] for it in editor.actions(uri, 2)]
    assert {"Link to “#load-data”", "Link to “#last”"} <= set(titles)
    fix = next(it for it in editor.actions(uri, 2) if it["title"] == "Link to “#last”")
    assert "[b](#last)" in apply_edits(editor.texts[uri], fix["edit"]["changes"][uri])
    other.write_text("# O\n\n## Load dat\n", encoding="utf-8")
    changes = [{"uri": other.as_uri(), "type": 2}]
    editor.notify("workspace/didChangeWatchedFiles", {"changes": changes})
    editor.wait_for(
        lambda: len([it for it in editor.diagnostics[uri] if "link" in it["code"]]) == 1,
        "one dead link less",
    )


def test_dead_links_are_not_told_where_nobody_wants_it(
    start_editor: Callable[..., Editor], notebook: Path
) -> None:
    editor = start_editor(settings={"checkLinks": False})
    question = opened(editor, notebook, in_line("[b](#lst)\n\n```elixir\n[b](#lst)"))
    uri = question["textDocument"]["uri"]
    editor.wait_for(lambda: editor.diagnostics.get(uri), "other findings")

    assert not [it for it in editor.diagnostics[uri] if "link" in it["code"]]


def test_names_are_found_in_all_notebooks(
    start_editor: Callable[..., Editor], notebook: Path, other: Path
) -> None:
    editor = start_editor(folder=notebook.parent)
    opened(editor, notebook, "# Note\n\n## Loads of typing\n")
    found = editor.request("workspace/symbol", {"query": "load"})

    assert [(it["name"], Path(it["location"]["uri"]).name) for it in found] == [
        ("Load data", "other%20one.livemd"),
        ("Load data", "other%20one.livemd"),
        ("Loads of typing", "note.livemd"),
    ]
    other.write_text("# O\n\n## Loads\n", encoding="utf-8")
    changes = [{"uri": other.as_uri(), "type": 2}]
    editor.notify("workspace/didChangeWatchedFiles", {"changes": changes})
    found = editor.request("workspace/symbol", {"query": "load"})
    assert [it["name"] for it in found] == ["Loads", "Loads of typing"]
