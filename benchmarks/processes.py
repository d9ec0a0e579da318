"""Acts that are processes of their own, so that another revision can take the place of ours."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.starting import environ


def figures(act: str, tree: Path | None = None, *arguments: str) -> Mapping[str, float]:
    """What `acts/ACT.py` prints: its figures as a JSON object."""
    script = Path(__file__).parent / "acts" / f"{act}.py"
    done = subprocess.run(  # noqa: S603 — our own
        (sys.executable, str(script), *arguments),
        env=environ(tree),
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def wall_ms(*command: str) -> float:
    """How long a program takes from its start to its end."""
    began = time.perf_counter()
    subprocess.run(command, env=environ(None), stdout=subprocess.DEVNULL, check=False)  # noqa: S603
    return (time.perf_counter() - began) * 1000
