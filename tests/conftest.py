"""What tests of the whole server share: a stand-in Livebook, a notebook, a stand-in editor."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.sessions.session import Timing
from tests.support.fork_server.program import quick_program

SERVER = (sys.executable, "-m", "livebook_ls", "--stdio")
CANONICAL = "# Note\n\n## Section\n\n```elixir\n1 + 1\n```\n"


# What the server knows of Livebook's clock it takes from the notebook: sessions that saved
# themselves sooner would write while it can't expect it. So a new session saves by `save_session`
# alone, as when a person does so in the browser, once the test is ready for that.
TIMING = Timing(autosave_s=600, save_s=0.005)


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: looking through them for garbage again and again takes a
    tenth of the tests' time."""
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(autouse=True, scope="session")
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What programs keep of notebooks goes here, not to whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("state")
        patch.setenv("XDG_STATE_HOME", str(folder))
        yield folder


@pytest.fixture(autouse=True, scope="session")
def interrupts() -> None:
    """An interrupt reaches what tests start; a shell's background jobs, the tests among them,
    ignore it, and so would all of their children."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def livebook() -> Iterator[StandIn]:
    with StandIn(StandInSettings(timing=TIMING)) as stand_in:
        yield stand_in


@pytest.fixture
def environ(livebook: StandIn) -> dict[str, str]:
    """The environment of a user whose Livebook is the stand-in."""
    return clean_environ() | {"LIVEBOOK_URL": livebook.url}


def clean_environ() -> dict[str, str]:
    """This process's environment without anything that says where Livebook is."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LIVEBOOK")}


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "note.livemd"
    path.write_text(CANONICAL, encoding="utf-8")
    return path


@pytest.fixture
def start_editor(environ: dict[str, str]) -> Iterator[Callable[..., Editor]]:
    """Starts stand-in editors, each with a server of its own, and ends them after the test."""
    editors: list[Editor] = []

    def start(**options: Any) -> Editor:
        # Most tests are not about code, and an Elixir takes a second to start.
        settings = {"languageHelp": False} | (options.pop("settings", None) or {})
        options = {"environ": environ} | options
        program = options.pop("program", None) or quick_program(options["environ"])
        editor = Editor((*program, "--stdio"), **options, settings=settings)
        editors.append(editor)
        return editor

    yield start
    for editor in editors:
        editor.close()


@pytest.fixture
def editor(start_editor: Callable[..., Editor]) -> Editor:
    return start_editor()
