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


class Memory:
    """The files in one folder; none is made before it is needed."""

    __slots__ = ("folder",)

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.folder = _cache(environ)

    def held(self, path: str) -> tuple[str, str] | None:
        """The notebook's session, and what it held when that was last known."""
        from livebook_ls.sync.disk import regular_file

        try:
            file = self._file("held", path)
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
            self._write(self._file("held", path), f"{session_path}\n{text}".encode())
        except (OSError, ValueError):
            return

    def forget(self, path: str) -> None:
        """No session is known for the notebook."""
        try:
            os.unlink(self._file("held", path))
        except OSError:
            return

    def late(self, path: str) -> tuple[str, str] | None:
        """The notebook before and after an edit whose sync nobody has seen the end of."""
        from livebook_ls.sync.disk import regular_file

        try:
            data = regular_file.read(self._file("late", path))
            before, _, after = data.decode("utf-8").partition("\0")
        except (OSError, ValueError):
            return None
        return before, after

    def be_late(self, path: str, before: str, after: str) -> None:
        """The sync of an edit goes on, or has failed, and is seen to at the end of the turn."""
        try:
            self._write(self._file("late", path), f"{before}\0{after}".encode())
        except (OSError, ValueError):
            return

    def forget_late(self, path: str) -> None:
        """What the notebook's file has is known, or was written anew."""
        try:
            os.unlink(self._file("late", path))
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
        """The notebooks that were changed there, and have not come to their sessions yet."""
        return self._paths("owed", folder)

    def owe(self, folder: str, paths: Collection[str]) -> None:
        """These, and no others, are still to be synced there."""
        self._note_paths("owed", folder, paths)

    def owes(self, folder: str) -> bool:
        """Whether there are any."""
        return os.path.exists(self._file("owed", folder))

    def attach(self, folder: str, paths: Collection[str]) -> None:
        """These, too, had a session when they were last seen."""
        known = self._paths("attached", folder)
        # Mostly the one that is edited was so before, too.
        if new := [it for it in paths if it not in known]:
            self._note_paths("attached", folder, [*known, *new][-_MOST_ATTACHED:])

    def gone(self, folder: str) -> list[str]:
        """The files that are there no more of those that had a session."""
        return [it for it in self._paths("attached", folder) if not os.path.lexists(it)]

    def let_go(self, folder: str, paths: Collection[str]) -> None:
        """What became of these is told."""
        known = self._paths("attached", folder)
        self._note_paths("attached", folder, [it for it in known if it not in paths])

    def _paths(self, kind: str, folder: str) -> list[str]:
        file = self._file(kind, folder)
        if not os.path.exists(file):
            # As mostly, and then nothing is loaded.
            return []
        from livebook_ls.sync.disk import regular_file

        try:
            data = regular_file.read(file)
            return data.decode("utf-8", "surrogatepass").split("\0") if data else []
        except (OSError, ValueError):
            return []

    def _note_paths(self, kind: str, folder: str, paths: Collection[str]) -> None:
        try:
            file = self._file(kind, folder)
            if paths:
                self._write(file, "\0".join(paths).encode("utf-8", "surrogatepass"))
            elif os.path.exists(file):
                os.unlink(file)
        except OSError:
            return

    def _file(self, kind: str, path: str) -> str:
        # Two sums: not against an enemy, who can't write here, but against chance.
        data = path.encode("utf-8", "surrogatepass")
        name = f"{kind}-{zlib.crc32(data):08x}{zlib.adler32(data):08x}"
        return os.path.join(self.folder, name)

    def _write(self, file: str, data: bytes) -> None:
        if not os.path.isdir(self.folder):
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
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
                if entry.stat().st_mtime < oldest_s:
                    os.unlink(entry.path)
            except OSError:
                continue


def _cache(environ: Mapping[str, str]) -> str:
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        base = environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    elif sys.platform == "darwin":
        base = os.path.join(home, "Library", "Caches")
    else:
        base = environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    return os.path.join(base, "livebook-ls", "agents")
