"""The last texts of each notebook, and the one that file and session were last seen to share.

A text is kept before anything may replace it, so that it can be had back (`livebook-ls restore`,
and the editors' own list). The common text is what a merge starts from. What can't be kept, as on a
full disk, is no reason not to save or sync: nothing here raises.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from livebook_ls import clock
from livebook_ls.sync.keeping import clearing, version_files
from livebook_ls.sync.keeping.believed_time import believed_s
from livebook_ls.sync.keeping.state_folder import (
    StateFolder,
    is_session,
    read_state,
    write_private,
)
from livebook_ls.sync.keeping.version_files import KeptVersion, VersionOrigin, digest_of

logger = logging.getLogger(__name__)

# Of those that were sent longer ago Livebook writes nothing any more.
_NEWEST_WITHIN_S = 10.0
_MOST_NEWEST = 4
# As many of what our processes have saved or found are looked at, of which a script writes ten a
# second.
_MOST_BROUGHT = 40
# What is too much is looked for with each eighth text, or when so many characters were kept.
_LOOK_EACH, _LOOK_EACH_CHARACTERS, _LOOK_EACH_S = 8, 500_000, 3600.0
_VERSIONS, _COMMON = "versions", "common.json"
# Of so many notebooks something is remembered, which files say as well.
_MOST_REMEMBERED = 100
# No notebook is named, nor its text: only where it failed.
_NOT_KEPT = "What is written over can't be had back, for nothing can be kept in %s: %s. %s"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class CommonText:
    """What file and session were last both seen to hold, and the session's path."""

    text: str
    session_path: str | None


