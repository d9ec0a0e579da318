"""What agents are told names commands that they have, and nothing that only editors have."""

from __future__ import annotations

import pytest

from livebook_ls.agents.answers.choice import all_lines, tell
from livebook_ls.agents.hook_sync import HookOutcome
from livebook_ls.livebook import errors
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.syncing.content_difference import Gone
from livebook_ls.sync.failures import of_error
from livebook_ls.sync.link import State
from livebook_ls.sync.telling import findings, stamps
from livebook_ls.sync.telling.findings import Finding

GONE = (Gone(what="a cell", span=Span(0, 1)),)


def told(finding: Finding, path: str = "/p/my note.livemd") -> str:
    outcome = HookOutcome(
        path=path,
        state=State.FAILED,
        sentence=finding.sentence,
        findings=(finding,),
        lines=(None,),
    )
    (line,) = tell([outcome], lambda _: None, "/p").lines
    (verbose,) = all_lines([outcome], "/p")
    assert "“" not in verbose
    return line


@pytest.mark.parametrize(
    ("finding", "command"),
    [
        (findings.died(), "open"),
        (findings.overwritten(GONE), "restore"),
        (findings.changed(GONE), "restore"),
        (findings.browser_overwritten(GONE), "restore"),
        (stamps.stamp_stale(), "restamp"),
    ],
    ids=lambda it: it if isinstance(it, str) else it.code,
)
def test_the_command_is_said_with_the_notebook(finding: Finding, command: str) -> None:
    line = told(finding)

    assert "“" not in line
    assert line.count(f"`livebook-ls {command} 'my note.livemd'`") == 1
    assert line.count("`livebook-ls") == 1


@pytest.mark.parametrize(
    "error",
    [errors.AnotherProgram("http://localhost:8080"), errors.NotUnderstood("it is compressed")],
    ids=lambda it: type(it).__name__,
)
def test_no_setting_of_an_editor_is_named(error: LivebookError) -> None:
    line = told(of_error(error))

    assert "livebook.url" not in line
    assert "--url" in line
