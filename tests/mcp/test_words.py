"""What tools answer of a notebook names commands, and nothing that only editors have."""

from __future__ import annotations

import json

import pytest

from livebook_ls.livebook.errors import NotRunning
from livebook_ls.mcp import telling, tool_refusal
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.telling import findings, stamps
from livebook_ls.sync.telling.findings import Finding


@pytest.mark.parametrize(
    "finding", [findings.died(), findings.not_open(reformats=False), stamps.stamp_stale()]
)
def test_a_finding_names_a_command(finding: Finding) -> None:
    link = NotebookLink("/note.livemd", lambda _: None)
    link.enter(State.DIED, finding)
    said = json.dumps((telling.finding(finding, None), telling.session(link)), ensure_ascii=False)

    assert "“" not in said
    assert said.count("`livebook-ls ") == 2


def test_an_error_names_an_option() -> None:
    refusal = tool_refusal.of_error(NotRunning("http://localhost:8080"))

    assert "livebook.url" not in refusal.sentence
    assert "LIVEBOOK_URL" in refusal.sentence
