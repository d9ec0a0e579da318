"""The version that a notebook's stamp fits, in its history, where the last commit is not it.

A stamp authenticates one text. Merges and rebases without a Livebook leave notebooks with the
stamp of an older version, which is the first that has it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from livebook_ls.notebook.importing.stamps import has_stamp, is_surely_stale
from livebook_ls.notebook.model import JsonValue
from livebook_ls.notebook.source import Source
from livebook_ls.sync.disk import regular_file
from livebook_ls.sync.disk.git_repository import ChangedNotebook, Repository
from livebook_ls.sync.guarding.notebook_text import NotebookText


def broken_by_commits(
    repository: Repository, commit: str, names: Iterable[str]
) -> Iterator[ChangedNotebook]:
    """Those of the notebooks, all as committed, whose stamp fits an older version; with that one.

    Raises GitFailed.
    """
    lately = repository.changed_by(commit)
    for name in names:
        if not _may_have_stamp(os.path.join(repository.top, name)):
            continue
        text = repository.blob(f"{commit}:{name}")
        value, is_fitting = _stamp(text)
        if value is None or (is_fitting and name not in lately):
            continue
        old = fitting_version(repository, commit, name, text)
        if old is not None:
            yield ChangedNotebook(name=name, mode="", old_blob=old, blob=None)


def fitting_version(repository: Repository, commit: str, name: str, text: bytes) -> str | None:
    """The blob of the oldest other version with the stamp of this one. Raises GitFailed."""
    value, _ = _stamp(text)
    found = None
    for blob in repository.versions(commit, name) if value is not None else ():
        old = repository.blob(blob)
        if old != text and _stamp(old) == (value, True):
            found = blob
    return found


def _may_have_stamp(path: str) -> bool:
    try:
        return has_stamp(regular_file.read(path).decode("utf-8", "replace"))
    except OSError:
        return False


def _stamp(data: bytes) -> tuple[JsonValue, bool]:
    """What a version's stamp says, None without one, and whether it may be that version's own."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None, False
    stamp = NotebookText(text).notebook.stamp
    if stamp is None:
        return None, False
    return stamp.value, not is_surely_stale(stamp, Source(text))
