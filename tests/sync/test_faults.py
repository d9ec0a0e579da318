"""Everything that can go wrong with the other side, through stdio: told in one sentence with its
mend, nothing lost, and well again by itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.disk import notebook_file
from tests.conftest import CANONICAL, clean_environ
from tests.support.at_rest import holds, opened, until_one
from tests.support.child import Child
from tests.support.sockets import free_port, saying

# Mostly waiting, for what must not happen or takes Livebook its time.
pytestmark = pytest.mark.slow

EDITED = CANONICAL.replace("1 + 1", "2 + 2")
HUGE = CANONICAL + "\n```elixir\n" + f'"{"x" * 98}"\n' * 45_000 + "```\n"


def codes(editor: Editor, uri: str) -> list[str]:
    return [it["code"] for it in editor.diagnostics.get(uri, [])]


def is_alive(editor: Editor, uri: str) -> bool:
    params = {"textDocument": {"uri": uri}}
    return bool(editor.request("textDocument/documentSymbol", params))


def states_since(editor: Editor, uri: str, count: int) -> list[str]:
    return [it["state"] for it in editor.statuses[uri][count:]]


def is_well_again(editor: Editor, livebook: StandIn, uri: str, path: Path, text: str) -> None:
    """In sync with nothing saved or asked for, and nothing left to see."""
    until_one(editor, livebook, path, text)
    editor.wait_for_state(uri, "inSync")
    editor.wait_for(lambda: codes(editor, uri) == [], "no diagnostic")


@pytest.mark.fault(
    "network",
    "the connection is cut",
    during="a save",
    sees="NotUnderstood",
    recovers="it is asked again by itself",
)
@pytest.mark.fault(
    "network",
    "the answer has another form, or is somebody else's page",
    during="a save",
    sees="NotUnderstood",
    recovers="it is asked again by itself",
)
@pytest.mark.fault(
    "network",
    "the answer leads to another address",
    during="a save",
    sees="NotUnderstood",
    recovers="it is asked again by itself",
)
@pytest.mark.fault(
    "livebook",
    "the dev endpoints are switched off",
    during="a save",
    sees="EndpointsOff",
    recovers="by itself, once they are on",
)
@pytest.mark.fault(
    "livebook", "Livebook is too old", during="a save", sees="TooOld", recovers="once it is updated"
)
@pytest.mark.parametrize(
    ("faults", "state", "code", "mend"),
    [
        (Faults(reply=Reply.RESET), "failed", "not-understood", "Check that livebook.url"),
        (Faults(reply=Reply.GARBAGE), "failed", "not-understood", "Check that livebook.url"),
        (Faults(reply=Reply.WRONG_JSON), "failed", "not-understood", "Check that livebook.url"),
        (Faults(reply=Reply.WRONG_TYPE), "failed", "not-understood", "Check that livebook.url"),
        (Faults(reply=Reply.EMPTY), "failed", "not-understood", "Check that livebook.url"),
        (Faults(reply=Reply.HUGE), "failed", "not-understood", "Check that livebook.url"),
        (Faults(reply=Reply.HTML), "failed", "not-understood", "Check that livebook.url"),
        (Faults(reply=Reply.REDIRECT), "failed", "not-understood", "Check that livebook.url"),
        (Faults(is_off=True), "refused", "endpoints-off", "Switch on Settings → Dev endpoints"),
        (Faults(is_too_old=True), "refused", "too-old", "Update Livebook"),
        (Faults(is_another_application=True), "notRunning", "another-program", "Set livebook.url"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_save_that_goes_wrong_is_told_and_arrives_later_by_itself(
    editor: Editor,
    livebook: StandIn,
    notebook: Path,
    faults: Faults,
    state: str,
    code: str,
    mend: str,
) -> None:
    uri = opened(editor, livebook, notebook)
    livebook.faults = faults
    editor.save(uri, notebook, EDITED)
    status = editor.wait_for_state(uri, state)
    (shown,) = editor.diagnostics[uri]

    assert (shown["code"], shown["message"]) == (code, status["sentence"])
    assert mend in status["sentence"]
    assert "Try again" in [it["title"] for it in editor.actions(uri)]
    assert is_alive(editor, uri)

    livebook.faults = Faults()
    is_well_again(editor, livebook, uri, notebook, EDITED)


@pytest.mark.fault(
    "livebook",
    "Livebook fails on the notebook",
    during="a save",
    sees="ImportFailed",
    recovers="with the next save",
)
def test_livebooks_error_page_is_told_and_the_next_save_arrives(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    livebook.faults = Faults(reply=Reply.ERROR_500)
    editor.save(uri, notebook, EDITED)
    editor.wait_for_state(uri, "failed")

    assert codes(editor, uri) == ["import-failed"]
    livebook.faults = Faults()
    editor.save(uri, notebook, EDITED)
    is_well_again(editor, livebook, uri, notebook, EDITED)


@pytest.mark.fault(
    "network", "answers are slow", during="a save", shows="that it is syncing", recovers="by itself"
)
def test_a_slow_livebook_is_waited_for_in_silence(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    livebook.faults = Faults(delay_s=1.5)
    told = len(editor.statuses[uri])
    editor.save(uri, notebook, EDITED)
    is_well_again(editor, livebook, uri, notebook, EDITED)

    assert set(states_since(editor, uri, told)) <= {"syncing", "inSync"}


@pytest.mark.fault(
    "network",
    "the connection is refused",
    during="a save",
    sees="NotRunning",
    recovers="by itself, once Livebook runs",
)
def test_a_livebook_that_ends_is_told_and_one_that_starts_is_found(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    livebook.stop()
    editor.save(uri, notebook, EDITED)
    status = editor.wait_for_state(uri, "notRunning")

    assert codes(editor, uri) == ["not-running"]
    assert "Start Livebook, or set livebook.url" in status["sentence"]
    livebook.start()
    is_well_again(editor, livebook, uri, notebook, EDITED)


def test_trouble_that_is_known_does_not_flicker_at_every_save(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    livebook.stop()
    editor.save(uri, notebook, EDITED)
    editor.wait_for_state(uri, "notRunning")
    told, shown = len(editor.statuses[uri]), len(editor.received)
    for number in range(5):
        editor.save(uri, notebook, CANONICAL.replace("1 + 1", f"save({number})"))
    assert is_alive(editor, uri)
    editor.command("livebook.sync", uri)

    assert states_since(editor, uri, told) == []
    assert not [
        it for it in editor.received[shown:] if it["method"] == "textDocument/publishDiagnostics"
    ]


@pytest.mark.fault(
    "network",
    "the connection is refused for a moment",
    during="a save",
    shows="nothing",
    recovers="by itself",
)
def test_a_short_absence_is_not_told(editor: Editor, livebook: StandIn, notebook: Path) -> None:
    uri = opened(editor, livebook, notebook)
    for number in range(3):
        text = CANONICAL.replace("1 + 1", f"absence({number})")
        told = len(editor.statuses[uri])
        livebook.stop()
        editor.save(uri, notebook, text)
        livebook.start()
        is_well_again(editor, livebook, uri, notebook, text)

        assert set(states_since(editor, uri, told)) <= {"syncing", "opening", "inSync"}
    assert not any(
        it["params"]["diagnostics"]
        for it in editor.received
        if it["method"] == "textDocument/publishDiagnostics"
    )


@pytest.mark.fault(
    "livebook",
    "Livebook is restarted at another port",
    during="a save",
    shows="in sync, with a new session",
    recovers="by itself",
)
def test_a_livebook_that_restarts_at_another_port_is_found(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    with StandIn(replace(livebook.settings, port=0)) as other:
        other.stop()
        ports = f"{livebook.port},{other.port}"
        editor = start_editor(environ=clean_environ() | {"LIVEBOOK_LS_PORTS": ports})
        uri = opened(editor, livebook, notebook)
        livebook.stop()
        editor.save(uri, notebook, EDITED)
        other.start()
        is_well_again(editor, other, uri, notebook, EDITED)


@contextlib.contextmanager
def process(port: int) -> Iterator[subprocess.Popen[str]]:
    """A stand-in that can be frozen and killed."""
    command = (sys.executable, "-m", "livebook_ls.standin", "--port", str(port))
    with Child(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        started.stdout.readline()
        yield started
        started.kill()


@pytest.mark.fault(
    "livebook",
    "Livebook hangs",
    during="a save",
    sees="TimedOut",
    recovers="by itself, once it answers",
)
def test_a_frozen_livebook_is_told_and_taken_up_again(
    start_editor: Callable[..., Editor], notebook: Path
) -> None:
    port = free_port()
    with process(port) as frozen:
        environ = clean_environ() | {"LIVEBOOK_URL": f"http://127.0.0.1:{port}"}
        editor = start_editor(environ=environ)
        uri = editor.open(notebook)
        first = editor.wait_for_state(uri, "inSync")
        frozen.send_signal(signal.SIGSTOP)
        editor.save(uri, notebook, EDITED)
        editor.wait_for_state(uri, "refused")

        assert codes(editor, uri) == ["timed-out"]
        assert is_alive(editor, uri)
        frozen.send_signal(signal.SIGCONT)
        assert editor.wait_for_state(uri, "inSync")["url"] == first["url"]

        frozen.kill()
        frozen.wait()
        editor.save(uri, notebook, CANONICAL)
        editor.wait_for_state(uri, "notRunning")
    with process(port):
        assert editor.wait_for_state(uri, "inSync")["url"] != first["url"]


@pytest.mark.fault(
    "network",
    "another program listens at Livebook's port",
    during="the notebook is opened",
    sees="AnotherProgram",
    recovers="by itself, once it is Livebook",
)
@pytest.mark.parametrize(
    "said",
    [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nnot"],
    ids=["nothing", "no HTTP", "half an answer"],
)
def test_a_port_of_something_else_is_told_as_such(
    start_editor: Callable[..., Editor], notebook: Path, said: bytes
) -> None:
    with saying(said) as url:
        editor = start_editor(environ=clean_environ() | {"LIVEBOOK_URL": url})
        uri = editor.open(notebook)
        editor.wait_for_state(uri, "notRunning")

        assert codes(editor, uri) == ["another-program"]
        assert is_alive(editor, uri)


@pytest.mark.fault(
    "files",
    "the file is gone",
    during="a save",
    sees="FileUnreadable: no such file or directory",
    recovers="by itself, once it is back",
)
def test_a_file_that_comes_back_needs_no_save(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    notebook.unlink()
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    status = editor.wait_for_state(uri, "failed")

    assert codes(editor, uri) == ["file-unreadable"]
    assert "no such file or directory" in status["sentence"]
    notebook.write_text(EDITED, encoding="utf-8")
    is_well_again(editor, livebook, uri, notebook, EDITED)


@pytest.mark.fault(
    "files",
    "the file may not be read",
    during="a save",
    sees="file_unreadable_here: permission denied",
    recovers="by itself, once it may be read",
)
def test_permission_taken_away_is_told_and_given_back_needs_no_save(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read every file")
    uri = opened(editor, livebook, notebook)
    notebook.chmod(0)
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    status = editor.wait_for_state(uri, "failed")

    assert "permission denied" in status["sentence"]
    notebook.chmod(0o644)
    is_well_again(editor, livebook, uri, notebook, CANONICAL)


@pytest.mark.fault(
    "files",
    "the file is only to be read",
    during="it is opened",
    shows="nothing: it is shown and in sync",
    recovers="nothing to do",
)
def test_a_file_that_is_only_to_be_read_is_shown_all_the_same(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.chmod(0o444)
    uri = editor.open(notebook)
    is_well_again(editor, livebook, uri, notebook, CANONICAL)


def test_more_than_livebook_takes_in_one_request_syncs_all_the_same(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(HUGE, encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    editor.command("livebook.open", uri)
    livebook.save_session(notebook)
    text = HUGE.replace("1 + 1", "2 + 2")
    editor.save(uri, notebook, text)
    editor.wait_for(partial(holds, livebook, notebook, text), "the save in the session")
    editor.wait_for_state(uri, "inSync")

    assert "body-too-large" not in codes(editor, uri)
    assert editor.command("livebook.format", uri) is False
    assert "8 MB" in editor.messages[-1]["message"]


def write(file: Path, data: bytes) -> None:
    """Append as much of `data` as there is room for."""
    with file.open("ab", buffering=0) as raw, contextlib.suppress(OSError):
        while data:
            data = data[raw.write(data) :]


@pytest.mark.fault(
    "files",
    "the disk is full",
    during="another program saves",
    sees="cut_off",
    recovers="the next save that is whole is synced",
)
def test_on_a_full_disk_what_is_left_of_a_save_is_held_back(
    editor: Editor, livebook: StandIn, small_disk: Path
) -> None:
    notebook = small_disk / "note.livemd"
    text = CANONICAL + "\n## More\n\n```elixir\n" + f'"{"x" * 40}"\n' * 300 + "```\n"
    notebook.write_text(text, encoding="utf-8")
    uri = opened(editor, livebook, notebook)
    filler = small_disk / "filler"
    write(filler, b"x" * 100_000)
    # Another program empties the file to write it anew, and the room is gone before it does.
    notebook.write_bytes(b"")
    write(filler, b"x" * 8_192)
    write(notebook, text.encode())

    assert 0 < notebook.stat().st_size < len(text)
    editor.wait_for_state(uri, "held")

    assert codes(editor, uri) == ["cut-off"]
    assert holds(livebook, notebook, text)
    filler.unlink()
    notebook.write_text(text, encoding="utf-8")
    is_well_again(editor, livebook, uri, notebook, text)


@pytest.mark.fault(
    "files",
    "the disk is full",
    during="Livebook saves what was typed in the browser",
    sees="cut_off",
    recovers="with Livebook's next save for which there is room",
)
def test_on_a_full_disk_what_is_left_of_an_autosave_is_held_back(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    text = CANONICAL + "\n## More\n\n```elixir\n" + f'"{"x" * 40}"\n' * 30 + "```\n"
    notebook.write_text(text, encoding="utf-8")
    uri = opened(editor, livebook, notebook)
    typed = text.replace("1 + 1", "1 + 1 + 1")
    livebook.edit_session(notebook, typed)
    # As Livebook leaves it, which empties the file before it writes.
    notebook.write_text(typed[: typed.rindex("x")], encoding="utf-8")
    editor.wait_for_state(uri, "held")

    assert codes(editor, uri) == ["cut-off"]
    assert holds(livebook, notebook, typed)
    livebook.save_session(notebook)
    editor.wait_for_state(uri, "inSync")
    assert notebook.read_text(encoding="utf-8") == typed
    assert codes(editor, uri) == []


@pytest.mark.fault(
    "files",
    "the disk is full",
    during="the file is put back as the editor knows it",
    shows="nothing: the file stays as Livebook wrote it",
    recovers="with the next save",
)
def test_what_finds_no_room_leaves_the_file_as_it_was(small_disk: Path) -> None:
    notebook = small_disk / "note.livemd"
    notebook.write_bytes(b"was " * 1_500)
    seen = notebook_file.read(str(notebook))
    write(small_disk / "filler", b"x" * 100_000)

    assert not notebook_file.put_back(str(notebook), seen, b"new " * 10_000, None)
    assert notebook.read_bytes() == seen.data
    assert notebook_file.put_back(
        str(notebook), notebook_file.read(str(notebook)), b"new " * 1_000, None
    )
    assert notebook.read_bytes() == b"new " * 1_000
