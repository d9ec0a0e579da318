"""One helper at a time: started at the first question, replaced when it ends or is worn out."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from livebook_ls.intelligence.elixir_process.process import (
    TOO_OLD_CODE,
    ElixirHelper,
    HelperEnded,
    HelperLimits,
    find_elixir,
)
from livebook_ls.notebook.model import JsonValue

logger = logging.getLogger(__name__)


class Standing(Enum):
    """How it is with the user's own Elixir."""

    NOT_ASKED = "not-asked"
    ANSWERS = "answers"
    OFF = "off"
    MISSING = "missing"
    TOO_OLD = "too-old"
    FAILED = "failed"


class ElixirSupervisor:
    """Keeps a helper for whoever asks; failures are silent, and `standing` tells of them.

    `may_start` is asked before each start; `elixir_path` is the user's setting.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        may_start: Callable[[], bool],
        elixir_path: Callable[[], str],
        limits: HelperLimits | None = None,
    ) -> None:
        self._environ = environ
        self._may_start = may_start
        self._elixir_path = elixir_path
        self._limits = limits or HelperLimits()
        self._helper: ElixirHelper | None = None
        self._starting: asyncio.Task[ElixirHelper | None] | None = None
        self._given_up_at: str | None = None
        self._failures = 0
        self._failure = Standing.FAILED
        self.version = ""

    @property
    def standing(self) -> Standing:
        """How it is now."""
        if not self._may_start():
            return Standing.OFF
        if self._helper is not None and self._helper.is_alive:
            return Standing.ANSWERS
        if self._given_up_at == self._elixir_path():
            return self._failure
        return Standing.NOT_ASKED

    async def helper(self) -> ElixirHelper | None:
        """A process to ask, or None where there is none to be had."""
        if not self._may_start():
            await self.close()
            return None
        helper = self._helper
        if helper is not None and not helper.is_alive:
            self._helper = None
            self._failed(Standing.FAILED)
        elif helper is not None:
            if not helper.is_worn and helper.asked < self._limits.questions:
                return helper
            self._helper = None
            await self._retire(helper)
        if self._given_up_at == self._elixir_path():
            return None
        if self._starting is None or self._starting.done():
            self._starting = asyncio.ensure_future(self._start())
        # Whoever doesn't want to wait any more doesn't end the start.
        return await asyncio.shield(self._starting)

    async def ask(self, op: str, within_s: float, **fields: JsonValue) -> JsonValue:
        """What the helper answers; None where there is none, or where it ended meanwhile."""
        helper = await self.helper()
        return None if helper is None else await self._ask(helper, op, within_s, fields)

    async def ask_below(
        self, codes: Sequence[str], op: str, within_s: float, **fields: JsonValue
    ) -> tuple[JsonValue, list[int]]:
        """The same below cells with these codes, with the numbers that the answer calls them by."""
        helper = await self.helper()
        if helper is None:
            return None, []
        try:
            numbers = [helper.cell_number(it) for it in codes]
        except HelperEnded:
            return None, []
        above: list[JsonValue] = [*numbers]
        return await self._ask(helper, op, within_s, {"above": above, **fields}), numbers

    async def close(self) -> None:
        """End the helper."""
        if self._starting is not None and not self._starting.done():
            self._starting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._starting
        helper, self._helper = self._helper, None
        if helper is not None:
            await helper.close()

    async def _start(self) -> ElixirHelper | None:
        path = self._elixir_path()
        program = find_elixir(path, self._environ)
        if program is None:
            self._give_up(path, Standing.MISSING)
            return None
        try:
            self._helper = helper = await ElixirHelper.start(program, self._environ, self._limits)
        except HelperEnded as error:
            if error.code == TOO_OLD_CODE:
                self._give_up(path, Standing.TOO_OLD)
            else:
                self._failed(Standing.FAILED)
            return None
        except OSError:
            self._give_up(path, Standing.FAILED)
            return None
        self.version = helper.version
        self._given_up_at = None
        logger.info("Elixir %s helps with code", helper.version)
        return helper

    async def _retire(self, helper: ElixirHelper) -> None:
        logger.info("The Elixir that helps is replaced after %s questions", helper.asked)
        await helper.close()

    async def _ask(
        self, helper: ElixirHelper, op: str, within_s: float, fields: dict[str, JsonValue]
    ) -> JsonValue:
        try:
            return await helper.ask(op, within_s, **fields)
        except HelperEnded:
            if helper is self._helper:
                self._helper = None
                self._failed(Standing.FAILED)
            return None

    def _failed(self, why: Standing) -> None:
        self._failures += 1
        logger.info("The Elixir that helps ended by itself, %s times so far", self._failures)
        if self._failures > self._limits.restarts:
            self._give_up(self._elixir_path(), why)

    def _give_up(self, path: str, why: Standing) -> None:
        self._given_up_at = path
        self._failure = why
        self._failures = 0
        logger.info("No Elixir helps with code: %s", why.value)
