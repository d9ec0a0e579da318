"""The program, run as a person or a script runs it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import clean_environ
from tests.support.fork_server.program import PROGRAM as PROGRAM
from tests.support.fork_server.program import quick_program


def run(
    *arguments: object,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    program: tuple[str, ...] = (),
    given: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """The program's end, with all that it said; without a Livebook unless `environ` names one.

    `given` comes on its stdin.
    """
    # Port 9 is nobody's: the Livebook of whoever runs the tests is left alone.
    environ = environ or clean_environ() | {"LIVEBOOK_URL": "http://127.0.0.1:9"}
    return subprocess.run(
        (*(program or quick_program(environ)), *map(str, arguments)),
        input=given,
        capture_output=True,
        encoding="utf-8",
        env=dict(environ) | {"PYTHONIOENCODING": "utf-8"},
        cwd=cwd,
        check=False,
    )
