"""Outputs read anew when some came, whoever ran it: seldom, since a page costs Livebook much."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.lsp.documents.shown_cells import ShownCell
from livebook_ls.running.runner import Runner

if TYPE_CHECKING:
    from livebook_ls.clock import Timer

logger = logging.getLogger(__name__)

# A frame that is drawn anew all the time must not have the page drawn as often.
_AT_LEAST_S = 1.0
# While cells run, larger notebooks' pages would slow them.
_MOST_CELLS = 100


class OutputReading:
    """When the outputs of each notebook are read."""

    def __init__(self, runner: Runner, in_background: Callable[[Any], None]) -> None:
        self._runner = runner
        self._in_background = in_background
        self._waiting: dict[str, Timer] = {}
        self._read_s: dict[str, float] = {}

    def read_if_old(self, path: str, cells: Sequence[ShownCell]) -> None:
        """Read them, now or in a moment, where some came that are not known."""
        is_old = any(it.view.live and not it.view.are_outputs_whole for it in cells)
        is_busy = any(it.is_busy for it in cells)
        if not is_old or path in self._waiting or (is_busy and len(cells) > _MOST_CELLS):
            return
        last_s = self._read_s.get(path, float("-inf"))
        wait_s = max(0.0, last_s + _AT_LEAST_S - clock.monotonic_s())
        self._waiting[path] = clock.later(wait_s, partial(self._begin, path))

    def forget(self, path: str) -> None:
        """The notebook was closed."""
        self._read_s.pop(path, None)
        if timer := self._waiting.pop(path, None):
            timer.cancel()

    def _begin(self, path: str) -> None:
        self._in_background(self._read(path))

    async def _read(self, path: str) -> None:
        try:
            await self._runner.look(path)
        except LivebookError as error:
            logger.info("Outputs of %s were not read: %s", path, error.code)
        finally:
            self._read_s[path] = clock.monotonic_s()
            self._waiting.pop(path, None)
