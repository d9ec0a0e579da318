"""What one hook process leaves for the next is only as good as the clock by which it did."""

from __future__ import annotations

from pathlib import Path

from livebook_ls import clock
from livebook_ls.agents.hook_memory import Memory
from tests.support.turned_clock import TurnedClock


def test_a_look_while_the_clock_was_ahead_hides_nothing_that_comes_after(tmp_path: Path) -> None:
    memory = Memory({"XDG_CACHE_HOME": str(tmp_path)})
    with clock.using(turned := TurnedClock()):
        memory.look("/folder", clock.unix_ns())
        looked_ns = memory.looked_ns("/folder")
        turned.now_s += 3600.0
        memory.look("/folder", clock.unix_ns())
        turned.now_s -= 3600.0

        assert memory.looked_ns("/folder") < looked_ns
