"""What `watch` tells: an event a line, for people or for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime

from livebook_ls.cli import terminal
from livebook_ls.cli.link_words import told_of
from livebook_ls.cli.terminal import BOLD, DIM, GREEN, RED, YELLOW, printable
from livebook_ls.sync.link import ARRIVED, NotebookLink, State

# On the way to an outcome; nobody needs to see them.
_PASSING = frozenset({State.LOOKING, State.OPENING, State.SYNCING})
_WAITING = frozenset({State.DETACHED, State.NOT_RUNNING})


class Lines:
    """Writes events to stdout, each at once, until that takes no more: then `failed` is called.

    What is told of is a sync under way, which must not be ended by that.
    """

    def __init__(
        self, *, as_json: bool, is_quiet: bool, failed: Callable[[OSError], object]
    ) -> None:
        self._failed = failed
        self._is_heard = True
        self._as_json = as_json
        self._is_quiet = is_quiet
        self._paint = terminal.painter()

    def begin(self, count: int) -> None:
        """Say on stderr, beside the events, that it has begun."""
        if not self._is_quiet:
            notebooks = f"{count} notebook{'' if count == 1 else 's'}"
            print(f"Watching {notebooks}. Ctrl-C ends it.", file=sys.stderr, flush=True)

    def tell(self, link: NotebookLink) -> None:
        """Say how a notebook stands now."""
        if link.state in _PASSING or (self._is_quiet and link.state in ARRIVED):
            return
        self._print(link.path, link.state.value, told_of(link), _line(link), link.url)

    def tell_gone(self, path: str) -> None:
        """Say that a notebook's file is gone."""
        if not self._is_quiet:
            self._print(path, "deleted", "The file is gone; its session is left alone.", None, None)

    def _print(
        self, path: str, state: str, sentence: str, line: int | None, url: str | None
    ) -> None:
        if not self._is_heard:
            return
        try:
            print(self._event(path, state, sentence, line, url), flush=True)
        except OSError as error:
            self._is_heard = False
            self._failed(error)

    def _event(
        self, path: str, state: str, sentence: str, line: int | None, url: str | None
    ) -> str:
        now = datetime.now().astimezone()
        file = _shown(path)
        if self._as_json:
            event = {
                "time": now.isoformat(timespec="milliseconds"),
                "file": file,
                "state": state,
                "sentence": sentence,
                "line": line,
                "url": url,
            }
            return json.dumps(event)
        place = file if line is None else f"{file}:{line}"
        time = self._paint(now.strftime("%H:%M:%S"), DIM)
        told = self._paint(printable(sentence), _colour(state))
        return f"{time} {self._paint(printable(place), BOLD)}: {told}"


def _colour(state: str) -> str:
    if state in {it.value for it in ARRIVED}:
        return GREEN
    return YELLOW if state in {"deleted", *(it.value for it in _WAITING)} else RED


def _line(link: NotebookLink) -> int | None:
    """The line, counted from 1, of what is told."""
    span = link.findings[0].span if link.findings else None
    if span is None or link.source is None:
        return None
    return link.source.line_at(span.start) + 1


def _shown(path: str) -> str:
    """The path from the current folder, where it is below that."""
    here = os.path.join(os.getcwd(), "")
    return path[len(here) :] if path.startswith(here) else path
