"""How the cost of reading grows: sizes n, 2n, 4n and 8n, in CPU time."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from benchmarks.garbage import look_as_the_server_does
from benchmarks.texts import HOSTILE, usual
from livebook_ls.notebook.hazards.finding import find_hazards
from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.source import Source

_DOUBLINGS = (1, 2, 4, 8)


def lines(megabytes: int) -> list[str]:
    """A table: a usual notebook up to so many megabytes, hostile ones up to 400 KB."""
    look_as_the_server_does()
    head = ["", *(f"{it}n" for it in _DOUBLINGS), "8n / n"]
    rows = [head, ["---"] * len(head)]
    rows.append(_row(f"usual, n = {megabytes / 8:g} MB", usual, megabytes * 125_000))
    rows += [_row(f"{name}, n = 50 KB", text, 50_000) for name, text in HOSTILE.items()]
    return [f"| {' | '.join(it)} |" for it in rows]


def _row(name: str, text: Callable[[int], str], size: int) -> list[str]:
    costs = [_cpu_ms(text(size * times)) for times in _DOUBLINGS]
    told = [f"{it:.1f} ms" for it in costs]
    return [name, *told, f"{costs[-1] / max(costs[0], 0.001):.1f}"]


def _cpu_ms(text: str) -> float:
    """What a text costs with its hazards; the best of three, to be rid of others' work."""
    best = float("inf")
    for _ in range(3):
        gc.collect()
        began = time.process_time()
        document = read_document(Source(text))
        find_hazards(document, build_notebook(document))
        best = min(best, time.process_time() - began)
    return best * 1000
