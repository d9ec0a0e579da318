"""A file that is written in place is whole whenever its writer is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.writing_in_place import write_over, write_over_outliving

# To write so much takes longer than to see that it has begun.
_MANY = 64_000_000
_WITHIN_S = 60.0
_WRITER = """
import sys
from livebook_ls.sync.disk import notebook_file
path, size = sys.argv[1], int(sys.argv[2])
notebook_file.replace(path, notebook_file.read(path), b"n" * size)
"""


def until(claim: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    until_s = time.monotonic() + _WITHIN_S
    while not claim():
        assert time.monotonic() < until_s
        time.sleep(0.0001)


@pytest.mark.fault(
    "ourselves",
    "we are killed",
    during="a command writes a file that has several names",
    shows="the file as it was, or as it was meant",
    recovers="nothing to do",
)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no signal ends a write halfway")
def test_a_file_of_several_names_is_whole_though_its_writer_is_killed(tmp_path: Path) -> None:
    path, size = tmp_path / "n.livemd", _MANY - 1_000
    path.write_bytes(b"o" * _MANY)
    os.link(path, tmp_path / "other-name")

    def begin() -> bytes:
        with path.open("rb") as file:
            return file.read(1)

    writer = subprocess.Popen((sys.executable, "-c", _WRITER, str(path), str(size)))
    until(lambda: begin() == b"n")
    writer.send_signal(signal.SIGKILL)
    assert writer.wait() == -signal.SIGKILL
    until(lambda: path.stat().st_size == size)

    assert path.read_bytes() == b"n" * size
    assert path.stat().st_nlink == 2


def test_nothing_of_what_was_there_is_behind_a_shorter_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also just before the file is as short as that: a kill can come there."""
    path, seen = tmp_path / "n.livemd", list[bytes]()
    path.write_bytes(b"# Note\n\nold, and longer\n")
    truncate = os.ftruncate

    def see(file: int, length: int) -> None:
        seen.append(path.read_bytes())
        truncate(file, length)

    monkeypatch.setattr(os, "ftruncate", see)
    before = notebook_file.read(str(path))
    assert notebook_file.put_back(str(path), before, b"# Note\n\nnew\n", None)

    assert [it.rstrip(b"\n") for it in seen] == [b"# Note\n\nnew"]
    assert path.read_bytes() == b"# Note\n\nnew\n"


@pytest.mark.parametrize("write", [write_over, write_over_outliving])
def test_what_cannot_be_written_says_why(
    tmp_path: Path, write: Callable[[int, bytes], None]
) -> None:
    path = tmp_path / "n.livemd"
    path.write_bytes(b"old")
    file = os.open(path, os.O_RDONLY)
    try:
        with pytest.raises(OSError, match="Bad file descriptor"):
            write(file, b"n" * 10_000)
    finally:
        os.close(file)

    assert path.read_bytes() == b"old"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody is forked")
def test_it_is_written_also_where_nobody_hears_of_ends(tmp_path: Path) -> None:
    path = tmp_path / "n.livemd"
    path.write_bytes(b"old and long")
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with path.open("r+b") as file:
            write_over_outliving(file.fileno(), b"new")
    finally:
        signal.signal(signal.SIGCHLD, before)

    assert path.read_bytes() == b"new"
