"""Messages reach the server in their order, whoever reads: the thread at first, then its loop."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from livebook_ls.lsp.connection.framing import CheckedStream, NotOurProtocolError
from livebook_ls.lsp.serving.inbox import Inbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no loop waits for a pipe there")


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    """Where to read, and where to write, which may be closed in between."""
    reading, writing = os.pipe()
    try:
        yield reading, writing
    finally:
        os.close(reading)


def frame(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def begun(descriptor: int, ended: threading.Event | None = None) -> Inbox:
    stream = CheckedStream(os.fdopen(descriptor, "rb", buffering=0, closefd=False))
    inbox = Inbox(stream, ended.set if ended else lambda: None)
    inbox.begin()
    return inbox


async def handed_over(inbox: Inbox, writing: int) -> None:
    """Let messages come until the loop reads by itself."""
    while inbox._descriptor is None:
        os.write(writing, frame(b"early"))
        assert await inbox.message() == b"early"


def test_more_than_may_wait_comes_in_order_wherever_it_is_cut() -> None:
    sent = [b"%d" % it * (1 + it % 300) for it in range(400)]
    said = b"".join(map(frame, sent))

    async def received(reading: int, writing: int) -> list[bytes]:
        inbox = begun(reading)
        await handed_over(inbox, writing)

        def write() -> None:
            for at in range(0, len(said), 777):
                os.write(writing, said[at : at + 777])
            os.close(writing)

        told = asyncio.create_task(asyncio.to_thread(write))
        found = [await inbox.message() for _ in range(len(sent) + 1)]
        await told
        return found

    with pipe() as (reading, writing):
        assert asyncio.run(received(reading, writing)) == [*sent, b""]


def test_what_was_sent_with_the_last_one_that_the_thread_reads_is_not_left_behind() -> None:
    async def received(reading: int, writing: int) -> list[bytes]:
        inbox = begun(reading)
        waiting = asyncio.create_task(inbox.message())
        await asyncio.sleep(0)
        os.write(writing, b"".join(frame(b"%d" % it) for it in range(100)))
        found = [await waiting]
        found += [await inbox.message() for _ in range(99)]
        os.close(writing)
        return [*found, await inbox.message()]

    with pipe() as (reading, writing):
        assert asyncio.run(received(reading, writing)) == [*(b"%d" % it for it in range(100)), b""]


def test_the_loop_too_tells_what_is_not_our_protocol_behind_what_came_before() -> None:
    async def received(reading: int, writing: int) -> bytes:
        inbox = begun(reading)
        await handed_over(inbox, writing)
        os.write(writing, frame(b"last") + b"GET / HTTP/1.1\r\n\r\n")
        last = await inbox.message()
        with pytest.raises(NotOurProtocolError):
            await inbox.message()
        os.close(writing)
        return last

    with pipe() as (reading, writing):
        assert asyncio.run(received(reading, writing)) == b"last"


def test_a_header_that_is_cut_by_the_end_is_told() -> None:
    async def received(reading: int, writing: int) -> None:
        inbox = begun(reading)
        await handed_over(inbox, writing)
        os.write(writing, b"Content-Len")
        os.close(writing)
        await inbox.message()

    with pipe() as (reading, writing), pytest.raises(NotOurProtocolError):
        asyncio.run(received(reading, writing))


def test_that_nobody_can_write_any_more_is_told_though_the_loop_never_looks() -> None:
    ended = threading.Event()

    async def busy(reading: int, writing: int) -> bool:
        inbox = begun(reading, ended)
        await handed_over(inbox, writing)
        assert not ended.is_set()
        os.close(writing)
        # Nothing else of the loop goes on meanwhile.
        return ended.wait(60)

    with pipe() as (reading, writing):
        assert asyncio.run(busy(reading, writing))


def test_the_same_of_a_socket_that_a_client_closes_by_half() -> None:
    ended = threading.Event()
    ours, theirs = socket.socketpair()

    async def busy() -> bool:
        inbox = begun(ours.fileno(), ended)
        await handed_over(inbox, theirs.fileno())
        theirs.shutdown(socket.SHUT_WR)
        return ended.wait(60) and await inbox.message() == b""

    with ours, theirs:
        assert asyncio.run(busy())


def test_the_same_while_more_waits_than_may_of_which_nothing_is_left_out() -> None:
    ended = threading.Event()
    sent = [b"%d" % it for it in range(300)]

    async def received(reading: int, writing: int) -> list[bytes]:
        inbox = begun(reading, ended)
        os.write(writing, b"".join(map(frame, sent)))
        os.close(writing)
        assert await asyncio.to_thread(ended.wait, 60)
        return [await inbox.message() for _ in range(len(sent) + 1)]

    with pipe() as (reading, writing):
        assert asyncio.run(received(reading, writing)) == [*sent, b""]


def test_what_no_loop_can_wait_for_is_read_by_the_thread_to_its_end(tmp_path: Path) -> None:
    sent = [b"%d" % it for it in range(100)]
    file = tmp_path / "said"
    file.write_bytes(b"".join(map(frame, sent)))

    async def received(reading: int) -> list[bytes]:
        inbox = begun(reading)
        found = [await inbox.message() for _ in range(len(sent) + 1)]
        assert inbox._descriptor is None
        return found

    reading = os.open(file, os.O_RDONLY)
    try:
        assert asyncio.run(received(reading)) == [*sent, b""]
    finally:
        os.close(reading)
