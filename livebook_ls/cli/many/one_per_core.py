"""Work that is done with each of many files: by a process per core, in the files' order."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Done = TypeVar("Done")

# Fewer are done with sooner than another process is started.
_FEWEST_FOR_PROCESSES = 200
# So many go to a process at once: enough to be worth the way, few enough to show progress.
_MOST_AT_ONCE = 50


def each(files: Sequence[str], work: Callable[[str], Done]) -> Iterator[Done]:
    """What `work`, a function of a module, comes to with each file, as it comes."""
    processes = os.cpu_count() or 1
    if len(files) < _FEWEST_FOR_PROCESSES or processes == 1:
        yield from map(work, files)
        return
    from concurrent.futures import ProcessPoolExecutor

    at_once = min(_MOST_AT_ONCE, max(1, len(files) // (processes * 8)))
    pool = ProcessPoolExecutor(processes, initializer=_ignore_interrupts)
    try:
        yield from pool.map(work, files, chunksize=at_once)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    # Without waiting, the interpreter's end meets the pool's threads in the middle of theirs.
    pool.shutdown()


def _ignore_interrupts() -> None:
    """Ctrl-C reaches every process; the first one ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
