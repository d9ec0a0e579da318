"""What can be made to go wrong with the stand-in, from inside and from another process."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from livebook_ls.standin import Faults, Reply, StandIn
from tests.support.child import Child
from tests.support.waiting import until

NOTEBOOK = "# Note\n\n## S\n"


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as started:
        yield started


@pytest.fixture
def client(stand_in: StandIn) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stand_in.url, trust_env=False, timeout=60) as made:
        yield made


def sync(client: httpx.Client) -> httpx.Response:
    return client.post("/dev/sync", json={"file": "/nowhere.livemd"})


@pytest.mark.parametrize(
    ("faults", "status", "content_type"),
    [
        (Faults(is_off=True), 403, "application/json; charset=utf-8"),
        (Faults(is_too_old=True), 404, "text/html; charset=utf-8"),
        (Faults(is_another_application=True), 404, "text/html; charset=utf-8"),
        (Faults(reply=Reply.ERROR_500), 500, "text/html; charset=utf-8"),
        (Faults(reply=Reply.HTML), 200, "text/html; charset=utf-8"),
        (Faults(reply=Reply.GARBAGE), 200, "application/json; charset=utf-8"),
        (Faults(reply=Reply.EMPTY), 200, "application/json; charset=utf-8"),
    ],
    ids=str,
)
def test_fault_changes_the_answer(
    stand_in: StandIn, client: httpx.Client, faults: Faults, status: int, content_type: str
) -> None:
    stand_in.faults = faults
    answer = sync(client)

    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
    stand_in.faults = Faults()
    assert sync(client).json()["message"] == "No session found for the given file"


def test_health_tells_a_livebook_from_another_application(
    stand_in: StandIn, client: httpx.Client
) -> None:
    stand_in.faults = Faults(is_too_old=True)
    assert client.get("/public/health").json() == {"application": "livebook"}
    stand_in.faults = Faults(is_another_application=True)

    assert "livebook-ls" not in client.get("/public/health").text
    with pytest.raises(json.JSONDecodeError):
        client.get("/public/health").json()


def test_fault_strikes_as_often_as_it_was_told(stand_in: StandIn, client: httpx.Client) -> None:
    stand_in.faults = Faults(reply=Reply.ERROR_500, times=2)

    assert [sync(client).status_code for _ in range(3)] == [500, 500, 404]


def test_fault_strikes_only_under_its_path(stand_in: StandIn, client: httpx.Client) -> None:
    stand_in.faults = Faults(reply=Reply.ERROR_500, under="/dev/open")

    assert sync(client).status_code == 404


def test_reset_ends_the_connection(stand_in: StandIn, client: httpx.Client) -> None:
    stand_in.faults = Faults(reply=Reply.RESET)

    with pytest.raises(httpx.ReadError):
        sync(client)
    assert [request.status for request in stand_in.requests] == [None]


def test_hanging_request_ends_with_its_fault(stand_in: StandIn, client: httpx.Client) -> None:
    stand_in.faults = Faults(reply=Reply.HANG)
    with pytest.raises(httpx.ReadTimeout):
        client.post("/dev/sync", json={}, timeout=httpx.Timeout(60, read=0.2))
    until(lambda: stand_in.requests)
    assert stand_in.requests[0].ended_s is None
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(sync, client)
        until(lambda: len(stand_in.requests) == 2)
        stand_in.faults = Faults()

        assert isinstance(hanging.exception(), httpx.RemoteProtocolError)


def test_open_can_answer_a_wrong_path(
    stand_in: StandIn, client: httpx.Client, tmp_path: Path
) -> None:
    stand_in.faults = Faults(open_answers="//evil.example/")
    path = tmp_path / "n.livemd"
    path.write_text(NOTEBOOK)

    assert client.post("/dev/open", json={"file": str(path)}).json() == {"path": "//evil.example/"}


def test_requests_tell_what_overlapped(stand_in: StandIn) -> None:
    stand_in.faults = Faults(delay_s=600)
    with ThreadPoolExecutor(2) as pool:
        url = f"{stand_in.url}/dev/sync"
        for _ in range(2):
            pool.submit(httpx.post, url, json={}, trust_env=False, timeout=60)
        until(lambda: len(stand_in.requests) == 2)
        # Whoever waits is let go.
        stand_in.faults = Faults()
    first, second = stand_in.requests

    assert (first.method, first.target, first.body) == ("POST", "/dev/sync", b"{}")
    assert first.ended_s is not None
    assert second.began_s < first.ended_s


def test_stop_ends_every_connection(stand_in: StandIn, client: httpx.Client) -> None:
    stand_in.faults = Faults(reply=Reply.HANG)
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(sync, client)
        until(lambda: stand_in.requests)
        stand_in.stop()

        assert isinstance(hanging.exception(), httpx.TransportError)
    with pytest.raises(httpx.ConnectError):
        sync(client)


def test_faults_can_be_switched_from_another_process(client: httpx.Client) -> None:
    client.post("/stand-in/faults", json={"reply": "500", "times": 1})
    assert sync(client).status_code == 500
    state = client.get("/stand-in/state").json()

    assert state["requests"] == [{"method": "POST", "target": "/dev/sync", "status": 500}]
    assert state["faults"]["times"] == 0


def test_restart_from_another_process_can_ask_for_a_token(
    client: httpx.Client,
) -> None:
    client.post("/stand-in/restart", json={"token": "T"})

    def asks_for_it() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return bool(client.get("/").headers.get("location") == "/authenticate")
        return False

    until(asks_for_it)

    assert client.get("/?token=T").headers["location"] == "/"


@pytest.mark.parametrize("faults", ["[]", '{"nonsense": 1}', '{"reply": "nonsense"}', "{"])
def test_unknown_faults_are_refused(client: httpx.Client, faults: str) -> None:
    assert client.post("/stand-in/faults", content=faults).status_code == 400


def test_own_routes_are_not_for_browsers(client: httpx.Client) -> None:
    headers = {"Origin": "http://evil.example"}

    assert client.post("/stand-in/faults", json={}, headers=headers).status_code == 403


@pytest.mark.parametrize("page", ["/", "/sessions/ID", "/nowhere"])
def test_every_page_says_that_it_is_a_stand_in(
    stand_in: StandIn, client: httpx.Client, tmp_path: Path, page: str
) -> None:
    path = tmp_path / "<b>.livemd"
    path.write_text("# <script>\n\n## S\n")
    client.post("/dev/open", json={"file": str(path)})
    answer = client.get(page.replace("ID", stand_in.sessions[0].id))

    assert "stand-in for Livebook" in answer.text
    assert "<script>" not in answer.text
    assert "<b>" not in answer.text


def test_stand_in_runs_as_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "livebook_ls.standin", "--token", "T"]
    with Child(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        health = httpx.get(f"{url.partition('/?')[0]}/public/health", trust_env=False)
        process.send_signal(signal.SIGTERM)

        assert process.wait(120) == 0
    assert url.endswith("/?token=T")
    assert health.json() == {"application": "livebook"}
