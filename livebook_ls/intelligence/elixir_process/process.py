"""The helper process itself: started, asked over its pipes, ended.

Messages are JSON behind their length in four bytes, big end first, as Erlang's ports have it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import struct
import sys
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livebook_ls import bounded_json, clock
from livebook_ls.intelligence.child_start import started
from livebook_ls.livebook.starting.search_path import search_path
from livebook_ls.notebook.model import JsonValue

_SCRIPT = Path(__file__).parent / "script" / "start.exs"
# One that waits for work must not spin for it, and needs no more than two cores.
_ERLANG_FLAGS = "-noinput +S 2:2 +SDio 2 +sbwt none +sbwtdcpu none +sbwtdio none"
_END_S = 1.0
_LONGEST_MESSAGE = 1 << 26
_MOST_CELLS = 2_000
_LENGTH = struct.Struct(">I")
TOO_OLD_CODE = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperLimits:
    """How long a helper may be silent, and how much of it is borne."""

    ready_s: float = 20.0
    # The helper itself gives up a question in its time; one that is silent beyond that hangs.
    grace_s: float = 3.0
    restarts: int = 3
    # Each leaves a few names in a table that never shrinks.
    questions: int = 200_000


class HelperEnded(Exception):
    """The process is gone, or hung and was ended; `code` is its exit code, if it had one."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class ElixirHelper:
    """One process. Belongs to one event loop; `version` is its Elixir's."""

    def __init__(self, process: asyncio.subprocess.Process, limits: HelperLimits) -> None:
        self.version = ""
        self._limits = limits
        self.is_worn = False
        self.asked = 0
        self._process = process
        self._next_id = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._cells: OrderedDict[str, int] = OrderedDict()
        self._next_cell = 0
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls, program: str, environ: Mapping[str, str], limits: HelperLimits
    ) -> ElixirHelper:
        """A process that is ready to be asked; raises HelperEnded or OSError."""
        starting = asyncio.create_subprocess_exec(
            program, "--erl", _ERLANG_FLAGS, str(_SCRIPT),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # What Elixir complains of could quote a notebook.
            stderr=asyncio.subprocess.DEVNULL,
            # Nothing in a workspace decides which Elixir is run, and nothing is written there.
            cwd=Path.home(),
            env=dict(environ) | {"PATH": _path_for(program, environ), "ERL_CRASH_DUMP_BYTES": "0"},
            start_new_session=True,
        )  # fmt: skip
        process = await started(starting, _end)
        helper = cls(process, limits)
        try:
            ready = await asyncio.wait_for(helper._receive(), limits.ready_s)
        except (TimeoutError, ValueError, EOFError):
            raise HelperEnded(await helper.kill()) from None
        except BaseException:
            await helper.kill()
            raise
        helper.version = str(ready.get("ready", ""))
        helper._reading = asyncio.ensure_future(helper._read())
        return helper

    @property
    def process_id(self) -> int:
        """The process, which leads a group of its own."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._reading is not None and not self._reading.done()

    async def ask(self, op: str, within_s: float, **fields: JsonValue) -> JsonValue:
        """What it answers to a question; None where it can't. Raises HelperEnded."""
        self._next_id += 1
        self.asked += 1
        number = self._next_id
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        watchdog = clock.later(within_s + self._limits.grace_s, self._hangs)
        answer.add_done_callback(lambda _: self._settled(number, watchdog))
        self._send({"id": number, "op": op, "time_ms": int(within_s * 1000), **fields})
        # Whoever asked may have gone; the answer then still shows that the process lives.
        message = await asyncio.shield(answer)
        found: JsonValue = message.get("answer")
        return found

    def cell_number(self, code: str) -> int:
        """The number under which the process knows a cell's code, which is sent once."""
        number = self._cells.get(code)
        if number is not None:
            self._cells.move_to_end(code)
            return number
        self._next_cell += 1
        self._cells[code] = self._next_cell
        self._send({"op": "cell", "cell": self._next_cell, "code": code})
        if len(self._cells) > _MOST_CELLS:
            old = [self._cells.popitem(last=False)[1] for _ in range(_MOST_CELLS // 2)]
            self._send({"op": "forget", "cells": list(old)})
        return self._next_cell

    async def close(self) -> None:
        """Let it end by itself, which it does without input; else make it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _END_S)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> int | None:
        """End it with all that it started; its exit code, None where it was ended by this."""
        code = self._process.returncode
        if code is None:
            with contextlib.suppress(TimeoutError):
                code = await asyncio.wait_for(self._process.wait(), 0.05)
        self._signal()
        if code is None:
            # A process that left the group may hold its pipes, for which asyncio waits too.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _END_S)
        return code

    def _send(self, message: JsonValue) -> None:
        data = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
        if self._process.stdin is None or self._process.stdin.is_closing():
            raise HelperEnded(self._process.returncode)
        self._process.stdin.write(_LENGTH.pack(len(data)) + data)

    async def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101 — opened as a pipe
        (length,) = _LENGTH.unpack(await self._process.stdout.readexactly(_LENGTH.size))
        if length > _LONGEST_MESSAGE:
            raise ValueError("no message of ours")
        message = bounded_json.decoded(await self._process.stdout.readexactly(length))
        if not isinstance(message, dict):
            raise ValueError("no message")
        return message

    async def _read(self) -> None:
        try:
            while True:
                message = await self._receive()
                self.is_worn = self.is_worn or message.get("worn") is True
                answer = self._waiting.get(message.get("id", 0))
                if answer is not None and not answer.done():
                    answer.set_result(message)
        except (EOFError, ValueError, ConnectionError):
            pass
        finally:
            self._signal()
            for answer in list(self._waiting.values()):
                if not answer.done():
                    answer.set_exception(HelperEnded(self._process.returncode))

    def _settled(self, number: int, watchdog: clock.Timer) -> None:
        watchdog.cancel()
        answer = self._waiting.pop(number, None)
        if answer is not None and not answer.cancelled():
            # Nobody may be waiting any more.
            answer.exception()

    def _hangs(self) -> None:
        self._signal()

    def _signal(self) -> None:
        _end(self._process)


def _end(process: asyncio.subprocess.Process) -> None:
    """Have it end at once, with all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _path_for(program: str, environ: Mapping[str, str]) -> str:
    """The PATH on which an Elixir finds the Erlang that was installed with it."""
    return os.pathsep.join([str(Path(program).parent), search_path(environ)])


def find_elixir(path: str, environ: Mapping[str, str]) -> str | None:
    """The program `elixir`: at `path`, the user's setting, or where programs are looked for."""
    wanted = str(Path(path).expanduser()) if path else "elixir"
    return shutil.which(wanted, path=search_path(environ))
