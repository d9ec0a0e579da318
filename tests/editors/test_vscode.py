"""The VS Code extension in a real VS Code, against a stand-in Livebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.editors.vscode import Window, build_client, server_program

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
