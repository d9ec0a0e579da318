"""What was seen besides the answer, looked for again; methods are named after recorded keys."""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.support.contract.recordings import Case
from tests.support.contract.target import Answer, Target

# Only who waits in vain waits so long.
_PATIENCE_S = 60.0
_ONLY_INSIDE = "seen only inside Livebook or its browser page"
UNCHECKED: Mapping[str, str] = {
    "B_overwritten_before_second_sync": "a race, counted over many rounds",
    "browser_cell_kept": _ONLY_INSIDE,
    "dirty": _ONLY_INSIDE,
    "dirty_before": _ONLY_INSIDE,
    "dirty_right_after_open": _ONLY_INSIDE,
    "evaluation": _ONLY_INSIDE,
    "file_has_later_cell": _ONLY_INSIDE,
    "import_of_edited_text": "the exception's words, which no client sees",
    "ms_until_file_overwritten": "a time",
    "ms_until_file_rewritten": "a time",
    "ms_until_file_rewritten_after_sync_answer": "a time",
    "ms_until_mtime_changed": "a time",
    "note": "words",
    "results": "a race, counted over many rounds",
    "rounds": "a race, counted over many rounds",
    "session_after": "the same as crashed",
    "session_before": "the same as crashed",
    "session_dirty_before": _ONLY_INSIDE,
    "session_ids": "the same as new_session_id",
    "session_source": _ONLY_INSIDE,
    "sizes": "a matter of luck: another reader caught the file half written",
    "summary": "the cases before, once more",
    "syncs_sent": "what the recording's own watcher did",
    "unsaved_cell_survives": _ONLY_INSIDE,
}


class Checks:
    """Remembers the files before the request, and compares after it."""

    def __init__(
        self,
        target: Target,
        folder: Path,
        case: Case,
        seen: Mapping[str, Any],
        opened: Mapping[str, str],
    ) -> None:
        self._target = target
        self._case = case
        self._seen = seen
        self._opened = opened
        self._paths = {key: folder / name for key, name in case.then.items()}
        self._before = {path: _state(path) for path in self._paths.values()}

    def check(self, answer: Answer) -> None:
        """Compare all that was seen; fails on anything seen that nobody looks at."""
        table: Mapping[str, Callable[[Path, Any, Answer], None]] = {
            "bytes_same": self._bytes_same,
            "crashed": self._crashed,
            "edit_lost": self._edit_lost,
            "file_after": self._file_after,
            "file_after_6s": self._file_after,
            "file_after_autosave": self._file_after,
            "file_before": self._file_before,
            "file_recreated": self._file_recreated,
            "file_rewritten": self._mtime_changed,
            "file_untouched": self._file_untouched,
            "inode_same": self._inode_same,
            "mtime_changed": self._mtime_changed,
            "new_session": self._new_session,
            "new_session_id": self._new_session,
            "same_path": self._same_path,
            "same_session": self._same_session,
            "session_alive": self._session_alive,
        }
        unlooked = set(self._seen) - set(self._case.then) - set(self._case.unchecked)

        assert unlooked <= set(UNCHECKED)
        # Asking whether a session lives is itself a sync, so it comes last.
        for key in sorted(self._case.then, key=lambda key: key in ("session_alive", "crashed")):
            table[key](self._paths[key], self._seen[key], answer)

    def _file_before(self, path: Path, recorded: Any, _: Answer) -> None:
        assert self._before[path][0] == _bytes(recorded)

    def _file_after(self, path: Path, recorded: Any, _: Answer) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while path.read_bytes() != _bytes(recorded) and time.monotonic() < deadline:
            time.sleep(0.02)

        assert path.read_bytes() == _bytes(recorded)

    def _file_untouched(self, path: Path, recorded: Any, _: Answer) -> None:
        assert (_state(path) == self._before[path]) is recorded

    def _mtime_changed(self, path: Path, recorded: Any, _: Answer) -> None:
        if not recorded:
            time.sleep(self._target.idle_s)

        assert (_state(path)[1] != self._before[path][1]) is recorded

    def _bytes_same(self, path: Path, recorded: Any, _: Answer) -> None:
        self._wait_until_rewritten(path)

        assert (_state(path)[0] == self._before[path][0]) is recorded

    def _inode_same(self, path: Path, recorded: Any, _: Answer) -> None:
        self._wait_until_rewritten(path)

        assert (_state(path)[2] == self._before[path][2]) is recorded

    def _wait_until_rewritten(self, path: Path) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while _state(path)[1] == self._before[path][1]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        self._target.settle()

    def _edit_lost(self, path: Path, recorded: Any, _: Answer) -> None:
        edited = path.read_bytes()
        self._target.autosave(str(path))

        assert (path.read_bytes() != edited) is recorded

    def _file_recreated(self, path: Path, recorded: Any, _: Answer) -> None:
        assert path.exists() is recorded

    def _session_alive(self, path: Path, recorded: Any, _: Answer) -> None:
        assert self._is_alive(path) is bool(recorded)

    def _crashed(self, path: Path, recorded: Any, _: Answer) -> None:
        assert self._is_alive(path) is not recorded

    def _is_alive(self, path: Path) -> bool:
        return self._target.post("/dev/sync", {"file": str(path)}).status == 200

    def _same_path(self, path: Path, recorded: Any, answer: Answer) -> None:
        assert (json.loads(answer.body)["path"] == self._opened[path.name]) is recorded

    def _same_session(self, _: Path, recorded: Any, answer: Answer) -> None:
        assert (json.loads(answer.body)["path"] in self._opened.values()) is recorded

    def _new_session(self, path: Path, recorded: Any, answer: Answer) -> None:
        assert (json.loads(answer.body)["path"] != self._opened[path.name]) is recorded


def _state(path: Path) -> tuple[bytes, int, int]:
    if not path.exists():
        return b"", 0, 0
    stat = path.stat()
    return path.read_bytes(), stat.st_mtime_ns, stat.st_ino


def _bytes(recorded: str) -> bytes:
    """Recorded content: text, or a literal of bytes."""
    if recorded.startswith("b'"):
        return bytes(ast.literal_eval(recorded))
    return recorded.encode()
