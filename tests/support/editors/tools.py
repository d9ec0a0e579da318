"""The programs that editor tests need: where `scripts/install-editors` put them, or why not."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from tests.support.places import ROOT

TOOLS = ROOT / ".tools"
# A busy machine takes long for everything.
_WAIT_S = 180.0
T = TypeVar("T")


def installed(relative: str, editor: str) -> Path:
    """A file or folder under `.tools/`; without it the test is skipped, in CI it fails."""
    path = TOOLS / relative
    if not path.exists():
        go_without(f"{relative} is missing in .tools; run scripts/install-editors {editor}")
    return path


def program(name: str, editor: str) -> Path:
    """A program of the system's."""
    found = shutil.which(name)
    if found is None:
        go_without(f"there is no {name}; run scripts/install-editors {editor}")
    return Path(found)


def go_without(reason: str) -> NoReturn:
    """Skip the test; fail where CI is set, so that nothing goes untested unseen."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def server_program(folder: Path) -> Path:
    """A `livebook-ls` that runs the server of this work tree and notes its process id in `pids`."""
    server = f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m livebook_ls "$@"'
    return script(folder / "my tools" / "livebook-ls", f'echo $$ >> "{folder}/pids"\n{server}')


def script(path: Path, body: str) -> Path:
    """A shell script at `path`."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)
    return path


def until(ask: Callable[[], T], what: str) -> T:
    """Wait until `ask` answers something true, and answer that."""
    end = time.monotonic() + _WAIT_S
    while not (answer := ask()):
        if time.monotonic() > end:
            pytest.fail(f"Waited in vain for {what}")
        time.sleep(0.05)
    return answer


def path_with_server(folder: Path) -> str:
    """The search path of a user who has installed `livebook-ls`."""
    return f"{server_program(folder).parent}{os.pathsep}{os.environ['PATH']}"
