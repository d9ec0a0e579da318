"""Running cells from an editor, through stdio and against the stand-in Livebook."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.editor import CAPABILITIES, Editor
from livebook_ls.standin.server import StandIn
from tests.running.test_runner import notebook_of

STARTED = Callable[..., Editor]


@pytest.fixture
def capabilities() -> Any:
    """What VS Code with our extension declares."""
    found: Any = copy.deepcopy(CAPABILITIES)
    found["workspace"] |= {
        "codeLens": {"refreshSupport": True},
        "inlayHint": {"refreshSupport": True},
    }
    found["experimental"] = {"livebook": {"cells": True, "outputs": True, "images": True}}
    return found


@pytest.fixture
def vscode(start_editor: STARTED, capabilities: Any) -> Editor:
    return start_editor(capabilities=capabilities)


def opened(editor: Editor, path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    uri = editor.open(path)
    editor.wait_for_state(uri, "inSync", "detached")
    return uri


def lenses(editor: Editor, uri: str) -> list[Any]:
    found: list[Any] = editor.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
    return found


def words(editor: Editor, uri: str) -> list[tuple[int, str]]:
    return [(it["range"]["start"]["line"], it["command"]["title"]) for it in lenses(editor, uri)]


def run_until_second_cell(vscode: Editor, uri: str) -> None:
    """Run all, until the second cell runs."""
    run = next(it for it in lenses(vscode, uri) if it["command"]["title"] == "Run All")
    vscode.notify_command(run["command"]["command"], *run["command"]["arguments"])
    vscode.wait_for(lambda: words(vscode, uri)[7][1].startswith("…"), "the cell running")


def press(editor: Editor, uri: str, title: str, line: int) -> Any:
    lens = next(
        it
        for it in lenses(editor, uri)
        if (it["command"]["title"], it["range"]["start"]["line"]) == (title, line)
    )
    return editor.command(lens["command"]["command"], *lens["command"]["arguments"])


def hints(editor: Editor, uri: str) -> list[tuple[int, str]]:
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9999, "character": 0}}
    params = {"textDocument": {"uri": uri}, "range": whole}
    found = editor.request("textDocument/inlayHint", params) or []
    return [(it["position"]["line"], it["label"]) for it in found]


def failures(editor: Editor, uri: str) -> list[tuple[int, str]]:
    return [
        (it["range"]["start"]["line"], it["code"])
        for it in editor.diagnostics.get(uri, [])
        if it["code"] in ("compile-error", "compile-warning", "runtime-error", "doctest-failed")
    ]


def received(editor: Editor, method: str) -> list[Any]:
    return [it for it in editor.received if it.get("method") == method]


def sentences(editor: Editor) -> list[str]:
    return [it["message"] for it in editor.messages]


def test_lenses_stay_on_their_lines_and_their_words_change(vscode: Editor, notebook: Path) -> None:
    uri = opened(vscode, notebook, notebook_of("1 + 1", "2 + 2"))
    before = words(vscode, uri)
    assert press(vscode, uri, "Run", 4) == "done"
    vscode.wait_for(lambda: words(vscode, uri)[5][1].startswith("✓"), "the state in words")
    after = words(vscode, uri)

    assert [it for it in before if it[0] == 0] == [
        (0, "Open in Livebook"),
        (0, "Sync"),
        (0, "Run All"),
        (0, "Stop"),
    ]
    assert [line for line, _ in before] == [line for line, _ in after] == [0] * 4 + [4, 4, 8, 8]
    assert after[7] == (8, "not run")


def test_a_result_stands_at_the_closing_fence(vscode: Editor, notebook: Path) -> None:
    uri = opened(vscode, notebook, notebook_of("1 + 1"))
    press(vscode, uri, "Run", 4)
    vscode.wait_for(lambda: received(vscode, "workspace/inlayHint/refresh"), "a refresh of hints")

    assert hints(vscode, uri) == [(6, "2")]
    assert vscode.diagnostics.get(uri, []) == []


def test_a_client_that_refreshes_no_hints_has_the_result_as_a_finding(
    editor: Editor, notebook: Path
) -> None:
    uri = opened(editor, notebook, notebook_of("1 + 1"))
    press(editor, uri, "Run", 4)
    (found,) = editor.wait_for(lambda: editor.diagnostics.get(uri), "the result")

    assert (found["range"]["start"]["line"], found["severity"], found["code"]) == (
        6,
        3,
        "cell-result",
    )
    assert found["message"].startswith("✓")
    assert found["message"].endswith("  2")
    assert hints(editor, uri) == []


def test_undo_brings_an_earlier_result_back_as_current(vscode: Editor, notebook: Path) -> None:
    text = notebook_of("1 + 1")
    uri = opened(vscode, notebook, text)
    press(vscode, uri, "Run", 4)
    vscode.wait_for(lambda: hints(vscode, uri), "the result")
    vscode.change(uri, text.replace("1 + 1", "1 + 2"))
    edited = words(vscode, uri)[5][1], hints(vscode, uri)
    vscode.change(uri, text)

    assert edited == ("changed", [(6, "of an older text: 2")])
    assert hints(vscode, uri) == [(6, "2")]


def test_an_error_is_in_its_line_and_gone_once_the_cell_runs_well(
    vscode: Editor, notebook: Path
) -> None:
    text = notebook_of('x = 1\nraise "boom"')
    uri = opened(vscode, notebook, text)
    assert press(vscode, uri, "Run", 4) == "failed"
    vscode.wait_for(lambda: failures(vscode, uri) == [(6, "runtime-error")], "the error")
    vscode.save(uri, notebook, text.replace('raise "boom"', "x + 1"))
    assert press(vscode, uri, "Run", 4) == "done", sentences(vscode)
    vscode.wait_for(lambda: failures(vscode, uri) == [], "no error")


def test_a_compile_error_is_told_once_and_in_its_line(vscode: Editor, notebook: Path) -> None:
    uri = opened(vscode, notebook, notebook_of("x = 1\nunknown"))
    press(vscode, uri, "Run", 4)
    vscode.wait_for(lambda: failures(vscode, uri), "the error")

    assert failures(vscode, uri) == [(6, "compile-error")]
    vscode.wait_for(
        lambda: hints(vscode, uri) == [(7, 'undefined variable "unknown"')], "its words"
    )


def test_what_is_typed_takes_the_error_away_before_it_is_saved(
    vscode: Editor, notebook: Path
) -> None:
    text = notebook_of('raise "boom"')
    uri = opened(vscode, notebook, text)
    press(vscode, uri, "Run", 4)
    vscode.wait_for(lambda: failures(vscode, uri), "the error")
    vscode.change(uri, text.replace("boom", "bang"))
    vscode.wait_for(lambda: failures(vscode, uri) == [], "no error of a text that is gone")


def test_the_button_of_a_cell_that_has_changed_runs_nothing(vscode: Editor, notebook: Path) -> None:
    text = notebook_of("1 + 1", "2 + 2")
    uri = opened(vscode, notebook, text)
    lens = next(it for it in lenses(vscode, uri) if it["command"]["title"] == "Run")
    vscode.save(uri, notebook, text.replace("1 + 1", "9 + 9"))

    assert vscode.command("livebook.runCell", *lens["command"]["arguments"]) == "refused"
    assert "has changed" in sentences(vscode)[-1]
    # In words of the session, once it is joined.
    vscode.wait_for(
        lambda: [it for _, it in words(vscode, uri)[5::2]] == ["not run", "not run"], "no run"
    )


@pytest.mark.slow
def test_the_button_of_a_cell_that_has_moved_runs_that_cell(vscode: Editor, notebook: Path) -> None:
    uri = opened(vscode, notebook, notebook_of("1 + 1", "2 + 2"))
    lens = [it for it in lenses(vscode, uri) if it["command"]["title"] == "Run"][1]
    vscode.save(uri, notebook, notebook_of("2 + 2", "1 + 1"))
    vscode.wait_for_state(uri, "inSync")

    assert vscode.command("livebook.runCell", *lens["command"]["arguments"]) == "done"
    vscode.wait_for(lambda: hints(vscode, uri) == [(6, "4")], "the result of that cell")


@pytest.mark.fault(
    "editor",
    "the buffer is not saved",
    during="a cell is run",
    shows="that it is to be saved first",
    recovers="once it is saved",
)
def test_an_unsaved_buffer_is_not_run(vscode: Editor, notebook: Path) -> None:
    text = notebook_of("1 + 1")
    uri = opened(vscode, notebook, text)
    vscode.change(uri, text.replace("1 + 1", "1 + 2"))

    assert press(vscode, uri, "Run", 4) == "refused"
    assert "save the notebook, then run" in sentences(vscode)[-1]


def test_a_run_that_comes_before_its_save_waits_for_it(
    start_editor: STARTED, notebook: Path
) -> None:
    editor = start_editor(name="helix")
    text = notebook_of("1 + 1", "2 + 2", "3 + 3")
    uri = opened(editor, notebook, text)
    saved = text.replace("2 + 2", "2 + 3")
    # Before the save brings it into Livebook's form, the cells stand further below.
    typed = saved.replace("## Section", "\n\n\n\n## Section")
    editor.change(uri, typed)
    line = typed.split("\n").index("2 + 3") + 1
    editor.notify_command("livebook.runCell", {"path": str(notebook), "line": line})
    editor.save(uri, notebook, saved)

    def results() -> list[str]:
        found = editor.diagnostics.get(uri, [])
        return [it["message"].rpartition("  ")[2] for it in found if it["code"] == "cell-result"]

    editor.wait_for(lambda: results() == ["2", "5"], "the results of the cell and of that above")


def test_a_position_says_which_cell_is_meant(vscode: Editor, notebook: Path) -> None:
    uri = opened(vscode, notebook, notebook_of("1 + 1", "2 + 2"))

    place = {"line": 9, "character": 0}
    assert vscode.command("livebook.runBelow", {"uri": uri, "position": place}) == "done"
    vscode.wait_for(lambda: (10, "4") in hints(vscode, uri), "the second result")


def test_a_path_and_a_line_say_it_for_clients_that_know_no_more(
    vscode: Editor, notebook: Path
) -> None:
    opened(vscode, notebook, notebook_of("1 + 1", "2 + 2"))

    assert vscode.command("livebook.runCell", {"path": str(notebook), "line": 10}) == "done"


def test_without_a_place_it_is_said_how_to_name_one(vscode: Editor, notebook: Path) -> None:
    uri = opened(vscode, notebook, notebook_of("1 + 1"))

    assert vscode.command("livebook.runCell", uri) == "refused"
    assert "Which cell" in sentences(vscode)[-1]
    assert vscode.command("livebook.runAll", uri) == "done"


@pytest.mark.parametrize(
    ("command", "states"),
    [
        ("runAbove", ["done", "fresh", "fresh", "fresh"]),
        ("runCell", ["done", "done", "fresh", "fresh"]),
        ("runBelow", ["done", "done", "done", "done"]),
        ("runSection", ["done", "done", "done", "fresh"]),
        ("runStale", ["done", "done", "done", "done"]),
    ],
)
def test_each_command_runs_what_its_name_says(
    vscode: Editor, notebook: Path, command: str, states: list[str]
) -> None:
    text = notebook_of("0", "1").replace("```elixir\n1", "## Next\n\n```elixir\n1")
    uri = opened(vscode, notebook, f"{text}\n```elixir\n2\n```\n\n## Last\n\n```elixir\n3\n```\n")
    # In the second cell, the first one of its section.
    place = {"line": 11, "character": 0}

    def told() -> list[str]:
        reports = received(vscode, "livebook/cells")
        return [it["state"] for it in reports[-1]["params"]["cells"]] if reports else []

    assert vscode.command(f"livebook.{command}", {"uri": uri, "position": place}) == "done"
    vscode.wait_for(lambda: told() == states, "these states")


def test_another_runtime_takes_the_values_and_runs_nothing(vscode: Editor, notebook: Path) -> None:
    uri = opened(vscode, notebook, notebook_of("1 + 1"))
    assert press(vscode, uri, "Run", 4) == "done"
    vscode.wait_for(lambda: words(vscode, uri)[5][1].startswith("✓"), "the result")

    assert vscode.command("livebook.restartRuntime", uri)
    vscode.wait_for(lambda: words(vscode, uri)[5][1] == "values lost", "the loss")


def test_what_runs_before_a_cell_is_named(vscode: Editor, notebook: Path) -> None:
    uri = opened(vscode, notebook, notebook_of("x = 1", "y = 2", "3 + 3"))
    press(vscode, uri, "Run", 12)

    assert any("not up to date: 1, 2." in it for it in sentences(vscode))


def test_every_button_is_a_code_action_with_the_same_words(vscode: Editor, notebook: Path) -> None:
    uri = opened(vscode, notebook, notebook_of("1 + 1", "2 + 2"))
    press(vscode, uri, "Run", 4)
    vscode.wait_for(lambda: hints(vscode, uri), "the result")
    offered = vscode.actions(uri, line=5)
    titles = [it["title"] for it in offered]
    state = words(vscode, uri)[5][1]

    assert {"Run", "Run All", "Run Above", "Run Below", "Run Section"} <= set(titles)
    assert any(it.startswith(state) for it in titles)
    run = next(it for it in offered if it["title"] == "Run")["command"]
    assert vscode.command(run["command"], *run["arguments"]) == "done"


def test_hover_on_the_fence_has_the_whole_and_images(vscode: Editor, notebook: Path) -> None:
    png = 'put.(%{type: :image, content: Base.decode64!("iVBORw0KGgo="), mime_type: "image/png"})'
    uri = opened(vscode, notebook, notebook_of(f'IO.puts("a`b")\n{png}'))
    press(vscode, uri, "Run", 4)
    vscode.wait_for(lambda: hints(vscode, uri), "the result")
    place = {"textDocument": {"uri": uri}, "position": {"line": 4, "character": 1}}

    def hover() -> str:
        told: str = vscode.request("textDocument/hover", place)["contents"]["value"]
        return told

    # Texts are there at once, what else there is once the page was read.
    vscode.wait_for(lambda: "](data:image/png;base64,iVBORw0KGgo=)" in hover(), "the image")
    assert "```text\na`b\n```" in hover()


def test_output_goes_to_a_clients_own_view(vscode: Editor, notebook: Path) -> None:
    uri = opened(vscode, notebook, notebook_of('IO.puts("hello")'))
    press(vscode, uri, "Run", 4)
    vscode.wait_for(lambda: hints(vscode, uri), "the result")
    place = {"line": 5, "character": 0}

    assert vscode.command("livebook.showOutput", {"uri": uri, "position": place})
    (shown,) = received(vscode, "livebook/output")
    assert (shown["params"]["number"], shown["params"]["text"]) == (1, "hello\n:ok\n")
    assert vscode.shown == []


def test_output_is_a_file_for_other_clients_and_goes_with_the_server(
    editor: Editor, notebook: Path
) -> None:
    uri = opened(editor, notebook, notebook_of('IO.puts("hello")'))
    press(editor, uri, "Run", 4)
    editor.command("livebook.showOutput", {"uri": uri, "position": {"line": 5, "character": 0}})
    (shown,) = editor.shown
    path = Path(shown.removeprefix("file://"))

    assert path.read_text(encoding="utf-8") == "hello\n:ok\n"
    assert path.stat().st_mode & 0o777 == 0o400
    editor.close()
    assert not path.exists()


def test_stopping_asks_once_and_then_stops(vscode: Editor, notebook: Path) -> None:
    uri = opened(vscode, notebook, notebook_of("Process.sleep(60000)"))
    run = next(it for it in lenses(vscode, uri) if it["command"]["title"] == "Run")
    vscode.notify_command(run["command"]["command"], *run["command"]["arguments"])
    vscode.wait_for(lambda: words(vscode, uri)[5][1].startswith("…"), "the cell running")
    dismissed = vscode.command("livebook.stopRun", uri)
    vscode.presses = "Stop"

    assert not dismissed
    assert vscode.command("livebook.stopRun", uri)
    assert len(received(vscode, "window/showMessageRequest")) == 2
    vscode.wait_for(lambda: words(vscode, uri)[5][1] == "values lost", "the stop")


@pytest.mark.slow
def test_a_long_run_shows_progress_whose_button_stops_it(vscode: Editor, notebook: Path) -> None:
    vscode.presses = "Stop"
    uri = opened(vscode, notebook, notebook_of("Process.sleep(60000)"))
    run = next(it for it in lenses(vscode, uri) if it["command"]["title"] == "Run")
    vscode.notify_command(run["command"]["command"], *run["command"]["arguments"])

    def begun() -> Any:
        found = [it["params"] for it in received(vscode, "$/progress")]
        return next((it for it in found if it["value"].get("cancellable")), None)

    token = vscode.wait_for(begun, "progress with a button")["token"]
    vscode.notify("window/workDoneProgress/cancel", {"token": token})
    vscode.wait_for(lambda: words(vscode, uri)[5][1] == "values lost", "the stop")


def test_cells_are_told_to_clients_that_want_more(vscode: Editor, notebook: Path) -> None:
    uri = opened(vscode, notebook, notebook_of("1 + 1"))
    press(vscode, uri, "Run", 4)

    def done() -> Any:
        told = [it["params"] for it in received(vscode, "livebook/cells")]
        return next((it for it in told if it["cells"][0]["state"] == "done"), None)

    (cell,) = vscode.wait_for(done, "livebook/cells")["cells"]
    assert (cell["number"], cell["result"], cell["isCurrent"]) == (1, "2", True)
    assert cell["range"]["start"] == {"line": 4, "character": 0}


def test_where_running_is_switched_off_nothing_of_it_is_offered(
    start_editor: STARTED, capabilities: Any, notebook: Path
) -> None:
    editor = start_editor(capabilities=capabilities, settings={"runCells": False})
    uri = opened(editor, notebook, notebook_of("1 + 1"))

    assert [it for _, it in words(editor, uri)] == ["Open in Livebook", "Sync"]
    assert "Run" not in [it["title"] for it in editor.actions(uri, line=5)]
    assert editor.command("livebook.runAll", uri) is None
    assert "switched off" in sentences(editor)[-1]


@pytest.mark.parametrize("at_first", [True, False])
def test_lenses_are_drawn_anew_once_the_setting_for_them_changes(
    start_editor: STARTED, capabilities: Any, notebook: Path, at_first: bool
) -> None:
    editor = start_editor(
        capabilities=capabilities, settings={"codeLens": at_first, "joinOnOpen": False}
    )
    uri = opened(editor, notebook, notebook_of("1 + 1"))
    before = bool(lenses(editor, uri)), received(editor, "workspace/codeLens/refresh")
    editor.settings["codeLens"] = not at_first
    editor.notify("workspace/didChangeConfiguration", {"settings": {"livebook": editor.settings}})
    editor.wait_for(lambda: received(editor, "workspace/codeLens/refresh"), "a refresh of lenses")

    assert before == (at_first, [])
    assert bool(lenses(editor, uri)) is not at_first


def test_looking_editing_and_saving_run_nothing(vscode: Editor, notebook: Path) -> None:
    text = notebook_of("1 + 1")
    uri = opened(vscode, notebook, text)
    # Joined by itself, since its session was opened here.
    vscode.wait_for(lambda: words(vscode, uri)[5][1] == "not run", "the session joined")
    vscode.save(uri, notebook, text.replace("1 + 1", "1 + 2"))
    vscode.wait_for_state(uri, "inSync")
    vscode.actions(uri, line=5)
    hints(vscode, uri)

    assert words(vscode, uri)[5][1] == "not run"


def test_a_save_that_deletes_a_running_cell_is_held(
    vscode: Editor, notebook: Path, livebook: StandIn
) -> None:
    text = notebook_of("1 + 1", "Process.sleep(60000)")
    uri = opened(vscode, notebook, text)
    run_until_second_cell(vscode, uri)
    vscode.save(uri, notebook, notebook_of("1 + 1"))
    vscode.wait_for_state(uri, "held")

    assert vscode.diagnostics[uri][0]["code"] == "deletes-running-cell"
    session = livebook.session(notebook)
    assert session is not None
    assert "sleep" in session.text
    assert vscode.command("livebook.syncAnyway", uri)["state"] == "inSync"


@pytest.mark.fault(
    "livebook",
    "a session saves what it ran over a file that another program wrote and that is held",
    during="a cell runs that the new file lacks",
    shows="that it is held back, and what was written is put back",
    recovers="by itself, once the cell is done",
)
@pytest.mark.parametrize("is_saved", [True, False], ids=["Livebook saves", "others bring it back"])
def test_what_was_checked_out_beside_a_running_cell_gives_way_to_people_only(
    vscode: Editor, notebook: Path, livebook: StandIn, is_saved: bool
) -> None:
    text, other = notebook_of("1 + 1", "Process.sleep(60000)"), notebook_of("1 + 1")
    uri = opened(vscode, notebook, text)
    run_until_second_cell(vscode, uri)
    notebook.write_text(other, encoding="utf-8")
    vscode.wait_for_state(uri, "held")
    # Something of it is to be saved, as what the first cell gave.
    livebook.edit_session(notebook, text)
    if is_saved:
        livebook.save_session(notebook)
    else:
        notebook.write_text(text, encoding="utf-8")

    stays, state = (other, "held") if is_saved else (text, "inSync")
    vscode.wait_for(lambda: notebook.read_text(encoding="utf-8") == stays, "the file's text")
    vscode.wait_for_state(uri, state)
    codes = [it["code"] for it in vscode.diagnostics[uri]]
    assert codes == (["deletes-running-cell"] if is_saved else [])


@pytest.mark.parametrize("is_saved_here", [True, False], ids=["saved", "by others"])
@pytest.mark.parametrize("is_written_over", [False, True], ids=["as it was", "written over"])
def test_what_was_held_for_a_run_is_synced_once_that_is_over(
    vscode: Editor, notebook: Path, livebook: StandIn, is_saved_here: bool, is_written_over: bool
) -> None:
    text, other = notebook_of("1 + 1", "Process.sleep(60000)"), notebook_of("1 + 1")
    uri = opened(vscode, notebook, text)
    run_until_second_cell(vscode, uri)
    if is_saved_here:
        vscode.save(uri, notebook, other)
    else:
        notebook.write_text(other, encoding="utf-8")
    vscode.wait_for_state(uri, "held")
    live, session = livebook.live(notebook), livebook.session(notebook)
    assert live is not None
    assert session is not None
    if is_written_over:
        livebook.edit_session(notebook, text)
        livebook.save_session(notebook)
    live.event("cancel_cell_evaluation", {"cell_id": live.evaluated[-1]})

    vscode.wait_for_state(uri, "inSync")
    assert notebook.read_text(encoding="utf-8") == other
    session = livebook.session(notebook)
    assert session is not None
    assert session.text == other


@pytest.mark.fault(
    "livebook",
    "the session is closed",
    during="a save is held for a cell that runs",
    shows="nothing: the save goes into a new session",
    recovers="by itself",
)
def test_nothing_is_held_for_a_run_whose_session_was_closed(
    vscode: Editor, notebook: Path, livebook: StandIn
) -> None:
    text, other = notebook_of("1 + 1", "Process.sleep(60000)"), notebook_of("1 + 1")
    uri = opened(vscode, notebook, text)
    run_until_second_cell(vscode, uri)
    # With nothing left to save it writes nothing when it is closed.
    livebook.save_session(notebook)
    livebook.wait_settled()
    vscode.save(uri, notebook, other)
    vscode.wait_for_state(uri, "held")
    livebook.close_session(notebook)
    vscode.wait_for_state(uri, "inSync")

    assert notebook.read_text(encoding="utf-8") == other
    session = livebook.session(notebook)
    assert session is not None
    assert session.text == other


def test_a_save_that_edits_a_running_cell_goes_through(vscode: Editor, notebook: Path) -> None:
    text = notebook_of("1 + 1", "Process.sleep(60000)")
    uri = opened(vscode, notebook, text)
    run_until_second_cell(vscode, uri)
    vscode.save(uri, notebook, text.replace("60000", "60001"))

    vscode.wait_for_state(uri, "inSync")


@pytest.mark.slow
def test_the_session_is_left_with_its_notebook(
    vscode: Editor, notebook: Path, livebook: StandIn
) -> None:
    def people() -> tuple[str, ...]:
        live = livebook.live(str(notebook))
        return live.client_names if live else ()

    uri = opened(vscode, notebook, notebook_of("1 + 1"))
    vscode.wait_for(lambda: people() == ("livebook-ls",), "us among the session's people")
    vscode.close_document(uri)
    vscode.wait_for(lambda: people() == (), "nobody in the session")


@pytest.mark.slow
def test_what_another_client_runs_is_shown_as_well(
    vscode: Editor, start_editor: STARTED, capabilities: Any, notebook: Path
) -> None:
    uri = opened(vscode, notebook, notebook_of("1 + 1"))
    vscode.wait_for(lambda: words(vscode, uri)[5][1] == "not run", "the session joined")
    other = start_editor(capabilities=capabilities)
    theirs = other.open(notebook)
    other.wait_for_state(theirs, "inSync")
    press(other, theirs, "Run", 4)

    vscode.wait_for(lambda: hints(vscode, uri) == [(6, "2")], "the result")


def told_runs(editor: Editor, uri: str) -> list[int]:
    return [
        it["range"]["start"]["line"]
        for it in editor.diagnostics.get(uri, [])
        if it["code"] == "runs-by-itself"
    ]


def test_a_new_cell_above_one_that_waits_is_told_while_it_is_typed(
    vscode: Editor, notebook: Path
) -> None:
    uri = opened(vscode, notebook, notebook_of("Process.sleep(60000)", "2 + 2"))
    run = next(it for it in lenses(vscode, uri) if it["command"]["title"] == "Run All")
    vscode.notify_command(run["command"]["command"], *run["command"]["arguments"])
    vscode.wait_for(lambda: words(vscode, uri)[7][1] == "waiting", "the cell waiting")
    vscode.change(uri, notebook_of("Process.sleep(60000)", "1 + 1", "2 + 2"))

    vscode.wait_for(lambda: told_runs(vscode, uri) == [8], "the warning")


def test_an_edit_of_the_running_cell_is_told_where_others_wait(
    vscode: Editor, notebook: Path
) -> None:
    uri = opened(vscode, notebook, notebook_of("Process.sleep(60000)", "2 + 2"))
    run = next(it for it in lenses(vscode, uri) if it["command"]["title"] == "Run All")
    vscode.notify_command(run["command"]["command"], *run["command"]["arguments"])
    vscode.wait_for(lambda: words(vscode, uri)[7][1] == "waiting", "the cell waiting")
    vscode.change(uri, notebook_of("Process.sleep(60001)", "2 + 2"))

    vscode.wait_for(lambda: told_runs(vscode, uri) == [4], "the warning")


def test_a_cell_that_runs_by_itself_is_told_when_one_above_it_goes(
    vscode: Editor, notebook: Path
) -> None:
    by_itself = '<!-- livebook:{"reevaluate_automatically":true} -->\n\n```elixir\n2 + 2\n```\n'
    above = notebook_of("1 + 1")
    uri = opened(vscode, notebook, f"{above}\n{by_itself}")
    vscode.command("livebook.runAll", uri)
    before = told_runs(vscode, uri)
    vscode.change(uri, above.replace("```elixir\n1 + 1\n```\n", by_itself))

    vscode.wait_for(lambda: told_runs(vscode, uri) == [6], "the warning")
    assert before == []


def test_a_moved_cell_keeps_its_evaluation_before_and_after_the_save(
    vscode: Editor, notebook: Path
) -> None:
    uri = opened(vscode, notebook, notebook_of("1 + 1", "2 + 2"))
    vscode.command("livebook.runAll", uri)
    vscode.command("livebook.moveCellDown", {"uri": uri, "line": 6})
    vscode.wait_for(lambda: hints(vscode, uri) == [(6, "4"), (10, "2")], "the results")
    vscode.save(uri, notebook)
    vscode.wait_for_state(uri, "inSync")

    vscode.wait_for(lambda: hints(vscode, uri) == [(6, "4"), (10, "2")], "the results")


def test_what_a_command_on_sections_makes_worthless_is_told_before_the_save(
    vscode: Editor, notebook: Path
) -> None:
    text = f"{notebook_of('1 + 1')}\n## Two\n\n```elixir\n2 + 2\n```\n"
    uri = opened(vscode, notebook, text)
    vscode.command("livebook.runAll", uri)

    def told() -> list[tuple[int, str]]:
        return [
            (it["range"]["start"]["line"], it["code"])
            for it in vscode.diagnostics.get(uri, [])
            if it["code"] == "loses-evaluations"
        ]

    assert told() == []
    vscode.command("livebook.makeBranch", {"uri": uri, "line": 9})
    vscode.wait_for(lambda: told() == [(12, "loses-evaluations")], "the warning")
    vscode.save(uri, notebook)
    vscode.wait_for_state(uri, "inSync")
    vscode.command("livebook.runAll", uri)

    vscode.wait_for(lambda: not told(), "the end of it")


def test_a_save_that_makes_a_branch_of_a_running_cells_section_is_held(
    vscode: Editor, notebook: Path
) -> None:
    text = f"{notebook_of('1 + 1')}\n## Two\n\n```elixir\nProcess.sleep(60000)\n```\n"
    uri = opened(vscode, notebook, text)
    vscode.notify_command("livebook.runAll", uri)
    vscode.wait_for(lambda: words(vscode, uri)[-1][1].startswith("…"), "the cell running")
    vscode.command("livebook.makeBranch", {"uri": uri, "line": 9})
    vscode.save(uri, notebook)
    vscode.wait_for_state(uri, "held")

    assert vscode.diagnostics[uri][0]["code"] == "displaces-running-cell"


@pytest.mark.fault(
    "livebook",
    "another version, whose page is not understood",
    during="cells are run",
    sees="PageNotUnderstood",
    recovers="once either is updated; saving works",
)
def test_where_the_page_is_not_understood_it_is_told_once_and_saves_go_on(
    vscode: Editor, notebook: Path, livebook: StandIn
) -> None:
    livebook.faults = Faults(page_lacks="data-eval-validity")
    text = notebook_of("1 + 1")
    uri = opened(vscode, notebook, text)

    def told() -> list[str]:
        return [it for it in sentences(vscode) if "page is not understood" in it]

    vscode.wait_for(told, "the sentence")
    assert vscode.command("livebook.runAll", uri) == "refused"
    vscode.save(uri, notebook, text.replace("1 + 1", "1 + 2"))
    vscode.wait_for(
        lambda: (it := livebook.session(notebook)) and "1 + 2" in it.text, "the save arrived"
    )

    assert [it for _, it in words(vscode, uri)] == ["Open in Livebook", "Sync"]
    # Once by itself, once as the answer to who asked for a run.
    assert len(told()) == 2


def test_a_page_that_is_understood_again_runs_cells_again(
    vscode: Editor, notebook: Path, livebook: StandIn
) -> None:
    livebook.faults = Faults(page_lacks="data-eval-validity")
    uri = opened(vscode, notebook, notebook_of("1 + 1"))
    assert vscode.command("livebook.runAll", uri) != "done"
    livebook.faults = Faults()

    assert vscode.command("livebook.runAll", uri) == "done"
    vscode.wait_for(lambda: any(it.startswith("✓") for _, it in words(vscode, uri)), "the state")


@pytest.mark.fault(
    "livebook",
    "the session ends",
    during="a cell runs",
    shows="that the run was lost",
    recovers="by **Open in Livebook**",
)
def test_a_session_that_ends_while_a_cell_runs_ends_the_run_with_a_sentence(
    vscode: Editor, notebook: Path, livebook: StandIn
) -> None:
    uri = opened(vscode, notebook, notebook_of("Process.sleep(60000)"))
    run = next(it for it in lenses(vscode, uri) if it["command"]["title"] == "Run")
    vscode.notify_command(run["command"]["command"], *run["command"]["arguments"])
    vscode.wait_for(lambda: words(vscode, uri)[5][1].startswith("…"), "the cell running")
    livebook.close_session(notebook)

    vscode.wait_for(lambda: any("The run was lost" in it for it in sentences(vscode)), "a word")
    vscode.wait_for(lambda: words(vscode, uri)[5][1] == "no result yet", "nothing left of it")
