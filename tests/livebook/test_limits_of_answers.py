"""What an answer is followed by is a part of its call: why it was refused, who lets us in."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from tests.support.turned_clock import TurnedClock

_ANSWERED_S = 1.8
_SYNC_S = 10.0


class Slow(ThreadingHTTPServer):
    """It refuses each call, and leads from each page to itself; all of it takes its time."""

    daemon_threads = True

    def __init__(self, turned: TurnedClock) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.turned = turned
        self.refuses_after_s = _ANSWERED_S
        self.pages: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    server: Slow

    def do_GET(self) -> None:
        self.server.turned.now_s += _ANSWERED_S
        self.server.pages.append(self.path)
        self._say(302)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.turned.now_s += self.server.refuses_after_s
        self._say(500)

    def _say(self, status: int) -> None:
        self.send_response(status)
        self.send_header("location", "/")
        self.send_header("content-length", "0")
        self.end_headers()

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


def test_why_a_sync_was_refused_is_asked_within_its_time(slow: Slow, turned: TurnedClock) -> None:
    slow.refuses_after_s = _SYNC_S - 1.0
    livebook = Livebook(read_address(f"{slow.url}/some/base", "here"))
    began_s = turned.now_s
    with pytest.raises(LivebookError):
        livebook.sync("/n.livemd")
    livebook.close()

    # The question that is under way then is the last.
    assert turned.now_s - began_s == pytest.approx(_SYNC_S - 1.0 + _ANSWERED_S)


def test_to_be_let_in_takes_no_longer_than_the_page_may(slow: Slow) -> None:
    livebook = Livebook(read_address(slow.url, "here", "s3cret"))
    shown = livebook.export("/sessions/abc", 2.0)
    livebook.close()

    assert shown is None
    assert len(slow.pages) == 2
