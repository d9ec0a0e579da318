"""What a workspace's settings can't do: lead the notebook or the token to another place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.settings import Access
from tests.conftest import clean_environ

TOKEN = "s3cret"  # noqa: S105 — a stand-in's


@pytest.fixture
def neighbour() -> Iterator[StandIn]:
    """Another program on this machine, to which a workspace points."""
    with StandIn(StandInSettings(access=Access(token="its own"))) as stand_in:  # noqa: S106
        yield stand_in


def in_workspace(editor: Editor, **values: str) -> None:
    """Let the workspace say something else than the user."""
    editor.settings = editor.settings | values
    editor.notify("workspace/didChangeConfiguration", {"settings": {"livebook": editor.settings}})


@pytest.mark.slow
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1.evil.example",
        "http://127.evil.example",
        "http://localhost.evil.example",
    ],
)
def test_a_workspace_does_not_lead_elsewhere(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, url: str
) -> None:
    editor = start_editor(environ=clean_environ(), settings={"url": livebook.url, "token": TOKEN})
    in_workspace(editor, url=url)
    uri = editor.open(notebook)
    status = editor.command("livebook.open", uri)

    told = [it["message"] for it in editor.messages]
    assert status["url"].startswith(livebook.url)
    assert any("livebook.url must be an address on this machine" in it for it in told)


def test_a_workspace_does_not_take_the_token_to_another_program(
    start_editor: Callable[..., Editor], livebook: StandIn, neighbour: StandIn, notebook: Path
) -> None:
    editor = start_editor(environ=clean_environ(), settings={"url": livebook.url, "token": TOKEN})
    in_workspace(editor, url=neighbour.url)
    uri = editor.open(notebook)
    status = editor.command("livebook.open", uri)

    assert status["url"].startswith(neighbour.url)
    assert TOKEN not in status["url"]
    assert not any(TOKEN in it.target for it in neighbour.requests)
    assert any(f"is for {livebook.url}" in it["message"] for it in editor.messages)
