"""Prints what reading a notebook of 1 MB costs, and each of 200 keystrokes in it, in CPU time."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

# Behind the package that is measured, which may be of another revision.
sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.garbage import look_as_the_server_does
from benchmarks.texts import usual
from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.source import Source

KEYS = 200


def main() -> None:
    """Measure and print."""
    text = usual(1_000_000)
    look_as_the_server_does()
    draft = Draft(Source(text))
    # The code itself is warm after a small one; a whole notebook is read once by an editor.
    _ = Draft(Source(usual(20_000))).hazards
    opened_ms = cpu_ms(lambda: (draft.notebook, draft.hazards))
    read_ms = cpu_ms(lambda: Draft(Source(text)))
    keys = []
    for number in range(KEYS):
        at = number * 4_987 % len(text)

        def press(at: int = at) -> None:
            nonlocal draft
            draft = draft.replaced(at, at, "x")
            _ = draft.notebook, draft.hazards

        keys.append(cpu_ms(press))
    keys.sort()
    found = {
        "1 MB read, with all that is told of it": read_ms + opened_ms,
        "a keystroke in 1 MB": statistics.median(keys),
        "99 of 100 keystrokes within": keys[int(KEYS * 0.99) - 1],
    }
    print(json.dumps(found))


def cpu_ms(act: Callable[[], object]) -> float:
    """What an act takes of a processor, in milliseconds."""
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    main()
