"""Every outcome of the calls, provoked at the stand-in."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from livebook_ls import clock
from livebook_ls.clock import Clock
from livebook_ls.livebook import errors
from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook, SyncAnswer
from livebook_ls.livebook.http.session_pages import files_of_sessions, has_saved_by
from livebook_ls.settings import Settings
from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.hold_points import HoldPoint
from tests.support.places import SHARED
from tests.support.sockets import free_port

PAGES = SHARED / "live" / "pages"
CANONICAL = "# Note\n\n## Section\n\n```elixir\n1 + 1\n```\n"


@pytest.fixture
def client(livebook: StandIn) -> Iterator[Livebook]:
    made = Livebook(read_address(livebook.url, "test"))
    yield made
    made.close()


def test_sync_says_whether_there_is_a_session(client: Livebook, notebook: Path) -> None:
    assert client.sync(str(notebook)) is SyncAnswer.NO_SESSION
    client.open(str(notebook))
    assert client.sync(str(notebook)) is SyncAnswer.TAKEN


@pytest.mark.fault(
    "network",
    "the connection is cut before a sync is answered",
    during="a sync",
    shows="nothing: it is sent once more",
    recovers="by itself",
)
def test_a_sync_that_may_have_arrived_is_sent_again_once_livebook_has_written(
    client: Livebook, livebook: StandIn, notebook: Path
) -> None:
    sent_before: list[int] = []

    class Patient(Clock):
        def pause(self, seconds: float) -> None:
            assert seconds > 0
            sent_before.append(len(livebook.requests))

    client.open(str(notebook))
    livebook.clear_requests()
    livebook.faults = Faults(reply=Reply.RESET, times=1)
    with clock.using(Patient()):
        assert client.sync(str(notebook)) is SyncAnswer.TAKEN

    assert (sent_before, len(livebook.requests)) == ([1], 2)


def test_restamp_answers_the_form_that_livebook_would_write(
    client: Livebook, livebook: StandIn
) -> None:
    stamped = livebook.stamp(CANONICAL)
    edited = stamped.replace("1 + 1", "2 + 2")

    assert client.restamp(old_source=CANONICAL, new_source=CANONICAL) == CANONICAL
    assert client.restamp(old_source=edited, new_source=edited) is None
    fresh = client.restamp(old_source=stamped, new_source=edited)
    assert fresh is not None
    assert client.restamp(old_source=fresh, new_source=fresh) == fresh


@pytest.mark.slow
@pytest.mark.parametrize(
    ("faults", "error"),
    [
        (Faults(is_off=True), errors.EndpointsOff),
        (Faults(is_too_old=True), errors.TooOld),
        (Faults(is_another_application=True), errors.AnotherProgram),
        (Faults(reply=Reply.ERROR_500), errors.ImportFailed),
        (Faults(reply=Reply.HTML), errors.NotUnderstood),
        (Faults(reply=Reply.GARBAGE), errors.NotUnderstood),
        (Faults(reply=Reply.WRONG_JSON), errors.NotUnderstood),
        (Faults(reply=Reply.EMPTY), errors.NotUnderstood),
        (Faults(reply=Reply.HUGE), errors.NotUnderstood),
        (Faults(reply=Reply.RESET), errors.NotUnderstood),
        (Faults(open_answers="//evil.example/sessions/x"), errors.NotUnderstood),
        (Faults(open_answers="http://evil.example/sessions/x"), errors.NotUnderstood),
        (Faults(open_answers="/sessions/x?next=//evil"), errors.NotUnderstood),
        (Faults(open_answers="/\\evil.example/sessions/x"), errors.NotUnderstood),
        (Faults(open_answers="/sessions/../../settings"), errors.NotUnderstood),
        (Faults(open_answers="/sessions/%2e%2E/settings"), errors.NotUnderstood),
        (Faults(open_answers="/../sessions/x"), errors.NotUnderstood),
        (Faults(open_answers="/a%2f..%2fb/sessions/x"), errors.NotUnderstood),
        (Faults(open_answers="/%252e%252e/sessions/x"), errors.NotUnderstood),
        (Faults(open_answers="/sessions/x/delete"), errors.NotUnderstood),
        (Faults(open_answers="/sessions/"), errors.NotUnderstood),
        (Faults(open_answers="/sessions/x\n"), errors.NotUnderstood),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_what_goes_wrong_is_one_named_error(
    client: Livebook,
    livebook: StandIn,
    notebook: Path,
    faults: Faults,
    error: type[errors.LivebookError],
) -> None:
    livebook.faults = faults
    with pytest.raises(error) as raised:
        client.open(str(notebook))

    assert raised.value.sentence.endswith(".")
    assert raised.value.code


def test_a_missing_file_is_told_with_livebooks_reason(client: Livebook, tmp_path: Path) -> None:
    with pytest.raises(errors.FileUnreadable, match="no such file or directory"):
        client.open(str(tmp_path / "gone.livemd"))


@pytest.mark.fault(
    "files",
    "the file's name has another encoding",
    during="any call",
    sees="NameNotText",
    recovers="once it is renamed",
)
@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
def test_a_name_that_is_no_text_is_told_as_that(client: Livebook, livebook: StandIn) -> None:
    name = os.fsdecode(b"/caf\xe9.livemd")
    for call in (client.open, client.sync):
        with pytest.raises(errors.NameNotText, match="not UTF-8"):
            call(name)

    assert livebook.requests == ()


def test_nobody_there_is_not_running() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    client = Livebook(read_address(url, "test"))

    with pytest.raises(errors.NotRunning, match=url):
        client.sync("/a.livemd")
    client.close()


def test_a_livebook_that_does_not_answer_is_given_up(client: Livebook, livebook: StandIn) -> None:
    livebook.faults = Faults(reply=Reply.HANG)

    with pytest.raises(errors.TimedOut):
        client.restamp(old_source="", new_source="", timeout_s=0.2)


@pytest.mark.fault(
    "files",
    "the notebook is larger than Livebook takes",
    during="it is formatted",
    sees="BodyTooLarge",
    recovers="once it is smaller; syncs go on, for they carry no text",
)
def test_more_than_livebook_takes_is_not_sent(client: Livebook, livebook: StandIn) -> None:
    with pytest.raises(errors.BodyTooLarge):
        client.restamp(old_source="", new_source="é" * 5_000_000)

    assert livebook.requests == ()


def test_a_request_carries_no_origin_and_asks_for_no_compression(
    client: Livebook, livebook: StandIn
) -> None:
    client.sync("/a.livemd")
    (exchange,) = livebook.requests
    headers = {name.lower(): value for name, value in exchange.headers.items()}

    assert "origin" not in headers
    assert headers["content-type"] == "application/json"
    assert headers["accept-encoding"] == "identity"


def test_two_first_opens_at_once_both_get_the_session(livebook: StandIn, notebook: Path) -> None:
    found: list[str] = []

    def ask() -> None:
        client = Livebook(read_address(livebook.url, "test"))
        found.append(client.open(str(notebook)))
        client.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    with livebook.holding(HoldPoint.OPEN) as until_held:
        for thread in threads:
            thread.start()
        until_held(2)
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert len(found) == 2


def test_localhost_means_127_0_0_1_first(livebook: StandIn) -> None:
    client = Livebook(read_address(f"http://localhost:{livebook.port}", "test"))

    assert client.is_livebook()
    client.close()


def test_a_proxy_variable_is_not_obeyed_on_loopback(
    livebook: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    client = Livebook(read_address(livebook.url, "test"))

    assert client.is_livebook()
    client.close()


def test_a_livebook_that_restarts_elsewhere_is_found_again(
    livebook: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StandIn() as other:
        monkeypatch.setattr("livebook_ls.livebook.finding.addresses.DESKTOP_PORT", livebook.port)
        monkeypatch.setattr("livebook_ls.livebook.finding.addresses.SERVER_PORT", other.port)
        connection = Connection(Settings(), {})
        assert connection.call(lambda it: it.endpoint.url).endswith(str(livebook.port))
        livebook.stop()
        connection.call(lambda it: it.sync("/a.livemd"))

        assert connection.endpoint is not None
        assert connection.endpoint.url.endswith(str(other.port))
        connection.close()


def test_a_session_shows_whether_it_has_saved_all(
    client: Livebook, livebook: StandIn, notebook: Path
) -> None:
    session_path = client.open(str(notebook))
    assert client.has_saved(session_path, 5.0) is False
    livebook.save_session(notebook)
    assert client.has_saved(session_path, 5.0) is True
    livebook.close_session(notebook)
    assert client.has_saved(session_path, 5.0) is None
    assert client.open(str(notebook)) != session_path
    assert client.export(client.open(str(notebook)), 5.0) == CANONICAL


@pytest.mark.skipif(not PAGES.is_dir(), reason=f"no pages of a real Livebook in {PAGES}")
def test_recorded_pages_show_whether_their_session_has_saved() -> None:
    pages = [it.read_bytes() for it in sorted(PAGES.glob("*.html"))]

    assert {has_saved_by(it) for it in pages} <= {True, False}


def test_words_of_a_notebook_are_not_taken_for_livebooks_own() -> None:
    assert has_saved_by(b"<p>aria-label=&quot;notebook saved, click</p>") is None


def test_a_home_page_names_the_files_of_its_sessions() -> None:
    row = (
        '<a href="/base/sessions/{id}" class="name">\n  {name}\n</a>\n<div>\n  {file}\n</div>'
        "<div><span>0 MB</span> Created now</div>"
        '<a href="/base/sessions/{id}/download/export/livemd" download>Download</a>'
    )
    rows = [
        row.format(id="a1", name="A", file="/a &amp; b/é.livemd"),
        row.format(id="b2", name="B", file="No file"),
    ]
    page = f'<a href="/open/notebook.livemd">/open/notebook.livemd</a>{"".join(rows)}'

    found = set(files_of_sessions(page.encode()))

    assert found == {"A", "/a & b/é.livemd", "B", "No file"}
