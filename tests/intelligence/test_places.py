"""At 150 places we answer what Livebook's own editor is answered, or else what the text says."""

from __future__ import annotations

import asyncio
import copy
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.intelligence.answers import Definition
from livebook_ls.intelligence.asking import Intelligence
from livebook_ls.intelligence.code_cells import CodePlace, place_at
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.source import Source, Unit
from livebook_ls.standin.editor import CAPABILITIES, Editor
from livebook_ls.standin.server import StandIn, StandInSettings
from tests.conftest import TIMING, clean_environ
from tests.support.code_places import (
    NOTEBOOK,
    Place,
    our_question,
    read_places,
    shown_by_page,
    shown_in,
    slots,
)
from tests.support.elixirs import Asked
from tests.support.fork_server.program import quick_program
from tests.support.page_questions import page

PLACES = read_places()
SHOWN = [it for it in PLACES if it.ask != "problems"]
# As while somebody writes on: with prose, and with a cell that no session has.
MOVED = NOTEBOOK.replace("## Later\n", "## Later\n\nMoved 😀.\n\n```elixir\nunsaved = 1\n```\n")
LONG_S = 5.0


def able(encoding: str) -> Any:
    found = copy.deepcopy(CAPABILITIES)
    found["general"]["positionEncodings"] = [encoding]
    found["textDocument"]["completion"] = {"completionItem": {"snippetSupport": True}}
    found["textDocument"]["hover"] = {"contentFormat": ["markdown"]}
    return found


def start(url: str, encoding: str) -> Editor:
    """An editor beside which there is no Elixir."""
    environ = clean_environ() | {"LIVEBOOK_URL": url}
    return Editor(
        (*quick_program(environ), "--stdio"),
        environ=environ,
        settings={"languageHelp": False},
        capabilities=able(encoding),
    )


def opened(editor: Editor, path: Path, command: str) -> str:
    """The notebook in the editor, and in a session that a command was about."""
    path.write_text(NOTEBOOK, encoding="utf-8")
    uri = editor.open(path)
    editor.command("livebook.open", {"uri": uri})
    editor.wait_for_state(uri, "inSync")
    assert editor.command(command, {"uri": uri})
    return uri


def recorded(path: Path, cell_ids: list[str]) -> Callable[[Mapping[str, object]], object]:
    """The recorded answers to our questions about the right cells; None to any other."""
    known: dict[str, Any] = {}
    for place in SHOWN:
        answer = copy.deepcopy(place.session)
        if isinstance(answer, dict) and answer.get("definition"):
            answer["definition"]["file"] = f"{path}#cell:{cell_ids[answer['definition']['file']]}"
        asked_of = cell_ids[slots().index(f":{place.slot}") + 1]
        for question in our_question(place):
            known[json.dumps(question | {"cell_id": asked_of}, sort_keys=True)] = answer

    return lambda question: known.get(json.dumps(question, sort_keys=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("encoding", "notebook"),
    [
        pytest.param("utf-8", MOVED, id="utf-8, moved"),
        pytest.param("utf-16", NOTEBOOK, id="utf-16, as saved", marks=pytest.mark.slow),
    ],
)
def test_what_livebooks_editor_shows_is_what_we_answer(
    encoding: str, notebook: str, tmp_path: Path
) -> None:
    path = tmp_path / "shop.livemd"
    with (
        StandIn(StandInSettings(timing=TIMING)) as livebook,
        start(livebook.url, encoding) as editor,
    ):
        uri = opened(editor, path, "livebook.startRuntime")
        live = livebook.live(path)
        assert live is not None
        live.answer_to = recorded(path, [it.id for it in live._cells.cells if it.is_evaluable])
        wrong = {
            place.name: (found, right)
            for place in SHOWN
            if (found := shown_in(editor, uri, place, notebook))
            != (right := shown_by_page(place, place.session))
        }

    assert wrong == {}


@pytest.mark.livebook
@pytest.mark.skipif("LIVEBOOK_URL" not in os.environ, reason="LIVEBOOK_URL names no Livebook")
def test_a_real_livebook_answers_its_editor_as_we_answer_ours(tmp_path: Path) -> None:
    url, path = os.environ["LIVEBOOK_URL"], tmp_path / "shop.livemd"
    with start(url, "utf-16") as editor:
        uri = opened(editor, path, "livebook.runAll")

        async def compared() -> dict[str, Any]:
            async with page(url, path) as asked:
                wrong = {}
                for place in SHOWN:
                    right = shown_by_page(place, await asked.answer(place))
                    found = await asyncio.to_thread(shown_in, editor, uri, place)
                    if found != right:
                        wrong[place.name] = (found, right)
                return wrong

        assert asyncio.run(compared()) == {}


def test_an_elixir_beside_the_editor_answers_what_the_text_says(asked: Asked) -> None:
    found = {it.name: asked(lambda by, at=it: answered(by, at)) for it in PLACES}  # type: ignore[misc]

    assert found == {it.name: it.own for it in PLACES}


async def answered(asked: Intelligence, place: Place) -> Any:
    """What an Elixir says at a place, as short values."""
    source = Source(place.text())
    at = place_at(parse_source(source), source, "/notes/shop.livemd", place.offset())
    assert at is not None
    match place.ask:
        case "completion":
            found = await asked.complete(at, LONG_S)
            return [it.label for it in found.items] if found else []
        case "details":
            details = await asked.hover(at)
            name = details and source.text[slice(*details.span)]
            return [name, line_of(await asked.definition(at), source)]
        case "signature":
            call = await asked.signature(at)
            return call and [[it.text for it in call.forms], call.active]
        case "form":
            return (await asked.format("/notes/shop.livemd", [at.cell])).get(at.cell)
    problems = await asked.problems("/notes/shop.livemd", [at.cell])
    return [shown_problem(it.span.start, it.span.end, at, source) for it in problems]


def line_of(definition: Definition | None, source: Source) -> int | None:
    if definition is None or definition.span is None:
        return None
    return source.position(definition.span.start, Unit.UTF16)[0]


def shown_problem(start: int, end: int, at: CodePlace, source: Source) -> list[Any]:
    """The line of the cell, from 1 as its Livebook counts, and the word that is underlined."""
    first = source.line_at(at.cell.span.start)
    return [source.line_at(start) - first + 1, source.text[start:end]]
