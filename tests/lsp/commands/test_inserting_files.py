"""Links to files put into prose from an editor: what is made beside the notebook, and what not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.notebook.editing import refusals
from livebook_ls.standin.editor import Editor

TEXT = """\
# Note

## One

Words here

```elixir
a = 1
```
"""
LISTED = '<!-- livebook:{"file_entries":[{"name":"plot.png","type":"attachment"}]} -->\n\n'
PROSE, CODE = 4, 7
DATA = b"\x89PNG one"


@pytest.fixture
def editor(start_editor: Callable[..., Editor]) -> Editor:
    return start_editor(settings={"openOnDidOpen": "never"})


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "plot.png"
    path.parent.mkdir()
    path.write_bytes(DATA)
    return path


def opened(editor: Editor, notebook: Path, text: str = TEXT) -> str:
    notebook.write_text(text, encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached", timeout_s=4)
    return uri


def insert(editor: Editor, uri: str, line: int = PROSE, **more: object) -> Any:
    place = {"line": line, "character": len("Words ")}
    return editor.command("livebook.insertFile", {"uri": uri, "position": place, **more})


def kept(notebook: Path) -> dict[str, bytes]:
    folder = notebook.parent / "files"
    return {it.name: it.read_bytes() for it in folder.iterdir()} if folder.exists() else {}


def test_an_image_is_kept_listed_and_shown_by_one_edit(
    editor: Editor, notebook: Path, image: Path
) -> None:
    uri = opened(editor, notebook)
    answer = insert(editor, uri, path=str(image))

    assert kept(notebook) == {"plot.png": DATA}
    assert editor.texts[uri] == LISTED + TEXT.replace("Words ", "Words ![](files/plot.png)")
    end = {"line": PROSE + 2, "character": len("Words ![](files/plot.png)")}
    assert answer == {"start": end, "end": end}
    assert editor.messages == []


def test_nothing_is_overwritten_and_the_same_image_kept_once(
    editor: Editor, notebook: Path, image: Path
) -> None:
    uri = opened(editor, notebook)
    insert(editor, uri, path=str(image))
    insert(editor, uri, line=PROSE + 2, path=str(image))
    image.write_bytes(b"another")
    insert(editor, uri, line=PROSE + 2, path=str(image))

    assert kept(notebook) == {"plot.png": DATA, "plot-2.png": b"another"}
    assert editor.texts[uri].count("(files/plot.png)") == 2
    assert '{"name":"plot-2.png","type":"attachment"},{"name":"plot.png"' in editor.texts[uri]


def test_a_name_is_one_that_livebook_takes(editor: Editor, notebook: Path, image: Path) -> None:
    uri = opened(editor, notebook)
    insert(editor, uri, path=str(image.rename(image.with_name("my plöt (1).PNG"))))

    assert list(kept(notebook)) == ["my-pl-t-1-.PNG"]
    assert "![](files/my-pl-t-1-.PNG)" in editor.texts[uri]


@pytest.mark.slow
@pytest.mark.parametrize("line", [0, 2, CODE, CODE - 1])
def test_code_and_headings_take_no_link_and_nothing_is_made(
    editor: Editor, notebook: Path, image: Path, line: int
) -> None:
    uri = opened(editor, notebook)

    assert insert(editor, uri, line=line, path=str(image)) is None
    assert editor.messages[-1]["message"] == refusals.NOT_IN_PROSE.sentence
    assert editor.texts[uri] == TEXT
    assert kept(notebook) == {}


def test_the_list_of_files_is_left_alone_while_a_session_runs(
    editor: Editor, notebook: Path, image: Path
) -> None:
    notebook.write_text(TEXT, encoding="utf-8")
    uri = editor.open(notebook)
    editor.command("livebook.attach", uri)
    before = editor.texts[uri]
    insert(editor, uri, path=str(image))
    insert(editor, uri, path=str(image))

    assert "file_entries" not in editor.texts[uri]
    assert editor.texts[uri].count("![](files/plot.png)") == before.count("![") + 2
    told = [it["message"] for it in editor.messages if "files panel" in it["message"]]
    assert len(told) == 1
    assert "plot.png" in told[0]


def test_another_file_is_linked_where_it_is(editor: Editor, notebook: Path, tmp_path: Path) -> None:
    uri = opened(editor, notebook)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "my sales.csv").write_text("a,b\n", encoding="utf-8")
    insert(editor, uri, path="data/my sales.csv")

    assert editor.texts[uri] == TEXT.replace("Words ", "Words [my sales.csv](data/my%20sales.csv)")
    assert kept(notebook) == {}


def test_what_can_not_be_inserted_is_told(
    editor: Editor, notebook: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    uri = opened(editor, notebook)
    outside = tmp_path_factory.mktemp("outside") / "data.csv"
    outside.write_text("a", encoding="utf-8")
    for path, said in (
        ("", "Name the file"),
        ("gone.png", "gone.png: No such file"),
        ("gone.csv", "gone.csv: No such file"),
        (str(outside), "is outside the workspace"),
    ):
        assert insert(editor, uri, path=path) is None
        assert said in editor.messages[-1]["message"]
    assert editor.texts[uri] == TEXT


def test_an_edit_that_is_not_applied_leaves_no_file(
    editor: Editor, notebook: Path, image: Path
) -> None:
    uri = opened(editor, notebook)
    editor.applies_edits = False

    assert insert(editor, uri, path=str(image)) is None
    assert "changed meanwhile" in editor.messages[-1]["message"]
    assert kept(notebook) == {}


def test_a_plan_says_what_to_do_and_does_nothing(
    editor: Editor, notebook: Path, image: Path
) -> None:
    uri = opened(editor, notebook)
    plan = insert(editor, uri, name="image.png", apply=False)

    assert plan["text"] == "![](files/image.png)"
    assert plan["attachment"] == (notebook.parent / "files" / "image.png").as_uri()
    assert plan["isNew"] is True
    (edit,) = plan["edits"]
    assert edit["newText"] == LISTED.replace("plot", "image")
    assert insert(editor, uri, path=str(image), apply=False)["text"] == "![](files/plot.png)"
    assert insert(editor, uri, line=CODE, name="image.png", apply=False) is None
    assert (editor.texts[uri], kept(notebook), editor.messages) == (TEXT, {}, [])


def test_what_the_comment_says_stays(editor: Editor, notebook: Path, image: Path) -> None:
    comment = '<!-- livebook:{"autosave_interval_s":60,"unknown":[1]} -->\n\n'
    uri = opened(editor, notebook, comment + TEXT)
    insert(editor, uri, line=PROSE + 2, path=str(image))

    entries = '"file_entries":[{"name":"plot.png","type":"attachment"}]'
    head = f'<!-- livebook:{{"autosave_interval_s":60,{entries},"unknown":[1]}} -->\n\n'
    assert editor.texts[uri].startswith(head)


def test_a_notebook_without_a_title_stays_without_a_list(
    editor: Editor, notebook: Path, image: Path
) -> None:
    uri = opened(editor, notebook, TEXT.replace("# Note\n\n", ""))
    insert(editor, uri, line=PROSE - 2, path=str(image))

    assert editor.texts[uri].startswith("## One\n\nWords ![](files/plot.png)")
    assert "files panel" in editor.messages[-1]["message"]
