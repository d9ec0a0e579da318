"""One of ours at a time acts on a notebook, in one process or several."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from livebook_ls import clock
from livebook_ls.settings import Settings
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.turns import Turns, TurnTakenError
from livebook_ls.sync.notebooks import Notebooks
from tests.support.turned_clock import TurnedClock
from tests.support.waiting import until

HOLDER = """
import asyncio, sys
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.turns import Turns

async def hold():
    async with Turns(StateFolder({"XDG_STATE_HOME": sys.argv[1]})).taken(sys.argv[2]):
        print("taken", flush=True)
        await asyncio.sleep(60)

asyncio.run(hold())
"""


def test_the_next_has_its_turn_when_the_one_before_is_done(tmp_path: Path) -> None:
    turns = Turns(StateFolder({"XDG_STATE_HOME": str(tmp_path)}))
    told: list[str] = []

    async def act(name: str) -> None:
        async with turns.taken("/n.livemd"):
            told.append(f"{name} begins")
            await asyncio.sleep(0.02)
            told.append(f"{name} ends")

    async def both() -> None:
        await asyncio.gather(act("one"), act("two"))

    asyncio.run(both())

    assert told == ["one begins", "one ends", "two begins", "two ends"]


def test_other_notebooks_do_not_wait(tmp_path: Path) -> None:
    turns = Turns(StateFolder({"XDG_STATE_HOME": str(tmp_path)}))

    async def within() -> bool:
        async with turns.taken("/a.livemd"), turns.taken("/b.livemd"):
            return True

    assert asyncio.run(within())


@pytest.mark.fault(
    "ourselves",
    "one of ours is killed",
    during="another waits for it",
    shows="nothing: the next has its turn",
    recovers="by itself",
)
def test_a_turn_ends_with_the_process_that_has_it(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        (sys.executable, "-c", HOLDER, tmp_path, "/n.livemd"), stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"taken\n"

        async def take() -> bool:
            async with Turns(StateFolder({"XDG_STATE_HOME": str(tmp_path)})).taken("/n.livemd"):
                return holder.poll() is not None

        async def both() -> bool:
            taking = asyncio.create_task(take())
            await asyncio.sleep(0.05)
            assert not taking.done()
            holder.send_signal(signal.SIGKILL)
            return await taking

        asyncio.run(both())


@pytest.mark.fault(
    "ourselves",
    "the state folder can't be written",
    during="a save",
    shows="nothing: saves go on, without turns",
    recovers="nothing to do",
)
def test_without_a_place_for_locks_each_goes_its_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    async def take() -> bool:
        async with Turns(StateFolder({"XDG_STATE_HOME": str(tmp_path / "file")})).taken("/n"):
            return True

    assert asyncio.run(take())


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_that_is_turned_in_a_turn_leads_elsewhere_after_it(tmp_path: Path) -> None:
    one, other, link = (tmp_path / it for it in ("one", "other", "link.livemd"))
    for it in (one, other):
        it.touch()
    folder = StateFolder({"XDG_STATE_HOME": str(tmp_path)})

    async def act() -> None:
        link.symlink_to(one)
        async with Turns(folder).taken(str(link)):
            link.unlink()
            link.symlink_to(other)

            assert folder.of(str(link)) == folder.of(str(one))

    asyncio.run(act())

    assert folder.of(str(link)) == folder.of(str(other))


def test_of_a_notebook_that_nobody_of_ours_had_nothing_is_left(tmp_path: Path) -> None:
    turns = Turns(StateFolder({"XDG_STATE_HOME": str(tmp_path)}))

    async def act() -> bool:
        async with turns.taken("/n.livemd"):
            return turns.is_left("/n.livemd")

    assert not asyncio.run(act())


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_folder_is_looked_up_again_a_moment_later(tmp_path: Path) -> None:
    one, other, link = (tmp_path / it for it in ("one", "other", "link.livemd"))
    for it in (one, other):
        it.touch()
    folder = StateFolder({"XDG_STATE_HOME": str(tmp_path)})
    link.symlink_to(one)

    async def act() -> None:
        turned = TurnedClock()
        with clock.using(turned):
            before = folder.of(str(link))
            link.unlink()
            link.symlink_to(other)
            await turned.advance(0.1)
            after = folder.of(str(link))

        assert before == folder.of(str(one))
        assert after == folder.of(str(other))

    asyncio.run(act())


def test_where_no_livebook_was_reached_nobody_waits_for_it(tmp_path: Path) -> None:
    path = tmp_path / "n.livemd"
    path.write_text("# N\n\n## S\n", encoding="utf-8")
    environ = {"XDG_STATE_HOME": str(tmp_path)}

    async def act() -> None:
        notebooks = Notebooks(Settings(url="http://127.0.0.1:9"), environ, lambda _: None)
        try:
            await notebooks.sync(str(path))
        finally:
            await notebooks.close()

    asyncio.run(act())

    # The lock's time is that of the last call which Livebook may still be busy with.
    lock = StateFolder(environ).of(str(path)) / "lock"
    assert lock.stat().st_mtime == 0.0


def test_who_has_the_turn_sees_that_another_waits_for_it(tmp_path: Path) -> None:
    turns = Turns(StateFolder({"XDG_STATE_HOME": str(tmp_path)}))

    async def act() -> tuple[bool, bool]:
        async with turns.taken("/n.livemd"):
            alone = turns.is_wanted("/n.livemd")
            waiting = asyncio.ensure_future(hold())
            await asyncio.to_thread(until, lambda: turns.is_wanted("/n.livemd"))
        await waiting
        return alone, turns.is_wanted("/n.livemd")

    async def hold() -> None:
        async with turns.taken("/n.livemd"):
            assert not turns.is_wanted("/n.livemd")

    assert asyncio.run(act()) == (False, False)


def test_who_waits_no_more_is_not_waited_for(tmp_path: Path) -> None:
    turns = Turns(StateFolder({"XDG_STATE_HOME": str(tmp_path)}))

    async def act() -> bool:
        async with turns.taken("/n.livemd"):
            with pytest.raises(TurnTakenError):
                async with turns.taken("/n.livemd", within_s=0.02):
                    pass
            return turns.is_wanted("/n.livemd")

    assert not asyncio.run(act())


def test_who_comes_right_behind_a_call_waits_until_livebook_is_surely_done(tmp_path: Path) -> None:
    turns = Turns(StateFolder({"XDG_STATE_HOME": str(tmp_path)}))

    async def act() -> None:
        turned = TurnedClock()
        with clock.using(turned):
            async with turns.taken("/n.livemd"):
                turns.note_call("/n.livemd")
            await turned.advance(0.1)
            async with turns.taken("/n.livemd"):
                waiting = asyncio.create_task(turns.wait_out("/n.livemd"))
                await turned.advance(1.0)
                assert not waiting.done()
                await turned.advance(1.0)
                assert waiting.done()

    asyncio.run(act())
