"""The versions of one notebook as files of a folder, whose names say when and whose they are.

A name has its place among the others, which is a time that no older one has, its origin, the time
when it was kept, and what tells its text; without that time the place is it.

Which are too many, too large or too old is known here; what is a notebook's folder is not.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from pathlib import Path

from livebook_ls import clock
from livebook_ls.notebook.edits import common_ends
from livebook_ls.sync.disk import regular_file
from livebook_ls.sync.keeping.state_folder import write_private

# So long versions are had back.
KEPT_S = 14 * 24 * 3600.0
_MOST_VERSIONS = 40
_MOST_BYTES = 8_000_000
# What a save replaced, the save itself, and what comes of it stay whatever their size, nearly.
_NEWEST = 4
_MOST_BYTES_OF_NEWEST = 64_000_000
# Which came first of a save and what was found since is asked for no longer than that.
_REPEATS_KEPT_S = 60.0
# Somebody who types is looked at several times in so long.
_PASSES_WITHIN_NS = 3_000_000_000
_SUFFIX = ".livemd"
# A place: no time before the year 2255 has more digits, and what comes after it has as many.
_NAME = re.compile(r"(0[0-8]\d{18})-([a-z]+)-(?:(0[0-8]\d{18})-)?[0-9a-f]{16}\.livemd", re.ASCII)


class VersionOrigin(Enum):
    """Whose text a version is; the values stand in file names."""

    SAVED = "saved"
    FOUND = "found"
    BROWSER = "browser"

    @property
    def words(self) -> str:
        """The same for people."""
        return _WORDS[self]


_WORDS = {
    VersionOrigin.SAVED: "saved here",
    VersionOrigin.FOUND: "found in the file",
    VersionOrigin.BROWSER: "edited in the browser",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVersion:
    """A text that was kept: `name` tells it from all others, `kept_s` is a time since 1970."""

    name: str
    kept_s: float
    origin: VersionOrigin
    size: int
    file: Path


def write(folder: str, text: str, origin: VersionOrigin, newest: str) -> str:
    """Write a version down as the one after the `newest`; its name. Raises OSError."""
    now_ns = clock.unix_ns()
    # A clock may be put back; the newest is who came last, and has the time that it has.
    place = max(now_ns, int(newest.partition("-")[0] or 0) + 1)
    name = f"{place:020d}-{origin.value}-{now_ns:020d}-{digest_of(text)}"
    write_private(f"{folder}{os.sep}{name}{_SUFFIX}", _bytes(text))
    return name


def digest_of(text: str) -> str:
    """What a version with this text is told by: its name ends with it."""
    return hashlib.sha256(_bytes(text)).hexdigest()[:16]


def text_of(file: Path) -> str | None:
    """A version's text; None where it is gone by now."""
    try:
        return regular_file.read(str(file)).decode("utf-8", "surrogatepass")
    except (OSError, ValueError):
        return None


def versions(folder: str) -> list[KeptVersion]:
    """All that are there, the newest first. Raises OSError."""
    return list(_found(folder))


def newest_name(folder: str) -> str:
    """The name of the newest version; empty where there is none. Raises OSError."""
    try:
        newest = next(iter(_entries(folder)), None)
    except FileNotFoundError:
        return ""
    return newest.name.removesuffix(_SUFFIX) if newest else ""


def take_away(folder: str, believed_s: float, spared: str = "") -> None:
    """Take away what is too much, or too old by the time that is believed (`believed_time`), but
    never the newest version, nor the one of the name `spared`; one that is too large by itself
    takes the room of no other, nor do the newest few.

    What is there once more, newer and by the same origin, stays for a little while, and takes the
    room of no other; so does what the browser had while somebody typed on. Raises OSError.
    """
    entries = [it for it in _entries(folder) if it.name != f"{spared}{_SUFFIX}"]
    newest = {_what(it.name): it for it in reversed(entries)}
    single = [it for it in entries if newest[_what(it.name)] is it]
    if len(single) > _MOST_VERSIONS:
        passing = _typed_on(single)
        single = [it for it in single if it.name not in passing]
    repeats = [it for it in entries if it not in single]
    # Whatever the clock says: the text of a repeat is there once more.
    repeats_from_s = clock.unix_s() - _REPEATS_KEPT_S
    over = (*_left_over(single, believed_s - KEPT_S), *_left_over(repeats, repeats_from_s))
    for it in over:
        # Another process may just do the same.
        if it is not entries[0]:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(it.path)  # noqa: PTH108


def _typed_on(entries: list[os.DirEntry[str]]) -> set[str]:
    """The names of those, the newest first, that a browser had a moment before it had just that and
    more at one place.
    """
    browsers = [it for it in entries if _what(it.name)[0] == VersionOrigin.BROWSER.value]
    return {
        before.name
        for after, before in pairwise(browsers)
        if 0 <= _kept_ns(after.name) - _kept_ns(before.name) < _PASSES_WITHIN_NS
        and _is_more(text_of(Path(after.path)), text_of(Path(before.path)))
    }


def _is_more(after: str | None, before: str | None) -> bool:
    """Whether one text is the other with something put in."""
    if after is None or before is None:
        return False
    return sum(common_ends(before, after)) == len(before)


def _left_over(entries: list[os.DirEntry[str]], from_s: float) -> Iterator[os.DirEntry[str]]:
    """Which of these, the newest first, are too much or from before that time."""
    room, room_of_newest = _MOST_BYTES, _MOST_BYTES_OF_NEWEST
    now_ns, from_ns = clock.unix_ns(), int(from_s * 1e9)
    for place, entry in enumerate(entries):
        with contextlib.suppress(FileNotFoundError):
            size = entry.stat().st_size
            is_newest = place < _NEWEST and size <= room_of_newest
            is_too_much = place >= _MOST_VERSIONS or not (is_newest or size <= room)
            if is_too_much or _not_before_ns(entry.name, now_ns) < from_ns:
                yield entry
            elif is_newest:
                room_of_newest -= size
            else:
                room -= size


def _found(folder: str) -> Iterator[KeptVersion]:
    for entry in _entries(folder):
        # It may be gone by now, or of an origin that only later programs know.
        with contextlib.suppress(ValueError, OSError):
            yield KeptVersion(
                name=entry.name.removesuffix(_SUFFIX),
                kept_s=_kept_ns(entry.name) / 1e9,
                origin=VersionOrigin(entry.name.split("-")[1]),
                size=entry.stat().st_size,
                file=Path(entry.path),
            )


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """The files that are versions, the newest first. Raises OSError.

    A save waits for it: entries of a folder take a tenth of the time that paths do.
    """
    with os.scandir(folder) as found:
        return sorted(filter(_is_version, found), key=_name, reverse=True)


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _what(name: str) -> tuple[str, str]:
    """Of what origin a version is, and what its text is told by."""
    parts = name.split("-")
    return parts[1], parts[-1]


def _is_version(entry: os.DirEntry[str]) -> bool:
    return _NAME.fullmatch(entry.name) is not None and entry.is_file(follow_symlinks=False)


def _kept_ns(name: str) -> int:
    """When the version of this name was kept."""
    place, _, *time, _ = name.split("-")
    return int(time[0] if time else place)


def _not_before_ns(name: str, now_ns: int) -> int:
    """When the version of this name was kept; what was kept after another is no older than that,
    whatever a clock said that was in the past, unless that other was kept by one that was ahead.
    """
    place_ns = int(name.partition("-")[0])
    return place_ns if place_ns <= now_ns else _kept_ns(name)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
