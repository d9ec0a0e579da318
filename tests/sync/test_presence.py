"""A session that goes away is missed while its notebook is open and nobody saves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.settings import Settings
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.settings import Access
from livebook_ls.sync.background import presence
from livebook_ls.sync.link import State
from livebook_ls.sync.notebooks import Notebooks
from tests.conftest import CANONICAL, TIMING, clean_environ
from tests.support.waiting import until


@pytest.mark.slow
@pytest.mark.fault(
    "livebook",
    "Livebook is stopped",
    during="nobody saves",
    sees="NotRunning",
    recovers="by itself, once it runs",
)
def test_a_livebook_that_is_stopped_is_missed_and_picked_up_again(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.stop()
    away = editor.wait_for_state(uri, "notRunning")
    livebook.start()
    editor.wait_for_state(uri, "inSync")

    assert "No Livebook is running" in away["sentence"]
    assert livebook.session(notebook)


@pytest.mark.slow
@pytest.mark.fault(
    "livebook",
    "the session is closed",
    during="nobody saves",
    sees="not_open",
    recovers="by **Open in Livebook**",
)
def test_a_session_that_was_closed_in_the_browser_is_missed_and_not_opened_again(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.close_session(notebook)
    status = editor.wait_for_state(uri, "detached")
    editor.wait_for(
        lambda: [it["code"] for it in editor.diagnostics[uri]] == ["not-open"], "the finding"
    )

    assert status["url"] is None
    assert livebook.session(notebook) is None


def test_a_session_that_was_joined_and_has_ended_is_missed_at_once(
    livebook: StandIn, notebook: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "_LOOK_S", 3600.0)

    async def check() -> None:
        notebooks = Notebooks(Settings(), environ, lambda _: None)
        link = notebooks.did_open(str(notebook), CANONICAL)
        await notebooks.idle(link.path)
        assert await notebooks.live.is_joined(link)
        await asyncio.to_thread(livebook.close_session, notebook)
        await asyncio.to_thread(until, lambda: link.state is State.DETACHED)
        await notebooks.close()

    asyncio.run(check())


@pytest.mark.slow
def test_a_look_touches_no_session(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.save_session(notebook)
    editor.wait_for(lambda: (it := livebook.session(notebook)) and it.saves, "the first save")
    in_browser = CANONICAL.replace("1 + 1", "2 + 2")
    livebook.clear_requests()
    editor.wait_for(lambda: len(livebook.requests) > 1, "a look")
    livebook.edit_session(notebook, in_browser)
    found = livebook.session(notebook)

    assert found
    assert found.text == in_browser
    assert {it.target for it in livebook.requests} <= {
        "/",
        "/dev/restamp",
        "/public/health",
        f"/sessions/{found.id}",
        f"/sessions/{found.id}/download/export/livemd",
    }


@pytest.mark.slow
def test_one_look_tells_of_all_sessions_of_a_livebook(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    paths = [notebook.with_name(f"{number}.livemd") for number in range(12)]
    uris = []
    for path in paths:
        path.write_text(CANONICAL, encoding="utf-8")
        uris.append(editor.open(path))
    for uri in uris:
        editor.wait_for_state(uri, "inSync")
    livebook.wait_settled()
    livebook.clear_requests()

    def targets() -> list[str]:
        return [it.target for it in livebook.requests]

    editor.wait_for(lambda: targets().count("/") == 2, "two looks")
    first, second = (at for at, it in enumerate(targets()) if it == "/")
    assert not any("/sessions/" in it for it in targets()[first + 1 : second])
    livebook.close_session(paths[3])
    editor.wait_for_state(uris[3], "detached")

    assert {editor.status(it)["state"] for it in uris if it != uris[3]} == {"inSync"}


@pytest.mark.slow
def test_sessions_that_no_list_shows_are_asked_for_in_their_turn(
    start_editor: Callable[..., Editor], tmp_path: Path
) -> None:
    access = Access(password="PASSWORD")  # noqa: S106 — no secret
    with StandIn(StandInSettings(access=access, timing=TIMING)) as livebook:
        path = tmp_path / "n.livemd"
        path.write_text(CANONICAL, encoding="utf-8")
        editor = start_editor(environ=clean_environ() | {"LIVEBOOK_URL": livebook.url})
        uri = editor.open(path)
        editor.wait_for_state(uri, "inSync")
        livebook.stop()
        editor.wait_for_state(uri, "notRunning")
