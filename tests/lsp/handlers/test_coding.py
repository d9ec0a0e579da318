from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.notebook.source import Source, Unit
from livebook_ls.standin.editor import CAPABILITIES, Editor
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.text_edits import apply_edits
from tests.conftest import TIMING, clean_environ
from tests.support.elixirs import in_cells, needs_elixir
from tests.support.fork_server.program import quick_program
from tests.support.marks import cut

pytestmark = needs_elixir
OPTIONS = {"tabSize": 2, "insertSpaces": True}
Start = Callable[..., Editor]


def capabilities(**item: Any) -> Any:
    able = copy.deepcopy(CAPABILITIES)
    able["textDocument"]["completion"] = {"completionItem": item}
    able["textDocument"]["hover"] = {"contentFormat": ["markdown"]}
    return able


@pytest.fixture(scope="module")
def helped() -> Iterator[Editor]:
    """An editor for all of these tests: an Elixir takes a second to start."""
    with StandIn(StandInSettings(timing=TIMING)) as livebook:
        environ = clean_environ() | {"LIVEBOOK_URL": livebook.url}
        editor = Editor(
            (*quick_program(environ), "--stdio"),
            environ=environ,
            settings={"languageHelp": True},
            capabilities=capabilities(snippetSupport=True, labelDetailsSupport=True),
        )
        yield editor
        editor.close()


def opened(editor: Editor, path: Path, marked: str) -> tuple[str, dict[str, Any]]:
    """A notebook in the editor, and the question about the place that is marked in it."""
    found = cut(marked)
    path.write_text(found.text, encoding="utf-8")
    uri = editor.open(path)
    line, column = Source(found.text).position(found.cursor or 0, Unit.UTF16)
    return uri, {
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": column},
    }


def completed(editor: Editor, question: dict[str, Any]) -> list[Any]:
    """The items, once the helper has started."""
    answer = editor.wait_for(
        lambda: (
            (it := editor.request("textDocument/completion", question))
            and not it["isIncomplete"]
            and it
        ),
        "a whole answer",
    )
    items: list[Any] = answer["items"]
    return items


@pytest.mark.slow
def test_a_function_is_completed_with_its_arguments_place(helped: Editor, notebook: Path) -> None:
    uri, question = opened(helped, notebook, in_cells('"😀"; Enum.flat_map_r$0'))
    (item,) = completed(helped, question)

    assert item["label"] == "flat_map_reduce/3"
    assert item["insertTextFormat"] == 2
    text = apply_edits(helped.texts[uri], [item["textEdit"]])
    assert '"😀"; Enum.flat_map_reduce($0)\n' in text
    resolved = helped.request("completionItem/resolve", item)
    assert "Enum.flat_map_reduce(enumerable, acc, fun)" in resolved["documentation"]["value"]


def test_what_the_text_alone_says_is_marked(helped: Editor, notebook: Path) -> None:
    _, question = opened(helped, notebook, in_cells("some_value = 1", "some_v$0"))
    (item,) = completed(helped, question)

    assert item["labelDetails"] == {"description": "from the text"}


@pytest.mark.slow
def test_a_client_without_snippets_gets_a_name(start_editor: Start, notebook: Path) -> None:
    editor = start_editor(settings={"languageHelp": True}, capabilities=capabilities())
    _, question = opened(editor, notebook, in_cells("Enum.flat_map_r$0"))
    (item,) = completed(editor, question)

    assert item["textEdit"]["newText"] == "flat_map_reduce"
    assert "insertTextFormat" not in item


def test_references_are_the_places_with_the_same_definition(helped: Editor, notebook: Path) -> None:
    cells = (
        "defmodule My.Mod do\n  def go(value), do: value\nend\nvalue = 1",
        "alias My.Mod\nMod.go(value)\nMy.Mo$0d.go(2)\n:value",
    )
    _, question = opened(helped, notebook, in_cells(*cells))
    question["context"] = {"includeDeclaration": True}

    def lines() -> list[int]:
        found = helped.request("textDocument/references", question) or []
        return [it["range"]["start"]["line"] for it in found]

    assert helped.wait_for(lambda: len(lines()) > 1 and lines(), "the uses") == [5, 12, 13, 14]
    question["position"] = {"line": 13, "character": 8}
    assert lines() == [8, 13]
    question["position"] = {"line": 6, "character": 6}
    assert lines() == [6, 13, 14]


def test_parentheses_that_stand_there_are_not_doubled(helped: Editor, notebook: Path) -> None:
    _, question = opened(helped, notebook, in_cells("Enum.flat_map_r$0(x)"))
    (item,) = completed(helped, question)

    assert item["textEdit"]["newText"] == "flat_map_reduce"


@pytest.mark.parametrize(
    "marked",
    [
        "# Note\n\nEnum.$0\n",
        '# Note\n\n<!-- livebook:{"output$0":true} -->\n\n```\nx\n```\n',
        "# Note\n\n## S\n\n```sql\nEnum.$0\n```\n",
    ],
)
@pytest.mark.parametrize("method", ["completion", "signatureHelp", "definition"])
def test_outside_of_code_nothing_is_answered(
    helped: Editor, notebook: Path, marked: str, method: str
) -> None:
    _, question = opened(helped, notebook, marked)

    assert helped.request(f"textDocument/{method}", question) is None


