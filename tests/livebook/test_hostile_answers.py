"""What a server may send that is no answer: each is a named error, in time and in little memory."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator

import pytest

from livebook_ls.livebook.errors import (
    AnotherProgram,
    FileUnreadable,
    LivebookError,
    NotUnderstood,
    RefusedAsBrowser,
    TimedOut,
)
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from tests.support.sockets import endless, saying

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


@pytest.fixture
def ask() -> Iterator[Callable[[str], LivebookError]]:
    """What a call to an address raises."""
    made: list[Livebook] = []

    def asked(url: str) -> LivebookError:
        client = Livebook(read_address(url, "test"))
        made.append(client)
        with pytest.raises(LivebookError) as raised:
            client.restamp(old_source="", new_source="", timeout_s=0.5)
        return raised.value

    yield asked
    for client in made:
        client.close()


def answer(body: bytes, headers: bytes = b"") -> bytes:
    return b"%b%bcontent-length: %d\r\nconnection: close\r\n\r\n%b" % (
        HEAD,
        headers,
        len(body),
        body,
    )


@pytest.mark.slow
@pytest.mark.fault(
    "network",
    "headers come a byte at a time, or a body has no end",
    during="any call",
    sees="TimedOut",
    recovers="it is asked again by itself",
)
@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"HTTP/1.1 200 OK\r\nx-long: ", b"a"),
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", b"x: y\r\n"),
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        (b"", b""),
    ],
    ids=["header", "status", "body", "chunks", "trailers", "102", "silence"],
)
def test_an_answer_without_an_end_is_given_up(
    ask: Callable[[str], LivebookError], first: bytes, then: bytes
) -> None:
    with endless(first, then) as url:
        assert isinstance(ask(url), TimedOut | AnotherProgram)


@pytest.mark.fault(
    "network",
    "nothing comes at all",
    during="the address has a path",
    sees="TimedOut",
    recovers="it is asked again by itself",
)
def test_the_search_for_the_right_root_is_a_part_of_the_call(
    ask: Callable[[str], LivebookError],
) -> None:
    with endless(b"", b"") as url:
        error = ask(f"{url}/some/base")

    assert str(error) == "Livebook did not answer within 0.5 s."


@pytest.mark.fault(
    "network",
    "the answer is larger than 64 MB",
    during="any call",
    sees="NotUnderstood: more than 64 MB long",
    recovers="it is asked again by itself",
)
@pytest.mark.slow
def test_no_more_than_64_mb_are_taken() -> None:
    with saying(answer(b" " * 64_100_000)) as url:
        client = Livebook(read_address(url, "test"))
        with pytest.raises(NotUnderstood, match="more than 64 MB long"):
            client.restamp(old_source="", new_source="", timeout_s=60.0)
        client.close()


@pytest.mark.fault(
    "network",
    "the answer is compressed",
    during="any call",
    sees="NotUnderstood: it is compressed",
    recovers="it is asked again by itself",
)
@pytest.mark.parametrize(
    "headers",
    [
        b"content-encoding: gzip, gzip\r\n",
        b"content-encoding: gzip\r\n",
        b"content-encoding: identity\r\ncontent-encoding: gzip\r\n",
        b"content-encoding: deflate\r\n",
        b"content-encoding: nothing-known\r\n",
    ],
)
def test_what_comes_compressed_is_not_opened(
    ask: Callable[[str], LivebookError], headers: bytes
) -> None:
    body = gzip.compress(gzip.compress(b"\0" * 10_000_000))
    with saying(answer(body, headers)) as url:
        assert str(ask(url)) == "Livebook's answer was not understood: it is compressed."


@pytest.mark.fault(
    "livebook",
    "the answer is JSON thousands deep, or none",
    during="any call",
    sees="NotUnderstood",
    recovers="it is asked again by itself",
)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"message":' * 50_000,
        b'{"status":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"status":' + b"9" * 100_000 + b"}",
        b'{"status":1e400}',
        b"\xff\xfe{}",
        b"",
    ],
    ids=["lists", "objects", "deep", "long number", "infinity", "not UTF-8", "empty"],
)
def test_json_that_nobody_means_is_not_understood(
    ask: Callable[[str], LivebookError], body: bytes
) -> None:
    with saying(answer(body)) as url:
        assert isinstance(ask(url), NotUnderstood | AnotherProgram)


@pytest.mark.fault(
    "network",
    "the headers make no sense",
    during="any call",
    shows="what was not understood, in a sentence",
    recovers="it is asked again by itself",
)
@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 301 Moved\r\nlocation: http://[x\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nlocation: https://127.0.0.1:999999/\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nlocation: \xff\xfe\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: " + b"9" * 5_000 + b"\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nset-cookie: \xff=\xfe; max-age=" + b"9" * 99 + b"\r\n\r\n",
    ],
)
def test_headers_that_make_no_sense_are_a_named_error(
    ask: Callable[[str], LivebookError], head: bytes
) -> None:
    with saying(head) as url:
        assert ask(url).sentence.endswith(".")


@pytest.mark.fault(
    "livebook",
    "a message steers terminals, or is endless",
    during="the notebook is opened",
    sees="FileUnreadable",
    recovers="it is asked again by itself",
)
def test_a_message_is_shown_short_and_without_what_steers_a_terminal() -> None:
    message = "Failed to read file: \x1b]0;title\x07\x1b[31m" + "A" * 300_000
    body = json.dumps({"message": message}).encode()
    said = answer(body).replace(b"200 OK", b"422 Unprocessable")
    with saying(said) as url:
        client = Livebook(read_address(url, "test"))
        with pytest.raises(FileUnreadable) as raised:
            client.open("/a.livemd")
        client.close()

    assert raised.value.sentence.isprintable()
    assert len(raised.value.sentence) < 1_000


@pytest.mark.fault(
    "network",
    "a proxy adds what browsers send",
    during="any call",
    sees="RefusedAsBrowser",
    recovers="once the address is Livebook's own",
)
def test_a_proxy_that_makes_us_a_browser_is_told(ask: Callable[[str], LivebookError]) -> None:
    message = "This endpoint is not available in the browser"
    said = answer(json.dumps({"message": message}).encode()).replace(b"200 OK", b"403 Forbidden")
    with saying(said) as url:
        assert isinstance(ask(url), RefusedAsBrowser)


def test_half_a_character_is_no_form_of_a_notebook() -> None:
    body = rb'{"source":"\ud800"}'
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    with saying(head % len(body) + body) as url:
        livebook = Livebook(read_address(url, "here"))
        with pytest.raises(LivebookError):
            livebook.restamp(old_source="", new_source="x")
        livebook.close()


EXPORT = b"# Note\n\n## Section\n\n```elixir\n1 + 1\n```\n"
TEXT = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n"


@pytest.mark.fault(
    "network",
    "a proxy cuts off what a session holds, or has an empty answer for it",
    during="a look before a sync",
    shows="nothing: it is as if the session were not shown",
    recovers="once it comes whole",
)
@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (b"%bcontent-length: %d\r\n\r\n%b" % (TEXT, len(EXPORT), EXPORT), EXPORT),
        (b"%bcontent-length: 18\r\n\r\n%b" % (TEXT, EXPORT[:18]), None),
        (b"%bcontent-length: 0\r\n\r\n" % TEXT, None),
        (b"%bcontent-length: 6\r\n\r\nhello\n" % TEXT, None),
        (b"%bconnection: close\r\n\r\n%b" % (TEXT, EXPORT[:20]), None),
        (b"%btransfer-encoding: chunked\r\n\r\n%x\r\n%b" % (TEXT, 999, EXPORT), None),
    ],
    ids=["whole", "cut in a line", "empty", "something else", "of unknown length", "half a chunk"],
)
def test_only_a_whole_notebook_is_what_a_session_holds(said: bytes, wanted: bytes | None) -> None:
    with saying(said) as url:
        client = Livebook(read_address(url, "test"))
        found = client.export("/sessions/abc", 5.0)
        client.close()

    assert found == (wanted.decode() if wanted else None)
