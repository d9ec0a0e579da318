"""Of a Livebook that was started from here, it is known whether it still runs."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from livebook_ls.settings import Command, Settings
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.sync.started_livebook import Starting
from tests.conftest import clean_environ

# Nobody listens there.
NOWHERE = "http://127.0.0.1:9"
_LEFT_RUNNING = "Livebook was not started from here, so it is left running."


class Thinking:
    """The talk with a Livebook that nobody asks anything."""

    async def think(self, work: Callable[[], Any]) -> Any:
        return work()


@pytest.fixture
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the output goes of what is started."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def starting(connection: Any) -> Starting:
    talk: Any = Thinking()
    return Starting(connection, talk, clean_environ())


def settings(code: str) -> Settings:
    """A program of this code is started as Livebook."""
    command = Command((sys.executable, "-I", "-S", "-c", code))
    return Settings(url=NOWHERE, start_command=command)


def test_what_a_command_has_started_that_has_ended_itself_is_left_running(outputs: Path) -> None:
    # Such a command starts a service, which is found from then on.
    service = outputs / "service"
    started = starting(Mock(warm_up=service.exists, endpoint=None))

    async def act() -> None:
        assert (await started.start(settings(f"open({str(service)!r}, 'w')"))).is_done
        stopped = await started.stop()
        assert not stopped.is_done
        assert stopped.sentence == _LEFT_RUNNING

    asyncio.run(act())


def test_what_it_said_that_could_not_be_started_is_told_and_not_left_on_disk(outputs: Path) -> None:
    started = starting(Mock(warm_up=lambda: False))
    outcome = asyncio.run(started.start(settings("print('no licence'); exit(1)")))

    assert not outcome.is_done
    assert "no licence" in outcome.said
    assert list(outputs.iterdir()) == []


def test_who_stops_livebook_is_told_what_came_of_that(tmp_path: Path) -> None:
    async def act() -> None:
        environ = {"XDG_STATE_HOME": str(tmp_path)}
        notebooks = Notebooks(Settings(url=NOWHERE), environ, lambda _: None)
        try:
            outcome = await notebooks.stop_livebook()
        finally:
            await notebooks.close()
        assert outcome.sentence == _LEFT_RUNNING

    asyncio.run(act())
