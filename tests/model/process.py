"""A process of ours in a world: it acts when its moments come, and can die between any two."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import random
from collections.abc import Callable, Coroutine
from typing import Any

from tests.model.agenda import Agenda
from tests.model.turned_loop import TurnedLoop

_SOON_S = 120.0


class Locks:
    """Which process has which locks: a dead one's are let go of, as by the system."""

    def __init__(self, look: Callable[[str], object]) -> None:
        self._look = look
        self._at_work: list[Process] = []
        self._held: dict[int, Process] = {}
        self._flock = fcntl.flock

    def flock(self, descriptor: int, operation: int) -> None:
        """As the system's."""
        self._flock(descriptor, operation)
        if self._at_work and operation & fcntl.LOCK_EX:
            self._held[descriptor] = self._at_work[-1]

    def look(self) -> None:
        """Whatever has just been written is of the process that is at work."""
        if self._at_work:
            self._look(self._at_work[-1].name)

    def enter(self, process: Process) -> None:
        """This one is at work from now on."""
        self.look()
        self._at_work.append(process)

    def leave(self) -> None:
        """No longer."""
        self.look()
        self._at_work.pop()

    def let_go(self, process: Process) -> None:
        """All that it has."""
        for descriptor in [it for it, owner in self._held.items() if owner is process]:
            del self._held[descriptor]
            with contextlib.suppress(OSError):
                self._flock(descriptor, fcntl.LOCK_UN)


class Process:
    """One process; its state is what its tasks hold."""

    def __init__(self, name: str, agenda: Agenda, locks: Locks, chance: random.Random) -> None:
        self.name = name
        self.agenda = agenda
        self._locks = locks
        # Asyncio itself asks for no more of a loop than this one has.
        self.loop = TurnedLoop(agenda, chance)  # type: ignore[abstract]
        self.loop.on_enter = lambda: locks.enter(self)
        self.loop.on_leave = locks.leave
        self._corpse: set[asyncio.Task[Any]] = set()

    @property
    def is_dead(self) -> bool:
        """Whether it does nothing any more."""
        return self.loop.is_dead

    def tell(self, act: Any, *arguments: Any) -> None:
        """Have it do something on its loop, as soon as that is free."""
        self.loop.call_soon(act, *arguments)

    def begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Have it begin some work."""
        return self.loop.create_task(work)

    def finish(self, work: Coroutine[Any, Any, Any], within_s: float = _SOON_S) -> Any:
        """What comes of some work, for which the world goes on; None where it dies over it."""
        task = self.begin(work)
        is_done = self.agenda.run(within_s, until=lambda: task.done() or self.is_dead)
        if self.is_dead:
            return None
        assert is_done, f"{self.name} has not ended within {within_s:g} s"
        return task.result()

    def kill(self) -> None:
        """It is gone, with whatever it was about to do."""
        if not self.is_dead:
            self.loop.is_dead = True
            # Nobody may think of ending them in order.
            self._corpse = asyncio.all_tasks(self.loop)
            self._locks.let_go(self)

    def bury(self) -> None:
        """Forget the dead, once nothing is there any more that their last acts could touch."""
        for task in self._corpse:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            with contextlib.suppress(Exception):
                task.get_coro().close()
        self._corpse.clear()
