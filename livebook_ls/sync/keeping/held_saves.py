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
_SETTLED = "settled.json"


class HeldSaves:
    """The notes of all notebooks; what can't be written is no reason not to save or sync."""

    def __init__(self, folder: StateFolder, kept: KeptTexts) -> None:
        self._folder = folder
        self._kept = kept
        # The digest of what this process holds; empty where that is nothing.
        self._own: dict[str, str] = {}
        # Of which it is known what processes before this one have left.
        self._asked: set[str] = set()
        # The time of the choice by others that this process has accounted for last.
        self._accounted: dict[str, int | None] = {}

    def note(self, path: str, text: str | None) -> None:
        """From now on this process holds `text` back, or nothing; what others do is theirs."""
        digest = "" if text is None else digest_of(text)
        if self._own.get(path, "") == digest:
            return
        self._own[path] = digest
        if digest:
            self._write(path, _HELD, digest)
            # What was chosen of the same text before was another conflict.
            self._remove(path, _SETTLED)
        else:
            self._remove(path, _HELD)

    def forget_left(self, path: str) -> None:
        """What a process before this one has held back is accounted for."""
        self._remove(path, _HELD)

    def note_settled(self, path: str, text: str) -> None:
        """People have chosen what becomes of `text`, which others of ours may still hold back."""
        self._write(path, _SETTLED, digest_of(text))

    def is_settled(self, path: str, text: str) -> bool:
        """Whether what this process holds back was settled by another of ours, and it has not
        accounted for that yet.
        """
        settled_ns = self._settled_ns(path)
        if settled_ns is None or settled_ns == self._accounted.get(path):
            return False
        return self._read(path, _SETTLED) == digest_of(text)

    def account_for_settled(self, path: str) -> None:
        """What was chosen by others is known now."""
        self._accounted[path] = self._settled_ns(path)

    def left(self, path: str) -> str | None:
        """What a process before this one has held back, the first time that is asked; None where
        nothing is known of that, or file and session were one since.
        """
        if path in self._asked:
            return None
        self._asked.add(path)
        digest = self._read(path, _HELD)
        if not digest or self._kept.is_shared_since(path, self._folder.file(path, _HELD)):
            return None
        texts = (it for it in self._kept.versions(path) if it.name.endswith(f"-{digest}"))
        return next(filter(None, map(self._kept.text, texts)), None)

    def _settled_ns(self, path: str) -> int | None:
        try:
            return os.stat(self._folder.file(path, _SETTLED)).st_mtime_ns  # noqa: PTH116
        except OSError:
            return None

    def _read(self, path: str, name: str) -> str | None:
        found = read_state(self._folder.file(path, name))
        digest = found.get("digest") if isinstance(found, dict) else None
        return digest if isinstance(digest, str) else None

    def _write(self, path: str, name: str, digest: str) -> None:
        with contextlib.suppress(OSError):
            content = json.dumps({"digest": digest}).encode("ascii")
            write_private(self._folder.file(path, name), content)

    def _remove(self, path: str, name: str) -> None:
        with contextlib.suppress(OSError):
            os.unlink(self._folder.file(path, name))  # noqa: PTH108
