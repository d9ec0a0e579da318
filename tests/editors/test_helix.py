"""The Helix set-up in a real Helix, against a stand-in Livebook."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from livebook_ls.standin.server import StandIn
from tests.support.docs.pages import DOCS, read
from tests.support.editors import truth
from tests.support.editors.helix import Helix, helix
from tests.support.editors.sessions import (
    check_follows,
    put_stamped,
    save_session,
    until_follows,
    written_back,
)
from tests.support.editors.tools import path_with_server, script, until
from tests.support.editors.truth import Truth
from tests.support.elixirs import needs_elixir

pytestmark = pytest.mark.editor

Start = Callable[[Path], AbstractContextManager[Helix]]

_CODE_LINE = 14
_REFUSED = "modified by an external process"
# A row of the picker: kind and name, then the preview; the first one is the heading.
# The picker is refused as long as the server starts.
_BETWEEN_TRIES_S = 0.5
_SYMBOL = re.compile(r"│ [> ] \w+ +(\S.*?) *││")


@pytest.fixture
def start(tmp_path: Path, environ: dict[str, str]) -> Start:
    environ = environ | {"PATH": path_with_server(tmp_path)}

    def started(file: Path) -> AbstractContextManager[Helix]:
        return helix(file, tmp_path, environ)

    return started


@pytest.fixture
def tour(start: Start, tmp_path: Path, livebook: StandIn) -> Iterator[Helix]:
    """A Helix that shows the tour, whose session lives and was written to the file once."""
    path = truth.TOUR.put_into(tmp_path)
    opened_ns = path.stat().st_mtime_ns
    with start(path) as editor:
        save_session(livebook, path)
        until(lambda: path.stat().st_mtime_ns == opened_ns, "the file's time put back")
        yield editor


@pytest.mark.parametrize("expected", truth.ALL, ids=lambda it: it.file)
def test_the_symbols_are_the_outline(start: Start, tmp_path: Path, expected: Truth) -> None:
    names = [name for _, name in expected.outline]
    with start(expected.put_into(tmp_path)) as editor:

        def shown() -> list[str]:
            """The rows of the picker, which is refused as long as the server starts."""
            editor.press("Escape")
            editor.press("Space", "s")
            time.sleep(_BETWEEN_TRIES_S)
            return _SYMBOL.findall(editor.screen())[1:]

        until(lambda: shown() == names, "the symbols")


def test_a_hazard_is_told_and_mended_by_its_fix(start: Start, tmp_path: Path) -> None:
    unclosed = truth.UNCLOSED
    path = unclosed.put_into(tmp_path)
    with start(path) as editor:
        # The signs beside the line and at the bottom.
        editor.until_screen("●")
        editor.command(str(unclosed.diagnostics[0][1] + 1))
        told = " ".join(editor.until_screen("never closed").split())
        editor.press("Space", "a")
        editor.until_screen(unclosed.fix)
        editor.press("Enter")
        editor.command("w")
        until(lambda: text_in(path) == unclosed.mended, "the mended text in the file")
        until(lambda: "●" not in editor.screen(), "no sign any more")

        assert "This code block is never closed; close it" in told


def text_in(path: Path) -> str:
    """The file's text; empty while Helix, which moves a file away to save it, has it moved."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def test_ten_saves_in_a_row_are_not_refused(tour: Helix, tmp_path: Path, livebook: StandIn) -> None:
    path = tmp_path / truth.TOUR.file
    for number in range(1, 11):
        line = f"total = {number}"
        save_line(tour, path, livebook, line)
        check_follows(livebook, path, line)

        assert _REFUSED not in tour.screen()


def test_ten_saves_of_a_stamped_notebook_are_not_refused(
    start: Start, tmp_path: Path, livebook: StandIn
) -> None:
    path = truth.TOUR.put_into(tmp_path)
    put_stamped(livebook, path)
    opened_ns = path.stat().st_mtime_ns
    script(tmp_path / "my tools" / "xdg-open", "exit 0")
    with start(path) as editor:
        editor.until_screen("●")
        editor.command("lsp-workspace-command livebook.open")
        # The write-back that comes some time after an open makes another stamp.
        save_session(livebook, path)
        until(lambda: path.stat().st_mtime_ns == opened_ns, "the file's time put back")
        for number in range(1, 11):
            line = f"total = {number}"
            save_line(editor, path, livebook, line)
            check_follows(livebook, path, line)

            assert _REFUSED not in editor.screen()


def test_the_first_minute_opened_typed_in_and_saved_is_not_refused(
    start: Start, tmp_path: Path, livebook: StandIn
) -> None:
    path = tmp_path / "loose.livemd"
    path.write_text(truth.LOOSE, encoding="utf-8")
    script(tmp_path / "my tools" / "xdg-open", "exit 0")
    with start(path) as editor:
        # The sign beside the title: the server has looked at the notebook.
        editor.until_screen("●")
        editor.command("lsp-workspace-command livebook.open")
        editor.press("Escape")
        editor.type("8ggghvglcx = 1")
        save_session(livebook, path)
        livebook.wait_settled()
        still = editor.until_screen("x = 1")
        editor.command("w")
        until_follows(livebook, path, "x = 1")
        shown = editor.until_screen("* one")

        assert "- one" in still
        assert _REFUSED not in shown
        check_follows(livebook, path, "x = 1")


