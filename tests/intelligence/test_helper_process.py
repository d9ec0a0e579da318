from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.intelligence.asking import Intelligence
from livebook_ls.intelligence.elixir_process.own_elixir import OwnElixir
from livebook_ls.intelligence.elixir_process.process import ElixirHelper, HelperEnded, HelperLimits
from livebook_ls.intelligence.elixir_process.supervision import ElixirSupervisor, Standing
from tests.support.elixirs import ELIXIRS, environ_of, in_cells, needs_elixir, place

AT = place(in_cells("Enum.flat_map_r$0"))[0]


def fake_elixir(folder: Path, script: str) -> dict[str, str]:
    """The environment of somebody whose `elixir` is this shell script."""
    program = folder / "elixir"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return dict(os.environ) | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def supervisor(
    environ: dict[str, str], path: str = "", limits: HelperLimits | None = None
) -> ElixirSupervisor:
    return ElixirSupervisor(environ, lambda: True, lambda: path, limits)


def processes_of_group(group: int) -> list[int]:
    """The processes of a group that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def processes_with(word: str) -> list[int]:
    """The processes that were started with this word in their environment, and still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if word.encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
    return found


async def until(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110 — other processes raise no event here
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("script", "standing"),
    [
        ("exit 1", Standing.FAILED),
        ("echo hello; cat", Standing.FAILED),
        ("exit 14", Standing.TOO_OLD),
    ],
)
def test_a_broken_elixir_is_silent_and_given_up(
    tmp_path: Path, script: str, standing: Standing
) -> None:
    async def ask() -> Standing:
        broken = supervisor(fake_elixir(tmp_path, script))
        asked = Intelligence([OwnElixir(broken)])
        for _ in range(6):
            assert await asked.complete(AT, 5.0) is None
        await asked.close()
        return broken.standing

    assert asyncio.run(ask()) is standing


def test_without_elixir_nothing_is_started() -> None:
    async def ask() -> Standing:
        missing = supervisor(dict(os.environ), path="/nowhere/elixir")
        assert await missing.ask("complete", 1.0) is None
        return missing.standing

    assert asyncio.run(ask()) is Standing.MISSING


def test_an_elixir_that_never_gets_ready_costs_no_more_than_its_time(tmp_path: Path) -> None:
    async def ask() -> None:
        slow = supervisor(fake_elixir(tmp_path, "exec sleep 600"))
        asked = Intelligence([OwnElixir(slow)])
        found = await asked.complete(AT, 0.05)
        assert found is None
        await asked.close()

    asyncio.run(ask())


@pytest.mark.fault(
    "ourselves",
    "the process that helps with code hangs",
    during="typing in a cell",
    shows="no help for a moment",
    recovers="by itself",
)
@needs_elixir
@pytest.mark.slow
def test_a_helper_that_hangs_is_ended_and_another_one_started() -> None:
    async def ask() -> None:
        own = supervisor(dict(os.environ), limits=HelperLimits(grace_s=0.1))
        helper = await own.helper()
        assert helper is not None
        os.kill(helper.process_id, signal.SIGSTOP)
        assert await own.ask("problems", 0.1, cells=[]) is None
        assert await own.ask("problems", 5.0, cells=[]) == []
        assert await own.helper() is not helper
        await own.close()

    asyncio.run(ask())


@needs_elixir
@pytest.mark.slow
def test_a_helper_is_started_again_at_most_three_times() -> None:
    async def ask() -> Standing:
        own = supervisor(dict(os.environ))
        for _ in range(4):
            helper = await own.helper()
            assert helper is not None
            question = asyncio.ensure_future(own.ask("problems", 5.0, cells=[]))
            await helper.kill()
            await question
        assert await own.helper() is None
        return own.standing

    assert asyncio.run(ask()) is Standing.FAILED


@pytest.mark.slow
@pytest.mark.parametrize("elixir", ELIXIRS)
def test_the_helper_ends_with_its_input(elixir: str) -> None:
    async def ask() -> None:
        helper = await ElixirHelper.start(elixir, environ_of(elixir), HelperLimits())
        group = helper.process_id
        assert processes_of_group(group)
        await helper.close()

        await until(lambda: not processes_of_group(group))
        with pytest.raises(HelperEnded):
            await helper.ask("problems", 1.0, cells=[])

    asyncio.run(ask())


@pytest.mark.slow
@pytest.mark.fault(
    "ourselves",
    "the server is killed",
    during="it had started Elixir",
    shows="nothing: no process is left",
    recovers="nothing to do",
)
@pytest.mark.parametrize("elixir", ELIXIRS)
@pytest.mark.skipif(sys.platform != "linux", reason="/proc is read")
def test_a_server_that_is_killed_leaves_no_process(elixir: str) -> None:
    program = (
        "import asyncio, os\n"
        "from livebook_ls.intelligence.elixir_process.process import ElixirHelper, HelperLimits\n"
        "async def main():\n"
        f"    helper = await ElixirHelper.start({elixir!r}, dict(os.environ), HelperLimits())\n"
        "    print(helper.process_id, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )

    async def ask() -> None:
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program,
            stdout=asyncio.subprocess.PIPE, env=environ_of(elixir),
        )  # fmt: skip
        assert server.stdout is not None
        group = int(await server.stdout.readline())
        assert processes_of_group(group)
        server.kill()
        await server.wait()

        await until(lambda: not processes_of_group(group), 5.0)

    asyncio.run(ask())


@needs_elixir
@pytest.mark.slow
def test_a_worn_helper_gives_way_to_another() -> None:
    async def ask() -> None:
        own = supervisor(dict(os.environ), limits=HelperLimits(questions=2))
        first = await own.helper()
        for _ in range(3):
            assert await own.ask("problems", 5.0, cells=[]) == []
        assert await own.helper() is not first
        assert own.standing is Standing.ANSWERS
        await own.close()

    asyncio.run(ask())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
# What asyncio itself leaves open of a start that was called off.
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize(
    "turns",
    [it if it % 4 == 0 else pytest.param(it, marks=pytest.mark.slow) for it in range(9)],
)
def test_a_start_called_off_at_any_moment_ends_and_leaves_no_process(
    tmp_path: Path, turns: int
) -> None:
    """Called off with all that the loop does, as at its end: also what asyncio does for a start."""
    environ = fake_elixir(tmp_path, "exec sleep 600")

    async def call_off() -> bool:
        asking = asyncio.create_task(supervisor(environ).ask("complete", 1.0))
        for _ in range(turns):
            await asyncio.sleep(0)
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        _, going_on = await asyncio.wait(tasks, timeout=8.0)
        return asking.done() and not going_on

    # Not by `asyncio.run`, whose end would wait for what doesn't end.
    loop = asyncio.new_event_loop()
    is_ended = loop.run_until_complete(call_off())
    left = processes_with(str(tmp_path))
    if is_ended:
        loop.close()
    del loop
    gc.collect()

    assert (is_ended, left) == (True, [])
