"""Random calls of edit_notebook: whatever is asked, nothing changes but what was named."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.notebook.pieces.cutting import cut
from tests.support.mcp_client import Agent, use
from tests.support.places import SHARED
from tests.support.random_edits import CODE, PROSE

NOBODY = "http://127.0.0.1:9"
WILD = SHARED / "wild"
TEXT = (
    "# Note\r\n\r\n## One\r\n\r\nWords.\r\n\r\n```elixir\r\nx = 1\r\n```\r\n\r\n## Two\r\n\r\n"
    "```elixir\r\nx + 1\r\n```\r\n"
)


async def call_at_random(agent: Agent, path: Path, rng: random.Random, count: int) -> None:
    version, cells = await agent.cells(path.name, max_chars=400_000)
    for _ in range(count):
        before = path.read_bytes().decode()  # noqa: ASYNC240 — a test's own small file
        source = rng.choice([it for it in (*CODE, *PROSE) if it.isascii()])
        cell = rng.choice(cells)["cell"]
        operation: dict[str, Any] = rng.choice(
            (
                {"op": "replace_source", "cell": cell, "source": source},
                {"op": "replace_text", "cell": cell, "old_text": "e", "new_text": source},
                {"op": "replace_text", "cell": cell, "old_text": source, "new_text": "new"},
            )
        )
        result = await agent.client.call_tool(
            "edit_notebook",
            {"notebook": path.name, "version": version, "operations": [operation]},
        )
        told = result.structured_content or {}
        after = path.read_bytes().decode()  # noqa: ASYNC240 — the same
        if result.is_error:
            assert after == before, operation
            continue
        version = told["version"]
        require_one_piece_changed(before, after)


def require_one_piece_changed(before: str, after: str) -> None:
    old, new = ([it.text + it.after for it in cut(text).all] for text in (before, after))
    assert len(old) == len(new)
    assert sum(one != other for one, other in zip(old, new, strict=True)) <= 1


@pytest.mark.slow
def test_random_calls_change_one_cell_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "note.livemd"
    path.write_bytes(TEXT.encode())

    async def scenario(agent: Agent) -> None:
        await call_at_random(agent, path, random.Random(1), 12)  # noqa: S311 — edits, not secrets

    use(NOBODY, tmp_path, scenario)


@pytest.mark.slow
@pytest.mark.skipif(not WILD.is_dir(), reason="the public notebooks are not here")
def test_random_calls_on_public_notebooks_change_one_cell_at_a_time(tmp_path: Path) -> None:
    paths = []
    for number, it in enumerate(sorted(WILD.rglob("*.livemd"))[::40]):
        paths.append(tmp_path / f"{number}.livemd")
        paths[-1].write_bytes(it.read_bytes())

    async def scenario(agent: Agent) -> None:
        for number, path in enumerate(paths):
            rng = random.Random(number)  # noqa: S311 — edits, not secrets
            await call_at_random(agent, path, rng, 10)

    use(NOBODY, tmp_path, scenario)
