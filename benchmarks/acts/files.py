"""Prints how long the files of notebooks take to be read, by Python alone in one process."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.texts import usual

NOTEBOOKS = 1_000


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1])
    fill(folder)
    began = time.perf_counter()
    for path in sorted(folder.iterdir()):
        path.read_bytes().decode("utf-8")
    print(json.dumps({"`check` of 1,000 notebooks": (time.perf_counter() - began) * 1000}))


def fill(folder: Path) -> None:
    """Put notebooks of 2 to 12 KB into the folder, where there are none yet."""
    if not any(folder.iterdir()):
        for number in range(NOTEBOOKS):
            path = folder / f"{number:04}.livemd"
            path.write_text(usual(2_000 + 340 * (number % 30)), "utf-8")


if __name__ == "__main__":
    main()
