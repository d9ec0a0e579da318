"""The command that puts a link to a file into prose; images are kept where Livebook finds them.

{"uri": "file:///…", "position": {…}, "path": "/…/plot.png"}    edits the notebook
{…, "apply": false}                                             says what to do, and does nothing
{"uri": …, "position": …, "name": "image.png", "apply": false}  for an image that has no file yet
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from livebook_ls.livebook import paths
from livebook_ls.lsp.commands.arguments import document, select, tell
from livebook_ls.lsp.commands.cell_arguments import meant_cell
from livebook_ls.lsp.convert import to_range, to_text_edits
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.notebook.editing.attaching import insert_link, list_attachment
from livebook_ls.notebook.editing.outcome import Edited, Refusal
from livebook_ls.notebook.edits import replacements
from livebook_ls.notebook.links.address import relative_to
from livebook_ls.notebook.links.attachments import (
    file_link,
    image_link,
    is_image,
    is_listed,
    listed_names,
)
from livebook_ls.notebook.model import Notebook
from livebook_ls.notebook.source import Source
from livebook_ls.sync.disk import regular_file
from livebook_ls.sync.link import State
from livebook_ls.workspace.index import folder_of
from livebook_ls.workspace.new_files import attachment_place, write_attachment

_WHICH = Refusal("Name the file to insert: an image, or a file to link to.")
_NO_PATH = Refusal("Save the notebook first: files are kept in a folder beside it.")
_OUTSIDE = "{path} is outside the workspace. Copy it beside the notebook, then insert that."
_CHANGED = Refusal("The notebook has changed meanwhile. Insert the file once more.")
_UNLISTED = (
    "Livebook shows {name} once its session lists it, and no sync changes that list: "
    "in Livebook's files panel add it under “From unlisted”."
)
# No session has the notebook, and the next one reads the list of files from it.
_WITHOUT_SESSION = frozenset({State.DETACHED, State.NOT_RUNNING})


@dataclass(frozen=True, slots=True)
class _Link:
    """A link as it is written, and the attachment it leads to; `data` where that must be made."""

    text: str
    attachment: Path | None = None
    is_there: bool = True
    data: bytes | None = None


async def insert_file(ls: NotebookServer, *arguments: object) -> object:
    """Insert a link to a file; the cursor's range afterwards, or with `"apply": false` a plan.

    A plan has the `text` to insert at the position, other `edits` of the notebook, and the URI of
    the `attachment`, which is yet to be made where it `isNew`. None where nothing is inserted.
    """
    given = next((it for it in arguments if isinstance(it, Mapping)), {})
    shown = document(ls, arguments)
    if shown is None:
        return None
    is_plan = given.get("apply") is False
    place = meant_cell(shown, arguments, ls.unit)
    outcome: types.Range | dict[str, object] | Refusal
    if place.sentence:
        outcome = Refusal(place.sentence)
    else:
        try:
            outcome = await _inserted(ls, shown, place.offset, given, is_plan=is_plan)
        except OSError as error:
            outcome = Refusal(f"{error.filename or given.get('path')}: {error.strerror}")
    if not isinstance(outcome, Refusal):
        return outcome
    if not is_plan:
        # Who asks for a plan has another way where there is none.
        tell(ls, types.MessageType.Warning, outcome.sentence)
    return None


async def _inserted(
    ls: NotebookServer, shown: Document, offset: int, given: Mapping[str, object], *, is_plan: bool
) -> types.Range | dict[str, object] | Refusal:
    source, version, notebook = shown.source, shown.version, shown.notebook
    folders = ls.workspace_notebooks.index.folders
    link = await asyncio.to_thread(_link, shown.path, notebook, folders, given)
    if isinstance(link, Refusal):
        return link
    lists = link.attachment is not None and _may_list(ls, shown)
    listed = await asyncio.to_thread(_listing, source.text, link) if lists else None
    listing = replacements(source.text, listed or source.text)
    grown = sum(len(it.text) - (it.span.end - it.span.start) for it in listing)
    moved = offset + (grown if listing and listing[0].span.start <= offset else 0)
    edited = await asyncio.to_thread(insert_link, listed or source.text, moved, link.text)
    if isinstance(edited, Refusal):
        return edited
    if shown.version != version or not (is_plan or await _made(ls, shown, edited, link)):
        return _CHANGED
    if link.attachment is not None and listed is None:
        _tell_unlisted(ls, shown, notebook, link.attachment.name)
    if is_plan:
        return {
            "text": link.text,
            "edits": to_text_edits(source, listing, ls.unit),
            "attachment": link.attachment.as_uri() if link.attachment else None,
            "isNew": not link.is_there,
        }
    selected = to_range(Source(edited.text), edited.selection, ls.unit)
    await select(ls, shown.uri, selected)
    return selected


async def _made(ls: NotebookServer, shown: Document, edited: Edited, link: _Link) -> bool:
    """Make the attachment and edit the notebook: both, or neither. Raises OSError."""
    if link.attachment is None or link.data is None:
        return await ls.rewrite(shown, edited.text)
    version = shown.version
    await asyncio.to_thread(write_attachment, link.attachment, link.data)
    if shown.version == version and await ls.rewrite(shown, edited.text):
        return True
    with contextlib.suppress(OSError):
        await asyncio.to_thread(link.attachment.unlink)
    return False


def _may_list(ls: NotebookServer, shown: Document) -> bool:
    """Whether the list of files may change: a running session would take the change back."""
    link = ls.notebooks.links.get(shown.path or "")
    return link is None or link.state in _WITHOUT_SESSION


def _listing(text: str, link: _Link) -> str | None:
    return list_attachment(text, link.attachment.name) if link.attachment else None


def _tell_unlisted(ls: NotebookServer, shown: Document, notebook: Notebook, name: str) -> None:
    """Tell, once for a notebook, what a person has to do for Livebook to show the attachment."""
    if not is_listed(notebook, name) and shown.uri not in ls.told_attachments:
        ls.told_attachments.add(shown.uri)
        tell(ls, types.MessageType.Info, _UNLISTED.format(name=name))


def _link(
    notebook_path: str | None,
    notebook: Notebook,
    folders: tuple[str, ...],
    given: Mapping[str, object],
) -> _Link | Refusal:
    """The link that is meant. Nothing is made yet. Raises OSError where a file can't be read."""
    said, name = given.get("path"), given.get("name")
    if notebook_path is None:
        return _NO_PATH
    if isinstance(said, str) and said:
        # As in a link, relative to the notebook.
        path = paths.expanded(str(Path(notebook_path).parent / Path(said).expanduser()))
        data = regular_file.read(path) if is_image(path) else None
        name = Path(path).name
    elif isinstance(name, str) and is_image(name):
        path, data = name, None
    else:
        return _WHICH
    if not is_image(path):
        Path(path).stat()
        return _to_neighbour(notebook_path, folders, path)
    # A name that is listed may be that of a file which is elsewhere.
    place = attachment_place(notebook_path, name, data, listed_names(notebook))
    made = None if place.is_there else data
    return _Link(image_link(place.path.name), place.path, place.is_there, made)


def _to_neighbour(notebook_path: str, folders: tuple[str, ...], path: str) -> _Link | Refusal:
    own = str(Path(notebook_path).parent)
    if folder_of(path, (*folders, own)) is None:
        return Refusal(_OUTSIDE.format(path=path))
    return _Link(file_link(relative_to(notebook_path, path)))
