"""What waits for a client that doesn't read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from livebook_ls.lsp.serving.outbox import Outbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")

_MEGABYTE = bytes(1024 * 1024)
_ENDED_S = 60.0


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read, write = os.pipe()
    yield read, write
    os.close(write)


def read_all(descriptor: int, size: int) -> int:
    """How much comes of so much."""
    count = 0
    while count < size and (data := os.read(descriptor, 65_536)):
        count += len(data)
    return count


def test_nobody_waits_for_a_client_that_does_not_read_yet(pipe: tuple[int, int]) -> None:
    outbox = Outbox(pipe[1])
    for number in range(20):
        outbox.write(_MEGABYTE + b"%02d" % number)

    assert read_all(pipe[0], 20 * (len(_MEGABYTE) + 2)) == 20 * (len(_MEGABYTE) + 2)
    outbox.finish(_ENDED_S)
    outbox.write(b"-")
    assert os.read(pipe[0], 2) == b"-"
    os.close(pipe[0])


def test_it_is_full_as_long_as_very_much_waits(pipe: tuple[int, int]) -> None:
    outbox = Outbox(pipe[1])
    assert not outbox.is_full
    for _ in range(40):
        outbox.write(_MEGABYTE)
    assert outbox.is_full
    read_all(pipe[0], 40 * len(_MEGABYTE))
    outbox.finish(_ENDED_S)

    assert not outbox.is_full
    os.close(pipe[0])


def test_what_nobody_can_read_any_more_is_an_error_of_the_next(pipe: tuple[int, int]) -> None:
    outbox = Outbox(pipe[1])
    outbox.write(_MEGABYTE)
    os.close(pipe[0])
    outbox.finish(_ENDED_S)

    with pytest.raises(BrokenPipeError):
        outbox.write(b"-")
    assert not outbox.is_full
