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


def test_hooks_at_once_take_nothing_from_each_other(tmp_path: Path) -> None:
    one, other = (Memory({"XDG_CACHE_HOME": str(tmp_path)}) for _ in range(2))
    one.owe("/folder", ["/folder/a.livemd"])
    other.owe("/folder", ["/folder/b.livemd"])
    one.attach("/folder", ["/folder/a.livemd"])
    other.attach("/folder", ["/folder/b.livemd"])

    assert sorted(one.owed("/folder")) == ["/folder/a.livemd", "/folder/b.livemd"]
    assert sorted(one.gone("/folder")) == ["/folder/a.livemd", "/folder/b.livemd"]
