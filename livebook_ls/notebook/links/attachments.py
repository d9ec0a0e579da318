"""Attachments: how Livebook names, lists and shows the files that it keeps beside a notebook."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

from livebook_ls.notebook.links.address import write_path
from livebook_ls.notebook.links.mending import ATTACHMENTS

if TYPE_CHECKING:
    from livebook_ls.notebook.model import Notebook

_ATTACHMENT = "attachment"
# What the pattern of `Livebook.Notebook.valid_file_entry_name?/1` leaves out.
_NO_FILE_NAME = re.compile(r"[^\w.-]+", re.ASCII)
_NO_EXTENSION = re.compile(r"\W", re.ASCII)
# What Livebook's page shows as an image.
_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp|ico)\Z", re.IGNORECASE)
_UNSAID = re.compile(r"([\\`*_{}\[\]<>#|!&~$])")


def attachment_names(name: str) -> Iterator[str]:
    """Names that Livebook takes for a file of that name, best first, without an end."""
    stem, dot, ending = _NO_FILE_NAME.sub("-", name).rpartition(".")
    ending = _NO_EXTENSION.sub("", ending)
    if not stem.strip(".") or not ending:
        stem, dot, ending = f"file-{stem.strip('.') or ending or 'attached'}", ".", "bin"
    yield f"{stem}{dot}{ending}"
    for number in count(2):
        yield f"{stem}-{number}{dot}{ending}"


def is_image(name: str) -> bool:
    """Whether a file of that name is shown as an image."""
    return _IMAGE.search(name) is not None


def listed_names(notebook: Notebook) -> frozenset[str]:
    """The names of all files that the notebook lists, wherever they are."""
    entries = notebook.attrs.get("file_entries")
    found = entries if isinstance(entries, list) else []
    return frozenset(str(it["name"]) for it in found if isinstance(it, dict))


def is_listed(notebook: Notebook, name: str) -> bool:
    """Whether the notebook lists an attachment of that name; Livebook shows no other."""
    entries = notebook.attrs.get("file_entries")
    found = entries if isinstance(entries, list) else []
    wanted = {"type": _ATTACHMENT, "name": name}
    return any(isinstance(it, dict) and wanted.items() <= it.items() for it in found)


def attachment_entry(name: str) -> dict[str, str]:
    """How a notebook lists an attachment."""
    return {"name": name, "type": _ATTACHMENT}


def image_link(name: str) -> str:
    """The image of that name among the attachments, in the form that Livebook inserts."""
    return f"![]({ATTACHMENTS}{write_path(name)})"


def file_link(path: str) -> str:
    """A link to the file at a path that is relative to the notebook."""
    words = _UNSAID.sub(r"\\\1", posixpath.basename(path))
    return f"[{words}]({write_path(path)})"
