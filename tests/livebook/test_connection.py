"""A Livebook that sees other paths, and several Livebooks at once, through stdio."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.errors import NotRunning
from livebook_ls.livebook.http.dev_endpoints import SyncAnswer
from livebook_ls.settings import Settings
from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL, clean_environ
from tests.support.command import run
from tests.support.proxy import Proxy

EDITED = CANONICAL.replace("1 + 1", "2 + 2")


@pytest.fixture
def other(livebook: StandIn) -> Iterator[StandIn]:
    with StandIn(replace(livebook.settings, port=0)) as stand_in:
        yield stand_in


@pytest.fixture
def both(livebook: StandIn, other: StandIn) -> dict[str, str]:
    return clean_environ() | {"LIVEBOOK_LS_PORTS": f"{livebook.port},{other.port}"}


def held(livebook: StandIn, path: Path, text: str) -> bool:
    session = livebook.session(path)
    return session is not None and session.text == text


def calls(livebook: StandIn) -> list[str]:
    """The targets of its endpoints that were called; pages of joined sessions are read any time."""
    return [it.target for it in livebook.requests if it.target.startswith("/dev/")]


def test_who_asks_once_all_connections_are_closed_makes_none_that_nobody_closes(
    livebook: StandIn,
) -> None:
    connection = Connection(Settings(url=livebook.url), {})
    assert connection.call(lambda it: it.sync("/note.livemd")) is SyncAnswer.NO_SESSION
    connection.close()
    livebook.clear_requests()

    with pytest.raises(NotRunning):
        connection.call(lambda it: it.sync("/note.livemd"))

    assert calls(livebook) == []


@pytest.mark.slow
def test_a_livebook_in_a_container_follows_by_its_own_paths(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, tmp_path: Path
) -> None:
    def there(path: str) -> str | None:
        return f"{tmp_path}{path.removeprefix('/data')}" if path.startswith("/data/") else None

    with Proxy(livebook.url, there=there) as proxy:
        environ = clean_environ() | {"LIVEBOOK_URL": proxy.url}
        blind = start_editor(environ=environ)
        uri = blind.open(notebook)
        blind.wait_for_state(uri, "failed")

        assert [it["code"] for it in blind.diagnostics[uri]] == ["file-unreadable"]

        editor = start_editor(environ=environ, settings={"pathMappings": {str(tmp_path): "/data"}})
        uri = editor.open(notebook)
        editor.wait_for_state(uri, "inSync")
        editor.save(uri, notebook, EDITED)
        editor.wait_for(lambda: held(livebook, notebook, EDITED), "the edit in the session")
        editor.wait_for_state(uri, "inSync")
        livebook.close_session(notebook)
        editor.save(uri, notebook, CANONICAL)
        editor.wait_for(lambda: held(livebook, notebook, CANONICAL), "a new session")

        by_option = run("sync", notebook, "--url", proxy.url, "--map", f"{tmp_path}=/data")
        by_environment = run(
            "sync", notebook, environ=environ | {"LIVEBOOK_LS_PATH_MAPPINGS": f"{tmp_path}=/data"}
        )

    assert (by_option.returncode, by_environment.returncode) == (0, 0)


@pytest.mark.slow
def test_a_workspace_does_not_decide_what_livebook_reads(
    start_editor: Callable[..., Editor], notebook: Path, livebook: StandIn
) -> None:
    editor = start_editor()
    editor.settings = {"pathMappings": {str(notebook.parent): "/etc"}, "caFile": "/ca.pem"}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.wait_for(lambda: len(editor.messages) == 2, "both settings refused")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")

    assert all("given at the start" in it["message"] for it in editor.messages)
    assert livebook.session(notebook) is not None


def test_a_mapping_that_makes_no_sense_is_wrong_usage(notebook: Path) -> None:
    done = run("sync", notebook, "--map", "notebooks=/data")

    assert done.returncode == 2
    assert "two absolute paths are expected" in done.stderr


def test_the_livebook_with_the_session_is_the_notebooks_own(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    other: StandIn,
    both: dict[str, str],
    notebook: Path,
    tmp_path: Path,
) -> None:
    run("open", notebook, "--url", other.url)
    second = tmp_path / "second.livemd"
    second.write_text(CANONICAL, encoding="utf-8")
    editor = start_editor(environ=both)
    uri, second_uri = editor.open(notebook), editor.open(second)
    status = editor.wait_for_state(uri, "inSync")
    second_status = editor.wait_for_state(second_uri, "inSync")

    assert status["sentence"] == f"In sync with Livebook at http://localhost:{other.port}."
    assert (
        second_status["sentence"] == f"In sync with Livebook at http://localhost:{livebook.port}."
    )
    assert livebook.session(notebook) is None
    assert other.session(second) is None

    other.wait_settled()
    livebook.clear_requests()
    editor.save(uri, notebook, EDITED)
    editor.wait_for(lambda: held(other, notebook, EDITED), "the edit in its own session")
    editor.wait_for_state(uri, "inSync")
    # Once it is decided, a save asks nobody else.
    assert calls(livebook) == []


def test_endpoints_that_are_off_hide_no_other_livebook(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    other: StandIn,
    both: dict[str, str],
    notebook: Path,
) -> None:
    livebook.faults = Faults(is_off=True)
    other.faults = Faults(is_off=True)
    editor = start_editor(environ=both)
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "refused")
    other.faults = Faults()
    editor.wait_for_state(uri, "inSync")

    assert other.session(notebook) is not None


def test_a_livebook_that_comes_later_is_asked_before_a_second_session_is_made(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    other: StandIn,
    both: dict[str, str],
    notebook: Path,
) -> None:
    livebook.stop()
    editor = start_editor(environ=both)
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    other.stop()
    livebook.start()
    editor.save(uri, notebook, EDITED)
    editor.wait_for(lambda: held(livebook, notebook, EDITED), "a session in the one that is left")


def test_a_pinned_livebook_is_the_only_one_asked(
    livebook: StandIn, other: StandIn, both: dict[str, str], notebook: Path
) -> None:
    run("open", notebook, "--url", other.url)
    livebook.clear_requests()
    done = run("sync", notebook, "--url", other.url, environ=both)

    assert done.returncode == 0
    assert calls(livebook) == []