class KeptTexts:
    """All notebooks' texts. Methods block for a short while; several processes may use one folder.

    Bounded per notebook in number, bytes and days, and in bytes for all of them together.
    """

    def __init__(self, folder: StateFolder) -> None:
        self._folder = folder
        self._is_cleared = False
        # The reason why nothing is kept, as it was said.
        self._told = ""
        # By the file's time, for it is asked for at every turn.
        self._common: dict[str, tuple[int, CommonText | None]] = {}
        # The folder's time and the name of its newest version, as we left them.
        self._newest: dict[str, tuple[int | None, str]] = {}
        # How many more texts and characters are kept before what is too much is looked for, and
        # when that was done last.
        self._until_look: dict[str, tuple[int, int, float]] = {}
        # A save is kept as it comes and asked for before it is sent, which may be at once.
        self._keeping = threading.Lock()

    def keep(
        self, path: str, text: str, origin: VersionOrigin, *, spared: KeptVersion | None = None
    ) -> bool:
        """Keep a text of the notebook at `path`; the one that was kept last is not kept twice, but
        where people write what the browser had.

        Whether it can be had back now, which is for who writes over it on purpose. No room is made
        for it by the version that is `spared`, with which that is to happen.
        """
        with self._keeping:
            return self._keep(path, text, origin, spared.name if spared else "")

    def versions(self, path: str) -> tuple[KeptVersion, ...]:
        """What was kept of the notebook at `path`, the newest first."""
        try:
            return tuple(version_files.versions(self._folder.file(path, _VERSIONS)))
        except OSError:
            return ()

    def was_written(self, path: str, text: str) -> bool:
        """Whether a text is known to have been saved by an editor, or written into the file by
        others than its session.
        """
        written = (it for it in self.versions(path) if it.origin is not VersionOrigin.BROWSER)
        digest = digest_of(text)
        return any(it.name.endswith(digest) for it in written)

    def was_browsers(self, path: str, text: str) -> bool:
        """Whether its session was seen to hold this text, and nobody else has written it."""
        digest = digest_of(text)
        origins = {it.origin for it in self.versions(path) if it.name.endswith(digest)}
        return origins == {VersionOrigin.BROWSER}

    def was_just_written(self, path: str, text: str) -> bool:
        """Whether this is what was kept last, and no session's: somebody wrote it on purpose."""
        newest = next(iter(self.versions(path)), None)
        if newest is None or newest.origin is VersionOrigin.BROWSER:
            return False
        return newest.name.endswith(digest_of(text))

    def written_lately(self, path: str) -> Iterator[str]:
        """What was saved by an editor or found in the file within the last seconds."""
        return self._texts_written(filter(_is_recent, self.versions(path)))

    def text(self, version: KeptVersion) -> str | None:
        """A version's text; None where it is gone by now."""
        return version_files.text_of(version.file)

    def before_now(self, path: str, text: str) -> Callable[[], tuple[str, ...]]:
        """What was kept before `text` within the last seconds, or before now where that was not
        kept; the newest first, a few at the most. Looked for when it is asked for.
        """
        now_s, digest = clock.unix_s(), digest_of(text)

        def before() -> tuple[str, ...]:
            found = [it for it in self.versions(path) if it.kept_s <= now_s]
            place = next((at for at, it in enumerate(found) if it.name.endswith(digest)), -1)
            recent = [it for it in found[place + 1 :] if it.kept_s >= now_s - _NEWEST_WITHIN_S]
            return tuple(it for it in map(self.text, recent[:_MOST_NEWEST]) if it is not None)

        return before

    def written_around(self, path: str, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What was saved by an editor or found in the file after `text` was kept, and what before,
        each the newest first, a few texts at the most; nothing where that was long ago.
        """
        versions = self.versions(path)
        digest = digest_of(text)
        place = next((at for at, it in enumerate(versions) if it.name.endswith(digest)), None)
        if place is None or not _is_recent(versions[place]):
            return (), ()
        return self._written(versions[:place]), self._written(versions[place + 1 :])

    def share(self, path: str, text: str, session_path: str | None) -> None:
        """File and session were both seen to hold `text`."""
        if self.common(path) == CommonText(text, session_path):
            return
        content = json.dumps({"session": session_path, "text": text}).encode("ascii")
        try:
            write_private(self._folder.file(path, _COMMON), content)
        except OSError as error:
            self._tell(error)

    def common(self, path: str) -> CommonText | None:
        """What the notebook's file and session were last both seen to hold, if that is known."""
        file = self._folder.file(path, _COMMON)
        time_ns = _time_ns(file)
        if time_ns is None:
            return None
        known = self._common.get(file)
        if known is None or known[0] != time_ns:
            known = time_ns, _common(file)
            _remember(self._common, file, known)
        return known[1]

    def brought(self, path: str) -> Iterator[str]:
        """What any of our processes may have brought into the session lately, the newest first."""
        yield from self._texts_written(self.versions(path)[:_MOST_BROUGHT])
        if common := self.common(path):
            yield common.text

    def written_since_shared(self, path: str) -> Iterator[str]:
        """What was saved by an editor or found in the file after what that and the session share
        was kept, the newest first; whoever has had it synced may have ended before that was noted.
        """
        common, shared_ns = self.common(path), _time_ns(self._folder.file(path, _COMMON))
        if common is None or shared_ns is None:
            return iter(())
        versions, digest = self.versions(path), digest_of(common.text)
        times = [_time_ns(str(it.file)) or 0 for it in versions]
        # It may have been noted late, when others had kept more.
        for place, (it, time_ns) in enumerate(zip(versions, times, strict=True)):
            if it.name.endswith(digest) and time_ns <= shared_ns:
                return self._texts_written(versions[:place])
        later = (it for it, time_ns in zip(versions, times, strict=True) if time_ns > shared_ns)
        return self._texts_written(later)

    def unsent(self, path: str) -> str | None:
        """What an editor has saved last, where nobody of ours has seen it in the session since, and
        somebody has written the file right after it: a process that has ended then told nobody.
        """
        written = (it for it in self.versions(path) if it.origin is not VersionOrigin.BROWSER)
        newest = next(written, None)
        if newest is None or newest.origin is not VersionOrigin.SAVED:
            return None
        written_ns = _time_ns(path)
        if written_ns is None or self.is_shared_since(path, str(newest.file)):
            return None
        is_right_after = 0.0 < written_ns / 1e9 - newest.kept_s < _NEWEST_WITHIN_S
        return self.text(newest) if is_right_after else None

    def is_shared_since(self, path: str, file: str) -> bool:
        """Whether file and session were seen to hold the same since this `file` was written."""
        shared_ns, written_ns = _time_ns(self._folder.file(path, _COMMON)), _time_ns(file)
        return shared_ns is not None and written_ns is not None and shared_ns > written_ns

    def _written(self, versions: Sequence[KeptVersion]) -> tuple[str, ...]:
        """Of these the texts that are no browser's, a few at the most."""
        written = [it for it in versions if it.origin is not VersionOrigin.BROWSER][:_MOST_NEWEST]
        return tuple(self._texts_written(written))

    def _texts_written(self, versions: Iterable[KeptVersion]) -> Iterator[str]:
        """Of these the texts that are no browser's."""
        for it in versions:
            if it.origin is not VersionOrigin.BROWSER and (text := self.text(it)) is not None:
                yield text

    def _keep(self, path: str, text: str, origin: VersionOrigin, spared: str) -> bool:
        digest = digest_of(text)
        folder = self._folder.file(path, _VERSIONS)
        try:
            newest = self._newest_name(folder)
            # Who writes what the browser has makes it no session's writing (`was_written`).
            is_its = newest.endswith(digest)
            if not is_its or (_is_browsers(newest) and origin is not VersionOrigin.BROWSER):
                newest = version_files.write(folder, text, origin, newest)
                self._take_away(folder, len(text), spared)
                self._clear_once(path)
            _remember(self._newest, folder, (_time_ns(folder), newest))
            return True
        except OSError as error:
            self._tell(error)
            return any(it.name.endswith(digest) for it in self.versions(path))

    def _tell(self, error: OSError) -> None:
        """Say that nothing is kept, once for each reason: the same command keeps several texts."""
        reason = (error.strerror or "it can't be written").lower()
        if reason != self._told:
            self._told = reason
            logger.warning(_NOT_KEPT, self._folder.path, reason, self._folder.advice)

    def _newest_name(self, folder: str) -> str:
        """The newest version's, which is looked for only where others may have written since."""
        time_ns, name = self._newest.get(folder, (None, ""))
        return name if time_ns == _time_ns(folder) else version_files.newest_name(folder)

    def _take_away(self, folder: str, size: int, spared: str) -> None:
        """Take away what is too much or too old, but for the `spared` one, once enough was kept
        since the last time, or long ago: to look through all takes three times as long as to keep a
        text, and a save waits for that.
        """
        count, room, looked_s = self._until_look.get(folder, (0, 0, 0.0))
        is_long_ago = abs(clock.unix_s() - looked_s) > _LOOK_EACH_S
        if count <= 0 or room < size or is_long_ago:
            version_files.take_away(folder, believed_s(self._folder), spared)
            count, room, looked_s = _LOOK_EACH, _LOOK_EACH_CHARACTERS, clock.unix_s()
        _remember(self._until_look, folder, (count - 1, room - size, looked_s))

    def _clear_once(self, path: str) -> None:
        """Once per process: take away what is too old, or too much for all notebooks together, but
        not from the folder of the notebook at `path`, which was just kept.
        """
        if self._is_cleared:
            return
        self._is_cleared = True
        clearing.clear(self._folder, self._folder.of(path), believed_s(self._folder))


def _is_recent(version: KeptVersion) -> bool:
    """Whether it was kept within the last seconds; one that a clock was ahead for never is."""
    return abs(clock.unix_s() - version.kept_s) <= _NEWEST_WITHIN_S


def _remember(known: dict[str, _T], key: str, value: _T) -> None:
    """Know it, and forget what was known longest where that is of very many."""
    known.pop(key, None)
    known[key] = value
    if len(known) > _MOST_REMEMBERED:
        del known[next(iter(known))]


def _common(file: str) -> CommonText | None:
    found = read_state(file)
    if not isinstance(found, dict):
        return None
    text, session_path = found.get("text"), found.get("session")
    if isinstance(text, str) and is_session(session_path):
        return CommonText(text, session_path)
    return None


def _is_browsers(name: str) -> bool:
    return f"-{VersionOrigin.BROWSER.value}-" in name


def _time_ns(path: str) -> int | None:
    """When a file, or a folder's entries, last changed; None where it isn't there."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116
    except OSError:
        return None