def test_a_save_is_in_livebooks_own_form(tour: Helix, tmp_path: Path, livebook: StandIn) -> None:
    path = tmp_path / truth.TOUR.file
    with written_back(livebook, path):
        tour.press("Escape")
        tour.type("geo- one")
        tour.command("w")
    until_follows(livebook, path, "* one")
    tour.until_screen("* one")
    check_follows(livebook, path, "* one")


def test_what_is_a_lens_elsewhere_is_a_code_action(tour: Helix) -> None:
    tour.press("Escape")
    tour.press("Space", "a")
    tour.until_screen("Open in Livebook")
    offered = tour.until_screen("Sync to Livebook now")
    tour.press("Escape")
    tour.command("lsp-workspace-command")
    listed = tour.until_screen("livebook.syncInTwoSteps")

    assert "Open in Livebook" in offered
    assert "livebook.open" in listed
    assert "livebook.start" in listed


def test_livebook_goes_away_and_comes_back(tour: Helix, tmp_path: Path, livebook: StandIn) -> None:
    path = tmp_path / truth.TOUR.file
    livebook.stop()
    tour.press("Escape")
    tour.type(f"{_CODE_LINE}ggghvglctotal = 0")
    tour.command("w")
    # The first line, where sessions are told.
    tour.command("3")
    told = " ".join(tour.until_screen("is picked up by itself").split())
    livebook.start()
    until_follows(livebook, path, "total = 0")
    until(lambda: "picked up" not in tour.screen(), "nothing more to say")

    assert "No Livebook is running at" in told


def test_pictures_of_a_notebook_and_of_a_hazard(start: Start, tmp_path: Path) -> None:
    with start(truth.TOUR.put_into(tmp_path)) as editor:
        editor.until_screen("Nothing to run here")
        tour = editor.picture("helix-tour")
        editor.command(f"open {truth.UNCLOSED.put_into(tmp_path)}")
        editor.until_screen("●")
        editor.command(str(truth.UNCLOSED.diagnostics[0][1] + 1))
        editor.until_screen("never closed")
        editor.press("Space", "a")
        editor.until_screen(truth.UNCLOSED.fix)
        hazard = editor.picture("helix-hazard")

    assert tour.stat().st_size
    assert hazard.stat().st_size


def save_line(editor: Helix, path: Path, livebook: StandIn, line: str) -> None:
    """Write `line` into the code and save; wait until Livebook has written the file in turn."""
    with written_back(livebook, path):
        editor.press("Escape")
        editor.type(f"{_CODE_LINE}ggghvgl")
        editor.type(f"c{line}")
        editor.command("w")


def test_livebook_open_reaches_the_browser(tour: Helix, tmp_path: Path, livebook: StandIn) -> None:
    session = livebook.session(tmp_path / truth.TOUR.file)
    opened = tmp_path / "opened"
    # In the folder of the server's program, which comes first in the search path.
    script(tmp_path / "my tools" / "xdg-open", f'echo "$@" >> "{opened}"')
    tour.command("lsp-workspace-command livebook.open")
    until(opened.exists, "the session's page")

    assert session
    assert until(opened.read_text, "its address") == f"{livebook.url}/sessions/{session.id}\n"


def test_a_link_is_followed(start: Start, tmp_path: Path) -> None:
    path, other = tmp_path / "note.livemd", tmp_path / "other.livemd"
    path.write_text("# Note\n\n[there](other.livemd#second)\n", encoding="utf-8")
    other.write_text("# Other\n\n## First\n\n## Second\n\nThe words.\n", encoding="utf-8")
    with start(path) as editor:

        def follow() -> bool:
            """Try until the server has started."""
            editor.press("Escape")
            editor.type("3ggghwwgd")
            time.sleep(_BETWEEN_TRIES_S)
            return "The words." in editor.screen()

        until(follow, "the notebook that the link leads to")
        # Tries that came late have moved the cursor there.
        editor.press("Escape")
        editor.command(f"open {path}")
        editor.until_screen("[there]")
        editor.type("3ggghwwgd")
        editor.until_screen("The words.")
        editor.type("gl")
        editor.until_screen("5:")


