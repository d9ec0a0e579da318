"""What one hook process leaves for the next is only as good as the clock by which it did."""

from __future__ import annotations

import os
import time
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


def test_what_is_noted_is_gone_after_a_day(tmp_path: Path) -> None:
    def a_day_passes() -> None:
        for it in Path(memory.folder).rglob("*"):
            os.utime(it, (time.time() - 25 * 3600, time.time() - 25 * 3600))
        memory.look("/elsewhere", clock.unix_ns())

    memory = Memory({"XDG_CACHE_HOME": str(tmp_path)})
    memory.owe("/folder", ["/folder/a.livemd"])
    memory.look("/elsewhere", clock.unix_ns())
    assert memory.owes("/folder")
    a_day_passes()
    assert not memory.owes("/folder")
    a_day_passes()

    assert [it.name.partition("-")[0] for it in Path(memory.folder).iterdir()] == ["looked"]


def test_what_is_noted_is_for_its_owner_alone(tmp_path: Path) -> None:
    memory = Memory({"XDG_CACHE_HOME": str(tmp_path)})
    memory.owe("/folder", ["/folder/a.livemd"])
    made = [Path(memory.folder), *Path(memory.folder).rglob("*")]

    assert len(made) == 3
    assert not [it for it in made if it.stat().st_mode & 0o077]


def test_a_link_that_is_swapped_has_not_the_session_of_what_it_led_to(tmp_path: Path) -> None:
    memory, link = Memory({"XDG_CACHE_HOME": str(tmp_path)}), tmp_path / "link.livemd"
    link.symlink_to(tmp_path / "one.livemd")
    memory.hold(str(link), "/sessions/one", "# One\n")
    memory.be_late(str(link), "# None\n", "# One\n")
    link.unlink()
    link.symlink_to(tmp_path / "other.livemd")

    assert memory.held(str(link)) is None
    assert memory.late(str(link)) is None
    assert memory.holds(str(tmp_path / "one.livemd"), "# One\n")
