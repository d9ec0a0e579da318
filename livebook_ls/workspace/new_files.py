"""New notebooks and their attachments, written where nothing is yet."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from livebook_ls.notebook.converting.conversion import ConvertedNotebook
from livebook_ls.notebook.links.attachments import attachment_names
from livebook_ls.notebook.links.mending import ATTACHMENTS
from livebook_ls.sync.disk import notebook_file, regular_file


def write_new(made: ConvertedNotebook, path: str) -> None:
    """Write a notebook to `path` and its attachments beside it.

    Raises OSError: FileExistsError, before anything is written, for what is there already. An
    attachment of the same content may be. It names the file that can't be written.
    """
    folder = Path(path).parent / ATTACHMENTS
    attached = {folder / name: data for name, data in made.files.items()}
    missing = {it: data for it, data in attached.items() if not _holds(it, data)}
    _require_nothing_at([Path(path), *missing])
    for file, data in missing.items():
        write_attachment(file, data)
    notebook_file.make(path, made.text.encode("utf-8"))


class AttachmentPlace(NamedTuple):
    """Where an attachment goes; `is_there` says that the same content is there already."""

    path: Path
    is_there: bool


def attachment_place(
    notebook_path: str, name: str, data: bytes | None, taken: Collection[str]
) -> AttachmentPlace:
    """Where a file of about that name belongs among a notebook's attachments.

    Never where other content is, nor under a name in `taken`, which the notebook may have given to
    a file that is elsewhere. Without `data` nothing is the same content.
    """
    folder = Path(notebook_path).parent / ATTACHMENTS
    for it in attachment_names(name):
        path = folder / it
        if data is not None and _holds(path, data):
            return AttachmentPlace(path, is_there=True)
        if it not in taken and not os.path.lexists(path):
            return AttachmentPlace(path, is_there=False)
    raise AssertionError("names never end")


def write_attachment(path: Path, data: bytes) -> None:
    """Make an attachment, whole or not at all. Raises OSError, FileExistsError among them."""
    path.parent.mkdir(exist_ok=True)
    notebook_file.make(str(path), data)


def _holds(path: Path, data: bytes) -> bool:
    try:
        return regular_file.read(str(path)) == data
    except OSError:
        return False


def _require_nothing_at(paths: Iterable[Path]) -> None:
    for path in paths:
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
