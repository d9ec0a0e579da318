"""Prints how long `check` takes for the notebooks of a folder, which are made if there are none."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.acts.files import fill


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1])
    fill(folder)
    command = (sys.executable, "-m", "livebook_ls", "check", "--quiet", str(folder))
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)  # noqa: S603 — our own
    print(json.dumps({"`check` of 1,000 notebooks": (time.perf_counter() - began) * 1000}))


if __name__ == "__main__":
    main()
