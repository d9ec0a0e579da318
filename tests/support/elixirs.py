"""The Elixirs that tests can use: the one on the PATH, and a newer one where there is one."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from livebook_ls.intelligence.asking import Intelligence
from livebook_ls.intelligence.code_cells import CodePlace, place_at
from livebook_ls.intelligence.elixir_process.own_elixir import OwnElixir
from livebook_ls.intelligence.elixir_process.supervision import ElixirSupervisor
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.source import Source
from tests.support.marks import Marked, cut

# The second one is the program that NEWER_ELIXIR names.
_FOUND = {
    "own": shutil.which("elixir"),
    "newer": shutil.which(os.environ.get("NEWER_ELIXIR", "")),
}

needs_elixir = pytest.mark.skipif(
    _FOUND["own"] is None, reason="no elixir on the PATH; scripts/install-elixir installs one"
)
# Parameters of a fixture or a test: the path of each.
ELIXIRS = [
    pytest.param(
        path or "",
        id=name,
        marks=pytest.mark.skipif(path is None, reason=f"there is no {name} elixir here"),
    )
    for name, path in _FOUND.items()
]
_Answer = TypeVar("_Answer")


class Asked:
    """Somebody to ask, whose own Elixir is started once for many tests."""

    def __init__(self, elixir: str, **environ: str) -> None:
        self.elixir = elixir
        self.environ = environ_of(elixir) | environ
        self._loop = asyncio.Runner()
        self._supervisor = ElixirSupervisor(self.environ, lambda: True, lambda: "")
        self._intelligence = Intelligence([OwnElixir(self._supervisor)])

    def __call__(self, ask: Callable[[Intelligence], Coroutine[Any, Any, _Answer]]) -> _Answer:
        return self._loop.run(self._answered(ask))

    async def _answered(
        self, ask: Callable[[Intelligence], Coroutine[Any, Any, _Answer]]
    ) -> _Answer:
        # The first question would be over before the process has started.
        await self._supervisor.helper()
        return await ask(self._intelligence)

    def run(self, program: str, lines: Iterable[str] = ()) -> list[str]:
        """What that Elixir itself says: the lines that a program of the test's prints."""
        done = subprocess.run(
            [self.elixir, "-e", program],
            input="".join(f"{it}\n" for it in lines),
            capture_output=True,
            text=True,
            check=True,
            env=self.environ,
        )
        return done.stdout.split("\n")[:-1]

    def close(self) -> None:
        """End its process."""
        self._loop.run(self._intelligence.close())
        self._loop.close()


def environ_of(elixir: str) -> dict[str, str]:
    """The environment of somebody who has that Elixir."""
    return dict(os.environ) | {"PATH": f"{Path(elixir).parent}{os.pathsep}{os.environ['PATH']}"}


def place(marked: str) -> tuple[CodePlace, Marked]:
    """The place that `$0` marks in a notebook, and what else is marked there."""
    found = cut(marked)
    assert found.cursor is not None
    source = Source(found.text)
    at = place_at(parse_source(source), source, "/notes/note.livemd", found.cursor)
    assert at is not None
    return at, found


def in_cells(*codes: str) -> str:
    """A notebook of Elixir cells with these codes."""
    return "# Note\n\n## Section\n" + "".join(f"\n```elixir\n{code}\n```\n" for code in codes)
