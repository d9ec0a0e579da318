"""How long `check` takes on 1,000 notebooks, against reading and parsing them.

Run it as `python benchmarks/check.py [FOLDER]`: with a folder, its notebooks are used over and
over; without one, they are made. Every figure is the best of several runs.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.texts import SECTION
from livebook_ls.cli.arguments import notebook_files
from livebook_ls.cli.check import problems
from livebook_ls.cli.main import main as program
from livebook_ls.notebook.importing.importer import parse

if TYPE_CHECKING:
    from collections.abc import Callable

NOTEBOOKS = 1_000
RUNS = 5


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        texts = _texts()
        size = 0
        for number in range(NOTEBOOKS):
            data = texts[number % len(texts)]
            size += len(data)
            Path(folder, f"{number:04}.livemd").write_bytes(data)
        os.chdir(folder)
        print(f"{NOTEBOOKS:,} notebooks of {size / NOTEBOOKS:,.0f} bytes on the average")
        read = best(read_all)
        print(f"  read and parsed                {read:8.0f} ms")
        for name, run in (("check, one process", check_one), ("check, as the program", check_all)):
            taken = best(run)
            print(f"  {name:28}   {taken:8.0f} ms, {taken / read:.1f} times as long")


def read_all() -> None:
    """Read and parse every notebook, with its cells."""
    for file in notebook_files.find([]).notebooks:
        for section in parse(Path(file).read_bytes().decode("utf-8")).sections:
            _ = section.cells


def check_one() -> None:
    """Check every notebook in this process."""
    for file in notebook_files.find([]).notebooks:
        problems.check(file)


def check_all() -> None:
    """All that the command does, but for Python's start."""
    with contextlib.redirect_stdout(io.StringIO()):
        program(["check"])


def best(run: Callable[[], object]) -> float:
    """The shortest of several runs, in milliseconds."""
    shortest = float("inf")
    for _ in range(RUNS):
        gc.collect()
        start = time.perf_counter()
        run()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest * 1000


def _texts() -> list[bytes]:
    if len(sys.argv) > 1:
        return [it.read_bytes() for it in sorted(Path(sys.argv[1]).rglob("*.livemd"))]
    lengths = range(5, 35)
    return [("# T\n\n" + "".join(map(SECTION.format, range(it)))).encode() for it in lengths]


if __name__ == "__main__":
    main()
