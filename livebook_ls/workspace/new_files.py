"""New notebooks and their attachments, written where nothing is yet."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from livebook_ls.notebook.converting.conversion import ConvertedNotebook
from livebook_ls.notebook.links.mending import ATTACHMENTS
from livebook_ls.sync.disk import regular_file


def write_new(made: ConvertedNotebook, path: str) -> None:
    """Write a notebook to `path` and its attachments beside it.

    Raises OSError: FileExistsError, before anything is written, for what is there already. An
    attachment of the same content may be.
    """
    folder = Path(path).parent / ATTACHMENTS
    attached = {folder / name: data for name, data in made.files.items()}
    missing = {it: data for it, data in attached.items() if not _holds(it, data)}
    _require_nothing_at([Path(path), *missing])
    for file, data in missing.items():
        file.parent.mkdir(exist_ok=True)
        _write(file, data)
    _write(Path(path), made.text.encode("utf-8"))


def _holds(path: Path, data: bytes) -> bool:
    try:
        return regular_file.read(str(path)) == data
    except OSError:
        return False


def _require_nothing_at(paths: Iterable[Path]) -> None:
    for path in paths:
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
