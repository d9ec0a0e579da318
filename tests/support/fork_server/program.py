"""How the program is started: as users do, or quicker, where the start isn't what is tested."""

from __future__ import annotations

import atexit
import functools
import os
import subprocess
import sys
from collections.abc import Mapping

from tests.support.fork_server import client
from tests.support.places import ROOT

PROGRAM = (sys.executable, "-m", "livebook_ls")
# What Python reads before the program does.
_OF_PYTHON = ("PYTHON", "LC_", "LANG")


def quick_program(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The program again, whose start takes a tenth, where the start itself isn't what is tested.

    It runs in a fork of a process that has loaded all of it; `PROGRAM` itself where the system
    can't do that, or where Python would start otherwise in `environ` than it did there.
    """
    changed = {name for name, _ in environ.items() ^ os.environ.items()}
    if sys.platform != "linux" or any(it.startswith(_OF_PYTHON) for it in changed):
        return PROGRAM
    address = _fork_server()
    return (sys.executable, "-I", "-S", str(client.__file__), address) if address else PROGRAM


@functools.cache
def _fork_server() -> str:
    """The address of this process's fork server, which is started by the first who needs it.

    Empty where the system keeps it from being one.
    """
    server = subprocess.Popen(
        (sys.executable, "-m", "tests.support.fork_server.server"),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # An interrupt is for the tests, which end it.
        start_new_session=True,
    )
    assert server.stdout is not None
    address = server.stdout.readline().strip()
    atexit.register(server.communicate)
    return address