def test_a_name_is_explained_and_leads_to_its_cell(helped: Editor, notebook: Path) -> None:
    geo = 'defmodule Geo do\n  @doc "Area."\n  def area(w), do: w\nend'
    marked = in_cells(geo, "Geo.a$0rea(1)")
    uri, question = opened(helped, notebook, marked)
    hover = helped.wait_for(
        lambda: helped.request("textDocument/hover", question), "an explanation"
    )

    assert "Area." in hover["contents"]["value"]
    place = helped.request("textDocument/definition", question)
    assert (place["uri"], place["range"]["start"]) == (uri, {"line": 7, "character": 2})


def test_a_call_shows_its_arguments(helped: Editor, notebook: Path) -> None:
    _, question = opened(helped, notebook, in_cells("Enum.reduce(a, $0)"))
    help_ = helped.wait_for(
        lambda: helped.request("textDocument/signatureHelp", question), "a signature"
    )

    assert help_["signatures"][0]["label"] == "reduce(enumerable, fun)"
    assert help_["activeParameter"] == 1


def test_a_syntax_error_shows_at_its_place_and_goes_away(helped: Editor, notebook: Path) -> None:
    uri, _ = opened(helped, notebook, in_cells("1 + 1", "x = (1 + ]"))
    found = helped.wait_for(
        lambda: [it for it in helped.diagnostics.get(uri, []) if it["code"] == "syntax-error"],
        "a syntax error",
    )

    assert found[0]["range"]["start"]["line"] == 9
    assert found[0]["severity"] == 1
    helped.change(uri, in_cells("1 + 1", "x = (1 + 1)"))
    helped.wait_for(
        lambda: not [it for it in helped.diagnostics[uri] if it["code"] == "syntax-error"],
        "the end of the syntax error",
    )


def test_formatting_forms_cells_and_notebook_in_one_go(helped: Editor, notebook: Path) -> None:
    text = "# Note\n\n## S\n\n- a\n- b\n\n```elixir\nx=1\n```\n\n```elixir\ny = (\n```\n$0"
    uri, _ = opened(helped, notebook, text)
    helped.wait_for_state(uri, "detached", "inSync")

    def formed() -> str:
        asked = {"textDocument": {"uri": uri}, "options": OPTIONS}
        edits = helped.request("textDocument/formatting", asked)
        return apply_edits(helped.texts[uri], edits or [])

    # Who helps with cells may still be starting.
    text = helped.wait_for(lambda: it if "x = 1" in (it := formed()) else None, "formed cells")

    assert "* a" in text
    assert "y = (\n" in text


@pytest.mark.parametrize("wanted", [True, False])
def test_a_save_forms_cells_where_that_is_wanted(
    helped: Editor, notebook: Path, wanted: bool
) -> None:
    uri, _ = opened(helped, notebook, in_cells("x=1$0"))
    helped.wait_for_state(uri, "detached", "inSync")
    helped.settings = helped.settings | {"formatCellsOnSave": True}
    helped.notify("workspace/didChangeConfiguration", {"settings": {}})

    def saved() -> str:
        asked = {"textDocument": {"uri": uri}, "reason": 1}
        edits = helped.request("textDocument/willSaveWaitUntil", asked)
        return apply_edits(helped.texts[uri], edits or [])

    # Who helps with cells may still be starting.
    helped.wait_for(lambda: "x = 1" in saved(), "a formed cell")
    helped.settings = helped.settings | {"formatCellsOnSave": wanted}
    helped.notify("workspace/didChangeConfiguration", {"settings": {}})

    helped.wait_for(lambda: saved() == in_cells("x = 1" if wanted else "x=1"), "the setting")


def test_a_range_forms_the_cells_that_it_touches(helped: Editor, notebook: Path) -> None:
    uri, question = opened(helped, notebook, in_cells("x=1", "y$0=2", "z=3"))
    range_ = {"start": question["position"], "end": question["position"]}
    edits = helped.wait_for(
        lambda: helped.request(
            "textDocument/rangeFormatting",
            {"textDocument": {"uri": uri}, "range": range_, "options": OPTIONS},
        ),
        "edits",
    )

    assert apply_edits(helped.texts[uri], edits) == in_cells("x=1", "y = 2", "z=3")


def test_in_a_workspace_of_strangers_no_program_is_started(
    start_editor: Start, notebook: Path
) -> None:
    editor = start_editor(settings={"languageHelp": True, "isWorkspaceTrusted": False})
    _, question = opened(editor, notebook, in_cells("Enum.flat_map_r$0"))

    assert editor.request("textDocument/completion", question)["items"] == []
    (help_,) = [it for it in editor.command("livebook.doctor") if it["code"] == "code-help"]
    assert "not trusted" in help_["sentence"]
