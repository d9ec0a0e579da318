"""An agent's day by script: with the stand-in every day, with a real Livebook where one is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from livebook_ls.standin.server import StandIn
from tests.support.agents_day import NAME, a_day
from tests.support.mcp_client import LEGACY, MODERN, Agent, use


@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_an_agent_makes_breaks_and_mends_a_notebook(
    livebook: StandIn, tmp_path: Path, mode: str
) -> None:
    async def scenario(agent: Agent) -> None:
        await a_day(agent, tmp_path)

    use(livebook.url, tmp_path, scenario, mode=mode)

    session = livebook.session(tmp_path / NAME)
    assert session is not None
    assert session.text == (tmp_path / NAME).read_text(encoding="utf-8")


@pytest.mark.livebook
def test_the_same_day_in_a_real_livebook(tmp_path: Path) -> None:
    url = os.environ.get("LIVEBOOK_URL")
    if not url:
        pytest.skip("LIVEBOOK_URL names no Livebook")

    async def scenario(agent: Agent) -> None:
        await a_day(agent, tmp_path)

    use(url, tmp_path, scenario)
