"""What one hook process leaves for the next: what a session holds, when a folder was looked at, and
which notebooks there are still to be synced, or had a session.

Small files in the user's cache, readable by the user alone and gone after a day. Without them
everything works, only with less foresight: so whatever fails here is as if there were none.
"""

from __future__ import annotations

import os
import sys
import zlib

from livebook_ls import clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_KEPT_S = 24 * 3600
# Times of files may lag behind the clock by a tick.
_TICK_NS = 20_000_000
# A first look, when nobody has looked before, goes back so far: commands may take minutes.
_FIRST_LOOK_NS = 600_000_000_000
# Whether their files are there is looked at after each command.
_MOST_ATTACHED = 100
# The folders of what is noted of notebooks.
_OWED, _ATTACHED = "unsynced", "opened"
# What is written whole, unlike the file that becomes that.
_NOTED = ".path"


class Memory:
    """The files in one folder; none is made before it is needed."""

    __slots__ = ("folder",)

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.folder = _cache(environ)

    def held(self, path: str) -> tuple[str, str] | None:
        """The notebook's session, and what it held when that was last known."""
        from livebook_ls.sync.disk import regular_file

        try:
            file = self._file_of("held", path)
            if clock.unix_s() - os.stat(file).st_mtime > _KEPT_S:
                return None
            session_path, _, text = regular_file.read(file).decode("utf-8").partition("\n")
            return session_path, text
        except (OSError, ValueError):
            return None

    def holds(self, path: str, text: str) -> bool:
        """Whether the notebook's session was last known to hold just this."""
        held = self.held(path)
        return held is not None and held[1] == text

    def hold(self, path: str, session_path: str, text: str) -> None:
        """The notebook's session now holds `text`."""
        try:
            self._write(self._file_of("held", path), f"{session_path}\n{text}".encode())
        except (OSError, ValueError):
            return

    def forget(self, path: str) -> None:
        """No session is known for the notebook."""
        try:
            os.unlink(self._file_of("held", path))
        except OSError:
            return

    def late(self, path: str) -> tuple[str, str] | None:
        """The notebook before and after an edit whose sync nobody has seen the end of."""
        from livebook_ls.sync.disk import regular_file

        try:
            data = regular_file.read(self._file_of("late", path))
            before, _, after = data.decode("utf-8").partition("\0")
        except (OSError, ValueError):
            return None
        return before, after

    def be_late(self, path: str, before: str, after: str) -> None:
        """The sync of an edit goes on, or has failed, and is seen to at the end of the turn."""
        try:
            self._write(self._file_of("late", path), f"{before}\0{after}".encode())
        except (OSError, ValueError):
            return

    def forget_late(self, path: str) -> None:
        """What the notebook's file has is known, or was written anew."""
        try:
            os.unlink(self._file_of("late", path))
        except OSError:
            return

    def looked_ns(self, folder: str) -> int:
        """When somebody last looked for changed notebooks there, else a short while ago; who did
        while the clock was ahead has not.
        """
        now_ns = clock.unix_ns()
        lately_ns = now_ns - _FIRST_LOOK_NS
        try:
            looked_ns = os.stat(self._file("looked", folder)).st_mtime_ns
        except OSError:
            return lately_ns
        return looked_ns if looked_ns <= now_ns else lately_ns

    def look(self, folder: str, at_ns: int) -> None:
        """Somebody looked there at that time."""
        try:
            file = self._file("looked", folder)
            self._write(file, b"")
            os.utime(file, ns=(at_ns - _TICK_NS, at_ns - _TICK_NS))
        except OSError:
            return

    def owed(self, folder: str) -> list[str]:
        """The notebooks that were changed there, and have not come to their sessions yet, in the
        order in which they were.
        """
        return self._noted(_OWED, folder)

    def owe(self, folder: str, paths: Collection[str]) -> None:
        """These, too, are still to be synced there."""
        self._note(_OWED, folder, paths)

    def settle(self, folder: str, paths: Collection[str]) -> None:
        """These have come to their sessions, or needn't."""
        self._strike(_OWED, folder, paths)

    def owes(self, folder: str) -> bool:
        """Whether there are any."""
        return bool(self.owed(folder))

    def attach(self, folder: str, paths: Collection[str]) -> None:
        """These, too, had a session when they were last seen."""
        self._note(_ATTACHED, folder, paths)

    def gone(self, folder: str) -> list[str]:
        """The files that are there no more of those that had a session."""
        lately = self._noted(_ATTACHED, folder)[-_MOST_ATTACHED:]
        return [it for it in lately if not os.path.lexists(it)]

    def let_go(self, folder: str, paths: Collection[str]) -> None:
        """What became of these is told."""
        self._strike(_ATTACHED, folder, paths)

    def _noted(self, kind: str, folder: str) -> list[str]:
        """The notebooks noted so, by when they were."""
        inside = self._file(kind, folder)
        try:
            names = os.listdir(inside)
        except OSError:
            # As mostly, and then nothing is loaded.
            return []
        from livebook_ls.sync.disk import regular_file

        noted = []
        for name in names:
            try:
                if name.endswith(_NOTED):
                    file = os.path.join(inside, name)
                    path = regular_file.read(file).decode("utf-8", "surrogatepass")
                    noted.append((os.stat(file).st_mtime_ns, path))
            except (OSError, ValueError):
                # Another hook has just taken it away.
                continue
        return [path for _, path in sorted(noted)]

    def _note(self, kind: str, folder: str, paths: Collection[str]) -> None:
        """A file for each, which no other hook writes at once with another content."""
        inside = self._file(kind, folder)
        for path in paths:
            file = os.path.join(inside, _name(path) + _NOTED)
            if _is_touched(file):
                # Mostly the one that is edited was noted before.
                continue
            try:
                self._write(file, path.encode("utf-8", "surrogatepass"))
            except OSError:
                continue

    def _strike(self, kind: str, folder: str, paths: Collection[str]) -> None:
        inside = self._file(kind, folder)
        for path in paths:
            try:
                os.unlink(os.path.join(inside, _name(path) + _NOTED))
            except OSError:
                continue

    def _file(self, kind: str, path: str) -> str:
        return os.path.join(self.folder, f"{kind}-{_name(path)}")

    def _file_of(self, kind: str, path: str) -> str:
        """The same for a notebook's real file, which its session is of: links are swapped."""
        return self._file(kind, os.path.realpath(path))

    def _write(self, file: str, data: bytes) -> None:
        for folder in (self.folder, os.path.dirname(file)):
            # Each by itself: those above the last would be anybody's to read.
            if not os.path.isdir(folder):
                os.makedirs(folder, mode=0o700, exist_ok=True)
        self._clear()
        new = f"{file}.{os.getpid()}"
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as opened:
            opened.write(data)
        os.replace(new, file)

    def _clear(self) -> None:
        """Take away what is older than a day."""
        oldest_s = clock.unix_s() - _KEPT_S
        for entry in os.scandir(self.folder):
            try:
                if entry.is_dir(follow_symlinks=False):
                    _clear_noted(entry.path, oldest_s)
                elif entry.stat().st_mtime < oldest_s:
                    os.unlink(entry.path)
            except OSError:
                continue


def _is_touched(file: str) -> bool:
    """Whether the file was there, and is as one that was written now."""
    try:
        os.utime(file)
    except OSError:
        return False
    return True


def _clear_noted(folder: str, oldest_s: float) -> None:
    """The same with notes of notebooks, and with their folder where nobody is about to note one."""
    notes = list(os.scandir(folder))
    for entry in notes:
        if entry.stat().st_mtime < oldest_s:
            os.unlink(entry.path)
    if not notes and os.stat(folder).st_mtime < oldest_s:
        os.rmdir(folder)


def _name(path: str) -> str:
    # Two sums: not against an enemy, who can't write here, but against chance.
    data = path.encode("utf-8", "surrogatepass")
    return f"{zlib.crc32(data):08x}{zlib.adler32(data):08x}"


def _cache(environ: Mapping[str, str]) -> str:
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        base = environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    elif sys.platform == "darwin":
        base = os.path.join(home, "Library", "Caches")
    else:
        base = environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    return os.path.join(base, "livebook-ls", "agents")
