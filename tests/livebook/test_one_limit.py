"""A call takes no longer than its limit, with all that is asked again in its course."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Literal

import pytest

from livebook_ls import clock
from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.errors import NotRunning, TimedOut
from livebook_ls.settings import Settings
from tests.support.turned_clock import TurnedClock

OPEN_S = 60.0
End = Literal["hangs up", "fails", "has no such page"]


class Slow(ThreadingHTTPServer):
    """A Livebook that keeps whoever opens a session waiting until the very end."""

    daemon_threads = True

    def __init__(self, turned: TurnedClock) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.turned = turned
        self.end: End = "hangs up"
        self.opened = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    server: Slow

    def do_GET(self) -> None:
        self._say(200, b'{"application":"livebook"}')

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.opened += 1
        self.server.turned.now_s += OPEN_S
        if self.server.end == "fails":
            self._say(500, b"{}")
        elif self.server.end == "has no such page":
            self._say(404, b"{}")

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
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
