"""Python cells in the form that `ruff format` gives them, where the user has it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from livebook_ls.intelligence.child_start import started
from livebook_ls.intelligence.code_cells import PYTHON, CodeCell
from livebook_ls.intelligence.provider import Provider
from livebook_ls.livebook.starting.search_path import search_path


class Ruff(Provider):
    """Starts `ruff` for each cell; `may_start` says whether programs may be started at all."""

    name = "ruff"

    def __init__(self, environ: Mapping[str, str], may_start: Callable[[], bool]) -> None:
        self._environ = environ
        self._may_start = may_start

    async def format(self, path: str, cells: Sequence[CodeCell]) -> tuple[str | None, ...] | None:
        """Each Python cell's form, with the settings that hold in the notebook's folder."""
        if not cells or cells[0].language != PYTHON or not self._may_start():
            return None
        program = find_ruff(self._environ)
        if program is None:
            return None
        return tuple([await self._formed(program, path, it.code) for it in cells])

    async def _formed(self, program: str, path: str, code: str) -> str | None:
        file = Path(path).with_suffix(".py")
        try:
            starting = asyncio.create_subprocess_exec(
                program, "format", "--no-cache", "--stdin-filename", str(file), "-",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd=file.parent if file.parent.is_dir() else None,
                env=dict(self._environ),
            )  # fmt: skip
            process = await started(starting, _end)
        except OSError:
            return None
        try:
            output, _ = await process.communicate(code.encode("utf-8"))
        except BaseException:
            _end(process)
            raise
        if process.returncode != 0:
            return None
        # A file ends in a line break, a cell does not.
        return output.decode("utf-8").replace("\r\n", "\n").removesuffix("\n")


def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()


def find_ruff(environ: Mapping[str, str]) -> str | None:
    """The program `ruff`, where the user has one."""
    return shutil.which("ruff", path=search_path(environ))
