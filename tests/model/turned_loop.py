"""An event loop on an agenda, of one process, which can be stopped in the middle of anything."""

from __future__ import annotations

import asyncio
import contextvars
import random
from collections.abc import Callable
from concurrent.futures import Executor
from contextvars import Context
from typing import Any, TypeVar, TypeVarTuple

from tests.model.agenda import Agenda

Ts = TypeVarTuple("Ts")
Result = TypeVar("Result")
# A thread of a busy machine begins late, and its loop hears late of its end.
_BEGIN_S = (0.0, 0.0005)
_END_S = (0.0, 0.0005)


class TurnedLoop(asyncio.AbstractEventLoop):
    """What asyncio itself needs of a loop; it has no sockets, and its threads are moments.

    A loop that is dead does nothing more, not even what is to be done at last.
    """

    def __init__(self, agenda: Agenda, chance: random.Random) -> None:
        self._agenda = agenda
        self._chance = chance
        self.is_dead = False
        self._is_busy = False
        self.problems: list[dict[str, Any]] = []
        # Whoever is at work in the agenda, also in a thread of this loop.
        self.on_enter: Callable[[], object] = lambda: None
        self.on_leave: Callable[[], object] = lambda: None

    def time(self) -> float:
        return self._agenda.now_s

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return not self.is_dead

    def is_closed(self) -> bool:
        return False

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, *, name: Any = None, context: Any = None) -> asyncio.Task[Any]:
        return asyncio.Task(coro, loop=self, name=name, context=context)

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        return self.call_at(self._agenda.now_s, callback, *args, context=context)

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self,
        delay: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self._agenda.now_s + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._agenda.at(when, lambda: self._run(handle))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Asyncio's own loops count them; the agenda passes over them."""

    def run_in_executor(
        self,
        executor: Executor | None,  # noqa: ARG002 — its threads are never begun
        func: Callable[[*Ts], Result],
        *args: *Ts,
    ) -> asyncio.Future[Result]:
        future = self.create_future()
        context = contextvars.copy_context()
        self._agenda.later(
            self._chance.uniform(*_BEGIN_S), lambda: self._work(future, context, func, args)
        )
        return future

    async def shutdown_asyncgens(self) -> None:
        """Nothing is left open by who ends in order."""

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if not self.is_dead:
            self.problems.append(context)

    async def create_connection(self, *_: Any, **__: Any) -> Any:
        raise ConnectionRefusedError("this world has no sockets")

    async def getaddrinfo(self, *_: Any, **__: Any) -> Any:
        raise ConnectionRefusedError("this world has no sockets")

    def _run(self, handle: asyncio.Handle) -> None:
        if self.is_dead or handle.cancelled():
            return
        if self._is_busy:
            # It holds up its own thread just now.
            self._agenda.later(0.001, lambda: self._run(handle))
            return
        before = asyncio._get_running_loop()
        self._is_busy = True
        asyncio._set_running_loop(self)
        self.on_enter()
        try:
            handle._run()
        finally:
            self.on_leave()
            asyncio._set_running_loop(before)
            self._is_busy = False

    def _work(
        self, future: asyncio.Future[Any], context: contextvars.Context, func: Any, args: Any
    ) -> None:
        """Do in one moment what a thread would do, and tell a little later."""
        if self.is_dead or future.cancelled():
            return
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        self.on_enter()
        result: Any = None
        error: BaseException | None = None
        try:
            result = context.run(func, *args)
        except Exception as problem:
            error = problem
        finally:
            self.on_leave()
            asyncio._set_running_loop(before)

        def tell() -> None:
            if self.is_dead or future.cancelled():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)

        self._agenda.later(self._chance.uniform(*_END_S), tell)
