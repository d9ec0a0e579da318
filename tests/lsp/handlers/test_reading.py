"""What an editor shows of a notebook, through stdio, in the units that editors count in."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.notebook.source import Source, Unit
from livebook_ls.standin.editor import CAPABILITIES, Editor
from tests.support.marks import cut

# Emoji are two UTF-16 units and four bytes; U+2028 ends no line, whatever Python thinks.
TEXT = (
    '<!-- livebook:{"persist_outputs":true} -->\r\n\r\n# 🎉 Über\u2028uns\r\n\r\n'
    "## 日本語 🎉\r\n\r\n```elixir\r\n\u2028 = 🎉\r\n```\r\n\r\nwords\u2028🎉 [a]\r\n\r\n"
)
LINK = "[a]: http://b/🎉\r\n"
UNITS = {"utf-16": Unit.UTF16, "utf-8": Unit.UTF8}


@pytest.fixture(params=UNITS)
def encoding(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def view(start_editor: Callable[..., Editor], encoding: str) -> Editor:
    """An editor that looks at notebooks, with no Livebook at hand."""
    capabilities: Any = copy.deepcopy(CAPABILITIES)
    capabilities["general"]["positionEncodings"] = [encoding]
    settings = {"url": "http://127.0.0.1:9", "openOnDidOpen": "never"}
    return start_editor(capabilities=capabilities, settings=settings)


def write(folder: Path, text: str) -> Path:
    path = folder / "note.livemd"
    path.write_bytes(text.encode("utf-8"))
    return path


def position(text: str, offset: int, encoding: str) -> dict[str, int]:
    line, column = Source(text).position(offset, UNITS[encoding])
    return {"line": line, "character": column}


def told(text: str, range_: Any, encoding: str) -> str:
    """The text that a range is about."""
    source = Source(text)
    start, end = (
        source.offset(it["line"], it["character"], UNITS[encoding])
        for it in (range_["start"], range_["end"])
    )
    return text[start:end]


def structure(editor: Editor, uri: str) -> list[Any]:
    """What is shown that the text alone says."""
    session = ("not-running", "another-program", "not-open", "timed-out")
    return [it for it in editor.diagnostics.get(uri, []) if it["code"] not in session]


def test_the_unit_is_agreed_on(view: Editor, encoding: str) -> None:
    assert view.server["capabilities"]["positionEncoding"] == encoding


def test_symbols_name_what_is_where(view: Editor, encoding: str, tmp_path: Path) -> None:
    uri = view.open(write(tmp_path, TEXT))
    (title,) = view.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    (section,) = title["children"]
    code, words = section["children"]

    def named(symbol: Any) -> str:
        return told(TEXT, symbol["selectionRange"], encoding)

    assert named(title) == "🎉 Über\u2028uns"
    assert named(section) == section["name"] == "日本語 🎉"
    assert named(code) == "= 🎉"
    assert named(words) == "words\u2028🎉 [a]"


def test_a_hover_folds_and_selections_are_where_they_should(
    view: Editor, encoding: str, tmp_path: Path
) -> None:
    uri = view.open(write(tmp_path, TEXT))
    document = {"textDocument": {"uri": uri}}
    hover = view.request("textDocument/hover", document | {"position": {"line": 0, "character": 9}})
    folds = view.request("textDocument/foldingRange", document)
    place = position(TEXT, TEXT.index("語"), encoding)
    (selection,) = view.request("textDocument/selectionRange", document | {"positions": [place]})

    assert told(TEXT, hover["range"], encoding) == '<!-- livebook:{"persist_outputs":true} -->'
    assert [(it["startLine"], it["endLine"]) for it in folds] == [(4, 10), (6, 8)]
    assert told(TEXT, selection["range"], encoding) == "日本語"
    assert told(TEXT, selection["parent"]["range"], encoding) == "## 日本語 🎉"


def test_typing_is_followed_and_a_fix_mends_it(view: Editor, encoding: str, tmp_path: Path) -> None:
    uri = view.open(write(tmp_path, TEXT))
    text = TEXT + LINK
    view.change(uri, text)
    (item,) = view.wait_for(lambda: structure(view, uri), "the hazard")
    line = item["range"]["start"]["line"]
    fixes = [it for it in view.actions(uri, line) if "edit" in it]
    (fix,) = fixes
    source = Source(text)
    edits = fix["edit"]["changes"][uri]
    mended = text
    for edit in reversed(edits):
        span = [
            source.offset(
                edit["range"][at]["line"], edit["range"][at]["character"], UNITS[encoding]
            )
            for at in ("start", "end")
        ]
        mended = mended[: span[0]] + edit["newText"] + mended[span[1] :]
    view.change(uri, mended)
    view.wait_for(lambda: not structure(view, uri), "nothing more to say")

    assert (item["code"], item["severity"]) == ("link-definition", 2)
    assert told(text, item["range"], encoding) == LINK.strip()
    assert fix["diagnostics"] == [item]
    assert "🎉 [a](http://b/🎉)" in mended


def test_opening_and_saving_tell_at_once_and_closing_takes_back(
    view: Editor, tmp_path: Path
) -> None:
    path = write(tmp_path, "x\n\n# A\n")
    uri = view.open(path)
    (warning,) = view.wait_for(lambda: structure(view, uri), "the warning")
    view.save(uri, path, "# A\n\n<!-- livebook:{ -->\n")
    view.wait_for(
        lambda: [it["code"] for it in structure(view, uri)] == ["invalid-json"], "the hazard"
    )
    view.close_document(uri)
    view.wait_for(lambda: view.diagnostics[uri] == [], "a clean slate")

    assert (warning["code"], warning["severity"]) == ("import-warning", 2)


def test_other_documents_are_left_alone(view: Editor, tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text("# A\n", encoding="utf-8")
    uri = view.open(path)
    document = {"textDocument": {"uri": uri}}

    assert view.request("textDocument/documentSymbol", document) is None
    assert view.request("textDocument/foldingRange", document) is None
    assert (
        view.request("textDocument/hover", document | {"position": {"line": 0, "character": 0}})
        is None
    )


def test_flat_symbols_for_a_client_without_trees(
    start_editor: Callable[..., Editor], tmp_path: Path
) -> None:
    capabilities: Any = copy.deepcopy(CAPABILITIES)
    del capabilities["textDocument"]["documentSymbol"]
    editor = start_editor(capabilities=capabilities)
    uri = editor.open(write(tmp_path, cut(TEXT).text))
    found = editor.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})

    assert [it.get("containerName") for it in found] == [
        None,
        "🎉 Über uns",
        "日本語 🎉",
        "日本語 🎉",
    ]


def test_the_cursor_goes_from_cell_to_cell(view: Editor, encoding: str, tmp_path: Path) -> None:
    uri = view.open(write(tmp_path, TEXT))
    code, words = TEXT.index("\u2028 = 🎉"), TEXT.index("words")

    def moved(command: str, offset: int) -> Any:
        where = {"uri": uri, "position": position(TEXT, offset, encoding)}
        return view.request("workspace/executeCommand", {"command": command, "arguments": [where]})

    assert moved("livebook.nextCell", 0) == position(TEXT, code, encoding)
    assert moved("livebook.nextCell", code) == position(TEXT, words, encoding)
    assert moved("livebook.nextCell", words) is None
    assert moved("livebook.previousCell", words) == position(TEXT, code, encoding)
