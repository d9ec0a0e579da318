"""The VS Code extension in a real VS Code, against a stand-in Livebook."""

from __future__ import annotations

import dataclasses
import json
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from livebook_ls import __version__
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL as CELL
from tests.support.editors import truth
from tests.support.editors.tools import go_without, script, server_program
from tests.support.editors.vscode import (
    Window,
    build_client,
    empty_extension,
    ending_program,
    extension,
)
from tests.support.places import ROOT

CANONICAL = f"""{CELL}
```python
def answer():
    return 42
```

After the code.

<!-- livebook:{{"branch_parent_index":0}} -->

## Branch
"""

_TWO_CELLS = """# Note

## Section

```elixir
1 + 1
```

```elixir
x = 1
raise "boom"
```
"""
_SAVED = """# Saved

## Section

LINE

```elixir
x = 0
```
"""
_CUSTOM_EDITOR = """
const vscode = require("vscode");
exports.activate = (context) => {
  const openCustomDocument = (uri) => ({ uri, dispose() {} });
  const resolveCustomEditor = () => undefined;
  const provider = { openCustomDocument, resolveCustomEditor };
  const provided = vscode.window.registerCustomEditorProvider("somebody.livemd", provider);
  context.subscriptions.push(provided);
};
"""

# The first start fails, as Erlang's does: the reason, then noise.
_LIVEBOOK = """
echo "$HOME" > "$NOTES/home"
if [ ! -e "$NOTES/failed" ]; then
  touch "$NOTES/failed"
  echo "ERROR!!! [Livebook] expected LIVEBOOK_PORT to be a number"
  echo "Crash dump is being written to: erl_crash.dump...done"
  exit 1
fi
exec "{python}" -m livebook_ls.standin --port "$LIVEBOOK_PORT"
"""

pytestmark = pytest.mark.editor


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "work space"
    folder.mkdir()
    (folder / "note.livemd").write_text(CANONICAL, encoding="utf-8")
    return folder


@pytest.fixture
def window(tmp_path: Path, workspace: Path, livebook: StandIn) -> Window:
    home = tmp_path / "vscode"
    home.mkdir()
    server = server_program(tmp_path)
    return Window(
        home=home,
        workspace=workspace,
        extension=build_client(),
        settings={
            "livebook.url": livebook.url,
            "livebook.token": "s3cret",
            "livebook.server.path": str(server),
        },
        environ={"STAND_IN_URL": livebook.url},
    )


def test_the_main_job(window: Window, workspace: Path, livebook: StandIn) -> None:
    window.run("main_job")

    session = livebook.session(workspace / "note.livemd")
    assert session is not None
    assert session.text == CANONICAL.replace("1 + 1", '"😀" <> "ü"')


def test_outline_folds_diagnostics_and_fix(window: Window, workspace: Path) -> None:
    for notebook in truth.ALL:
        notebook.put_into(workspace)
    truths = json.dumps([dataclasses.asdict(it) for it in truth.ALL])
    window = dataclasses.replace(
        window,
        # Elixir has more to say of a notebook that is cut off, once it has started.
        settings=window.settings | {"livebook.languageHelp": False},
        environ=window.environ | {"TRUTHS": truths},
    )

    passed = window.run("views")

    assert len(passed) == 3 * len(truth.ALL) + 1


def test_a_server_that_is_missing_or_ends(window: Window, tmp_path: Path) -> None:
    ending = ending_program(tmp_path)
    working = window.settings["livebook.server.path"]
    window = dataclasses.replace(
        window,
        settings=window.settings | {"livebook.server.path": str(tmp_path / "gone")},
        environ=window.environ
        | {"WORKING": working, "ENDING": str(ending), "NOTES": str(tmp_path)},
    )

    window.run("server_trouble")


