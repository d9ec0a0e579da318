"""The VS Code extension in a real VS Code, against a stand-in Livebook."""

from __future__ import annotations

import dataclasses
import json
import sys
import zipfile
from pathlib import Path

import pytest

from livebook_ls import __version__
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL as CELL
from tests.editors import truth
from tests.editors.tools import ROOT, go_without, server_program
from tests.editors.vscode import Window, build_client, ending_program

CANONICAL = f"""{CELL}
```python
def answer():
    return 42
```

After the code.

<!-- livebook:{{"branch_parent_index":0}} -->

## Branch
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
        settings={"livebook.url": livebook.url, "livebook.server.path": str(server)},
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
    window = dataclasses.replace(window, environ=window.environ | {"TRUTHS": truths})

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


def test_the_packed_extension_needs_nothing_but_a_python(window: Window, tmp_path: Path) -> None:
    packed = ROOT / "dist" / f"livebook-ls-{__version__}.vsix"
    if not packed.exists():
        go_without(f"dist/{packed.name} is missing; run scripts/build")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path / "packed")
    window = dataclasses.replace(
        window,
        extension=tmp_path / "packed" / "extension",
        # It is run without its site packages: the bundled libraries have to do.
        settings=window.settings
        | {"livebook.server.path": "", "livebook.interpreter": sys.executable},
    )

    window.run("packed")


def test_an_untrusted_workspace_starts_no_program(window: Window, tmp_path: Path) -> None:
    ending = ending_program(tmp_path)
    settings = {"livebook.server.path": str(ending), "livebook.interpreter": str(ending)}
    window = dataclasses.replace(window, settings=window.settings | settings, is_trusted=False)

    window.run("untrusted")

    assert not (tmp_path / "ends").exists()
