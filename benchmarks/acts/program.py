"""Prints how long the program takes that does nothing: `livebook-ls --version`."""

from __future__ import annotations

import json
import subprocess
import sys
import time


def main() -> None:
    """Measure and print."""
    command = (sys.executable, "-m", "livebook_ls", "--version")
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 — our own
    took_ms = (time.perf_counter() - began) * 1000
    print(json.dumps({"start and end of a program": took_ms}))


if __name__ == "__main__":
    main()
