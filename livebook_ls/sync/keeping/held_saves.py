"""Which text of each notebook one of ours holds back from its session: where that process ends, the
session's next save may lie over it, and whoever comes next has to know.

By its digest: the text itself is among the earlier versions.
"""

from __future__ import annotations

import contextlib
import json
import os

from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder, read_state, write_private
from livebook_ls.sync.keeping.version_files import digest_of

_HELD = "held.json"


class HeldSaves:
    """The notes of all notebooks; what can't be written is no reason not to save or sync."""

    def __init__(self, folder: StateFolder, kept: KeptTexts) -> None:
        self._folder = folder
        self._kept = kept
        # The digest of what this process holds; empty where that is nothing.
        self._own: dict[str, str] = {}
        # Of which it is known what processes before this one have left.
        self._asked: set[str] = set()

    def note(self, path: str, text: str | None) -> None:
        """From now on this process holds `text` back, or nothing; what others do is theirs."""
        digest = "" if text is None else digest_of(text)
        if self._own.get(path, "") == digest:
            return
        self._own[path] = digest
        file = self._folder.file(path, _HELD)
        with contextlib.suppress(OSError):
            if digest:
                write_private(file, json.dumps({"digest": digest}).encode("ascii"))
            else:
                os.unlink(file)  # noqa: PTH108

    def forget_left(self, path: str) -> None:
        """What a process before this one has held back is accounted for."""
        with contextlib.suppress(OSError):
            os.unlink(self._folder.file(path, _HELD))  # noqa: PTH108

    def left(self, path: str) -> str | None:
        """What a process before this one has held back, the first time that is asked; None where
        nothing is known of that, or file and session were one since.
        """
        if path in self._asked:
            return None
        self._asked.add(path)
        file = self._folder.file(path, _HELD)
        found = read_state(file)
        digest = found.get("digest") if isinstance(found, dict) else None
        if not isinstance(digest, str) or self._kept.is_shared_since(path, file):
            return None
        texts = (it for it in self._kept.versions(path) if it.name.endswith(f"-{digest}"))
        return next(filter(None, map(self._kept.text, texts)), None)
