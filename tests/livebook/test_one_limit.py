"""A call takes no longer than its limit, with all that is asked again in its course."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Literal

import pytest

from livebook_ls import clock
from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.errors import LivebookError, NotRunning, TimedOut
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.settings import Settings
from tests.support.turned_clock import TurnedClock

OPEN_S, SYNC_S, PAGE_S = 60.0, 10.0, 1.8
End = Literal["hangs up", "fails", "has no such page"]


class Slow(ThreadingHTTPServer):
    """A Livebook that keeps whoever opens a session waiting until the very end."""

    daemon_threads = True

    def __init__(self, turned: TurnedClock) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.turned = turned
        self.end: End = "hangs up"
        self.opened = 0
        self.answered_after_s = OPEN_S
        # How long a page takes; and whether it leads to itself, as before a login.
        self.page_s = 0.0
        self.leads_on = False
        self.pages: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    server: Slow

    def do_GET(self) -> None:
        self.server.turned.now_s += self.server.page_s
        self.server.pages.append(self.path)
        if self.server.leads_on:
            self._say(302, b"")
        else:
            self._say(200, b'{"application":"livebook"}')

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.opened += 1
        self.server.turned.now_s += self.server.answered_after_s
        if self.server.end == "fails":
            self._say(500, b"{}")
        elif self.server.end == "has no such page":
            self._say(404, b"{}")

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("location", "/")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def turned() -> Iterator[TurnedClock]:
    turned = TurnedClock()
    with clock.using(turned):
        yield turned


@pytest.fixture
def slow(turned: TurnedClock) -> Iterator[Slow]:
    with Slow(turned) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.slow
@pytest.mark.fault(
    "network",
    "the answer comes at the end of the time for it, and is none",
    during="a session is opened",
    sees="TimedOut",
    recovers="it is asked again by itself",
)
@pytest.mark.parametrize("end", ["hangs up", "fails", "has no such page"])
def test_what_took_all_of_its_time_is_not_asked_again(
    slow: Slow, turned: TurnedClock, end: End
) -> None:
    connection = Connection(Settings(url=slow.url), {})
    assert connection.warm_up()
    slow.end = end
    began_s = turned.now_s
    with pytest.raises(TimedOut) as raised:
        connection.call(lambda it: it.open("/n.livemd"))
    connection.close()

    assert raised.value.sentence.startswith("Livebook did not answer within 60 s.")
    assert (slow.opened, turned.now_s - began_s) == (1, OPEN_S)


def test_a_livebook_that_is_gone_after_a_long_while_is_not_asked_again(
    slow: Slow, turned: TurnedClock
) -> None:
    asked: list[float] = []

    def ask(_: object) -> None:
        asked.append(turned.now_s)
        turned.now_s += 30.0
        raise NotRunning(slow.url)

    connection = Connection(Settings(url=slow.url), {})
    assert connection.warm_up()
    with pytest.raises(NotRunning):
        connection.call(ask)
    connection.close()

    assert len(asked) == 1


def test_why_a_sync_was_refused_is_asked_within_its_time(slow: Slow, turned: TurnedClock) -> None:
    slow.end, slow.leads_on = "fails", True
    slow.answered_after_s, slow.page_s = SYNC_S - 1.0, PAGE_S
    livebook = Livebook(read_address(f"{slow.url}/some/base", "here"))
    began_s = turned.now_s
    with pytest.raises(LivebookError):
        livebook.sync("/n.livemd")
    livebook.close()

    # The question that is under way then is the last.
    assert turned.now_s - began_s == pytest.approx(SYNC_S - 1.0 + PAGE_S)


def test_to_be_let_in_takes_no_longer_than_the_page_may(slow: Slow) -> None:
    slow.leads_on, slow.page_s = True, PAGE_S
    livebook = Livebook(read_address(slow.url, "here", "s3cret"))
    shown = livebook.export("/sessions/abc", 2.0)
    livebook.close()

    assert shown is None
    assert len(slow.pages) == 2