def test_the_server_has_the_environment_and_starts_livebook(window: Window, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = script(tmp_path / "bin" / "livebook", _LIVEBOOK.format(python=sys.executable))
    window = dataclasses.replace(
        window,
        settings={
            "livebook.server.path": window.settings["livebook.server.path"],
            "livebook.startCommand": [str(program)],
        },
        environ={
            "HOME": str(tmp_path),
            "LIVEBOOK_URL": f"http://127.0.0.1:{port}",
            "NOTES": str(tmp_path),
            "PYTHONPATH": str(ROOT),
        },
    )

    window.run("starting")

    assert (tmp_path / "home").read_text(encoding="utf-8") == f"{tmp_path}\n"


def test_commands_menus_and_looks(window: Window, workspace: Path) -> None:
    (workspace / "other.livemd").write_text(CELL.replace("Note", "Other"), encoding="utf-8")
    shutil.copy(truth.NOTEBOOKS / "weather.livemd", workspace)
    window = dataclasses.replace(
        window, workspace_settings={"workbench.colorTheme": "Default Dark Modern"}
    )

    window.run("features")


def test_ten_saves_in_a_row_and_livebook_away(
    window: Window, workspace: Path, livebook: StandIn, tmp_path: Path
) -> None:
    for name in ("same", "quiet", "loose"):
        (workspace / f"{name}.livemd").write_text(_SAVED, encoding="utf-8")
    (workspace / "first.livemd").write_text(truth.LOOSE, encoding="utf-8")
    (workspace / "stamped.livemd").write_text(livebook.stamp(_SAVED), encoding="utf-8")
    window = dataclasses.replace(window, environ=window.environ | {"NOTES": str(tmp_path)})
    is_done = threading.Event()
    absence = threading.Thread(target=leave_and_return, args=(livebook, tmp_path, is_done))
    absence.start()
    try:
        window.run("saves")
    finally:
        is_done.set()
        absence.join()


def test_edits_in_the_browser_and_here_become_one(window: Window, workspace: Path) -> None:
    cells = "```elixir\n:mine\n```\n\nProse.\n\n```elixir\n:theirs\n```\n"
    (workspace / "both.livemd").write_text(f"# Both\n\n## Section\n\n{cells}", encoding="utf-8")

    assert len(window.run("merging")) == 3


def leave_and_return(livebook: StandIn, notes: Path, is_done: threading.Event) -> None:
    """Stop Livebook when the test says `away`, start it when it says `back`."""
    does = {"away": livebook.stop, "back": livebook.start}
    while not is_done.wait(0.05):
        for word, do in does.items():
            if (notes / word).exists():
                do()
                (notes / word).unlink()


def test_beside_git_other_folders_and_another_editor(
    window: Window, workspace: Path, tmp_path: Path
) -> None:
    if shutil.which("git") is None:
        go_without("there is no git")
    git = ("git", "-C", str(workspace), "-c", "user.name=Ana", "-c", "user.email=ana@example.org")
    for command in (("init", "-q"), ("add", "note.livemd"), ("commit", "-q", "-m", "A note")):
        subprocess.run([*git, *command], check=True)
    (workspace / "note.livemd").write_text(CELL, encoding="utf-8")
    second = tmp_path / "second"
    second.mkdir()
    (second / "second.livemd").write_text(CELL.replace("Note", "Second"), encoding="utf-8")
    editor = {"viewType": "somebody.livemd", "displayName": "Theirs", "priority": "default"}
    extension(
        window.home / "extensions" / "somebody.editor-1.0.0",
        {
            "name": "editor",
            "main": "./main.js",
            "activationEvents": [],
            "contributes": {
                "customEditors": [editor | {"selector": [{"filenamePattern": "*.livemd"}]}]
            },
        },
        _CUSTOM_EDITOR,
    )
    window = dataclasses.replace(window, roots=(second,))

    window.run("neighbours")


def test_the_packed_extension_needs_nothing_but_a_python(window: Window, tmp_path: Path) -> None:
    packed = ROOT / "dist" / f"livebook-ls-{__version__}.vsix"
    if not packed.exists():
        go_without(f"dist/{packed.name} is missing; run scripts/build")
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    # Without what is installed for the tests: neither their libraries nor a `livebook-ls`.
    python.symlink_to(Path(sys.executable).resolve())
    window = dataclasses.replace(
        window,
        extension=empty_extension(tmp_path / "nothing"),
        vsix=packed,
        settings={"livebook.url": window.settings["livebook.url"]},
        environ=window.environ | {"PATH": f"{python.parent}:/usr/bin:/bin"},
    )

    window.run("packed")


def test_an_untrusted_workspace_decides_nothing(window: Window, tmp_path: Path) -> None:
    ending = ending_program(tmp_path)
    settings = {
        "livebook.server.path": str(ending),
        "livebook.interpreter": str(ending),
        "livebook.url": "http://192.0.2.1:8080",
        "livebook.token": "theirs",
        "livebook.guard": "crash-only",
    }
    window = dataclasses.replace(window, settings={}, workspace_settings=settings, is_trusted=False)

    window.run("untrusted")

    assert not (tmp_path / "ends").exists()


def test_cells_run_and_show_what_they_gave(window: Window) -> None:
    note = window.workspace / "note.livemd"
    note.write_text(_TWO_CELLS, encoding="utf-8")

    assert len(window.run("running")) == 6


def test_cells_run_in_a_window_that_is_still_busy(window: Window) -> None:
    note = window.workspace / "note.livemd"
    note.write_text(_TWO_CELLS, encoding="utf-8")
    window = dataclasses.replace(window, comes_to_rest=False)

    assert len(window.run("running")) == 6


def test_help_with_the_code_in_cells(window: Window) -> None:
    if shutil.which("elixir") is None:
        go_without("there is no elixir; run scripts/install-elixir")
    truth.HELPED.put_into(window.workspace)
    (window.workspace / "note.livemd").unlink()

    assert len(window.run("coding")) == 7


def test_cells_and_sections_are_edited_by_keys(window: Window, tmp_path: Path) -> None:
    cells = "```elixir\na = 1\nb = 2\n```\n\nWords\n"
    note = window.workspace / "note.livemd"
    note.write_text(f"# Note\n\n## Section\n\n{cells}", encoding="utf-8")
    output = '<!-- livebook:{"output":true} -->\n\n```\none\n```'
    kept = f"## Section\n\n```elixir\n1\n```\n\n{output}\n\nWords\n"
    settings = '<!-- livebook:{"persist_outputs":true} -->'
    outputs = window.workspace / "outputs.livemd"
    outputs.write_text(f"{settings}\n\n# Note\n\n{kept}", encoding="utf-8")
    template = tmp_path / "template.livemd"
    template.write_text("# Mine\n\n## Section\n", encoding="utf-8")
    own = {"livebook.notebookTemplate": str(template), "livebook.foldOutputs": True}
    window = dataclasses.replace(window, settings=window.settings | own)

    assert len(window.run("editing")) == 8


def test_images_are_pasted_and_dropped(window: Window) -> None:
    note = window.workspace / "note.livemd"
    note.write_text("# Note\n\n## Section\n\nWords\n\n```elixir\na = 1\n```\n", encoding="utf-8")
    own = {"livebook.openOnDidOpen": "never"}
    window = dataclasses.replace(window, settings=window.settings | own)

    assert len(window.run("images")) == 3
