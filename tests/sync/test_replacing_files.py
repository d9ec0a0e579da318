"""Commands put a new text in a file's place, and the file keeps what else it is."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from livebook_ls.sync.disk import notebook_file

OLD, NEW = b"# Old\n", b"# New\n"


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="there are no extended attributes here")
def test_extended_attributes_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.livemd"
    path.write_bytes(OLD)
    try:
        os.setxattr(path, "user.mine", b"kept")
    except OSError as error:
        if error.errno != errno.ENOTSUP:
            raise
        pytest.skip("this file system has no extended attributes")

    assert notebook_file.replace(str(path), notebook_file.read(str(path)), NEW)
    assert os.getxattr(path, "user.mine") == b"kept"
    assert path.read_bytes() == NEW


@pytest.mark.fault(
    "files",
    "the name is as long as names may be",
    during="the file is put back",
    shows="nothing: it is written",
    recovers="nothing to do",
)
def test_a_name_of_the_greatest_length_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 100 + "a" * 48 + ".livemd")
    path.write_bytes(OLD)

    assert len(os.fsencode(path.name)) == 255
    assert notebook_file.replace(str(path), notebook_file.read(str(path)), NEW)
    assert path.read_bytes() == NEW
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_has_changed_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.livemd"
    path.write_bytes(OLD)
    seen = notebook_file.read(str(path))
    path.write_bytes(b"# Somebody else's\n")

    assert not notebook_file.replace(str(path), seen, NEW)
    assert path.read_bytes() == b"# Somebody else's\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    path = tmp_path / "a.livemd"
    path.write_bytes(OLD)
    seen = notebook_file.read(str(path))
    path.unlink()

    assert not notebook_file.replace(str(path), seen, NEW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS], ids=os.strerror)
@pytest.mark.parametrize("names", [1, 2])
def test_what_can_not_be_written_says_why_and_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, names: int
) -> None:
    path = tmp_path / "a.livemd"
    path.write_bytes(OLD)
    if names == 2:
        (tmp_path / "b.livemd").hardlink_to(path)
    seen = notebook_file.read(str(path))
    left = ["once"]

    def refusing(*_: int) -> None:
        if left:
            left.clear()
            raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refusing)
        # Of a file with several names, which is written in place.
        patched.setattr(os, "ftruncate", refusing)
        with pytest.raises(OSError, match=os.strerror(code)) as raised:
            notebook_file.replace(str(path), seen, NEW)

    assert raised.value.filename == str(path)
    assert path.read_bytes() == OLD
    assert len(list(tmp_path.iterdir())) == names


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="all may be written")
def test_a_file_that_is_only_to_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.livemd"
    path.write_bytes(OLD)
    path.chmod(0o400)

    with pytest.raises(PermissionError) as raised:
        notebook_file.replace(str(path), notebook_file.read(str(path)), NEW)

    assert raised.value.filename == str(path)
    assert path.read_bytes() == OLD


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system has neither writing at a place nor times set by a descriptor."""
    set_time = os.utime

    def by_name(path: str, *, ns: tuple[int, int]) -> None:
        if isinstance(path, int):
            raise TypeError("utime: path should be string, bytes or os.PathLike, not int")
        set_time(path, ns=ns)

    monkeypatch.delattr(os, "pwrite", raising=False)
    monkeypatch.setattr(os, "utime", by_name)


@pytest.mark.usefixtures("windows")
def test_a_file_is_put_back_also_where_the_system_knows_less(tmp_path: Path) -> None:
    path = tmp_path / "a.livemd"
    path.write_bytes(OLD * 3)
    is_put_back = notebook_file.put_back(
        str(path), notebook_file.read(str(path)), NEW, 1_000_000_000
    )
    seen = notebook_file.read(str(path))

    assert is_put_back
    assert (seen.data, seen.version.mtime_ns) == (NEW, 1_000_000_000)
    assert notebook_file.put_time_back(str(path), seen, 2_000_000_000)
    assert path.stat().st_mtime_ns == 2_000_000_000


def test_a_file_of_which_only_the_beginning_can_be_written_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.livemd"
    path.write_bytes(b"old words\n" * 1000)
    os.utime(path, ns=(0, 0))
    seen = notebook_file.read(str(path))
    write = os.write

    def limited(file: int, data: bytes) -> int:
        room = 4096 - os.lseek(file, 0, os.SEEK_CUR)
        if room <= 0:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return write(file, data[:room])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", limited)
        with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
            notebook_file.overwrite(str(path), seen, b"new words\n" * 1000, None)

    assert notebook_file.read(str(path)) == seen