def test_cells_run_and_show_what_they_gave(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    cells = '```elixir\n40 + 2\n```\n\n```elixir\nraise "boom"\n```\n'
    path.write_text(f"# Note\n\n## Section\n\n{cells}", encoding="utf-8")
    with start(path) as editor:

        def offers_to_run() -> bool:
            """The server may only be starting."""
            editor.command("6")
            editor.press("Space", "a")
            time.sleep(_BETWEEN_TRIES_S)
            return "Run Section" in editor.screen()

        until(offers_to_run, "the code actions")
        editor.command("lsp-workspace-command livebook.runAll")
        editor.command("7")
        editor.until_screen("  42")
        editor.command("10")
        editor.until_screen("(RuntimeError) boom")


@needs_elixir
def test_help_with_the_code_in_cells(start: Start, tmp_path: Path) -> None:
    path = truth.HELPED.put_into(tmp_path)
    with start(path) as editor:
        # The sign beside the title: the server has looked at the notebook.
        editor.until_screen("●")

        def shows(keys: str, wanted: str) -> Callable[[], bool]:
            """Whether it is shown some time after keys in line 19; the helper may be starting."""

            def ask() -> bool:
                editor.command("19")
                editor.type(keys)
                time.sleep(_BETWEEN_TRIES_S)
                return wanted in editor.screen()

            return ask

        until(shows("xcGeo.a", "area/2"), "the offer")
        until(shows("xcGeo.area(1, ", "area(width, height)"), "the signature")
        editor.press("Escape")
        editor.type("gh5l")
        editor.press("Space", "k")
        editor.until_screen("The area.")
        editor.press("Escape")
        editor.type("gd")
        editor.until_screen("14:")
        editor.command("19")
        editor.type("xcx=(1 + ]")
        editor.press("Escape")
        editor.until_screen("unexpected token")
        editor.command("19")
        editor.type("xcx=1")
        editor.press("Escape")
        editor.type("x=")
        editor.until_screen("x = 1")
        editor.command("write")
        until(lambda: "\nx = 1\n" in text_in(path), "the form in the file")
        editor.command("lsp-workspace-command livebook.runAll")
        editor.command("9")
        editor.until_screen("  4242")
        # What the text no longer says, the session still knows.
        editor.command("8")
        editor.type("xcrenamed = 1")
        until(shows("xcbound", "bound_value"), "the session's value")


def until_offers_actions(editor: Helix) -> None:
    """Wait until the menu of code actions in line 6 is open; the server may only be starting."""

    def offers_actions() -> bool:
        editor.command("6")
        editor.press("Space", "a")
        time.sleep(_BETWEEN_TRIES_S)
        return "Open in Livebook" in editor.screen()

    until(offers_actions, "the code actions")


def test_a_cell_is_edited_from_the_menu(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    path.write_text("# Note\n\n## Section\n\n```elixir\na = 1\n```\n\nWords\n", encoding="utf-8")
    with start(path) as editor:
        until_offers_actions(editor)
        # From the last entry, which comes first that way, up to the one that is wanted.
        editor.press_until_seen("Up")
        for _ in range(20):
            if "Convert to Markdown Cell" in editor.screen():
                break
            # One key too many, and another entry is chosen.
            editor.press_until_seen("Up")
        editor.press("Enter")
        editor.until_screen("force_markdown")


def test_the_key_of_the_guide_saves_and_runs(tmp_path: Path, environ: dict[str, str]) -> None:
    guide = read(DOCS / "editors" / "helix.md")
    key = next(it for it in guide.code if "livebook.runCell" in it)
    path = tmp_path / "note.livemd"
    path.write_text("# Note\n\n## Section\n\n```elixir\n40 + 1\n```\n", encoding="utf-8")
    environ = environ | {"PATH": path_with_server(tmp_path)}
    with helix(path, tmp_path, environ, key) as editor:
        until_offers_actions(editor)
        # Two lines that Livebook's form has not, so that the save moves the cell.
        editor.command("4")
        editor.type("o\n")
        editor.press("Escape")
        editor.command("8")
        editor.type("xc40 + 2")
        editor.press("Escape")
        editor.press("Space", "Enter")
        until(lambda: "40 + 2" in text_in(path), "the save")
        editor.command("7")
        editor.until_screen("  42")


def test_the_keys_of_the_guide_edit_cells_and_insert_images(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    guide = read(DOCS / "editors" / "helix.md")
    keys = "\n".join(it for it in guide.code if it.startswith("[keys."))
    insert = next(it for it in guide.code if "livebook.insertFile" in it)
    path, image = tmp_path / "note.livemd", tmp_path / "plot.png"
    text = "# Note\n\n## Section\n\n```elixir\na = 1\nb = 2\n```\n\nWords\n"
    path.write_text(text, encoding="utf-8")
    image.write_bytes(b"\x89PNG")
    environ = environ | {"PATH": path_with_server(tmp_path)}
    with helix(path, tmp_path, environ, keys) as editor:
        until_offers_actions(editor)
        editor.command("7")
        editor.press("M-c", "s")
        editor.until_screen(" 10  b = 2\n")
        editor.command("6")
        editor.press("M-c", "j")
        editor.until_screen(" 10  a = 1\n")
        # Where the moved cell is now.
        editor.press("M-c", "k")
        editor.until_screen("  6  a = 1\n")
        editor.press("M-c", "b")
        editor.until_screen(" 14  b = 2\n")
        editor.command("17")
        editor.type(insert.strip())
        editor.press("Enter")
        editor.until_screen("![](files/plot.png)Words")

        assert (tmp_path / "files" / "plot.png").read_bytes() == b"\x89PNG"
