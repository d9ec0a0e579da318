"""All notebooks of the workspace: open ones as they are shown, the others as their files are."""

from __future__ import annotations

import asyncio
import os
import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from livebook_ls.livebook import paths
from livebook_ls.lsp.documents.open_documents import Documents
from livebook_ls.notebook.completion.addresses import Neighbour
from livebook_ls.notebook.linked_notebook import LinkedNotebook
from livebook_ls.notebook.links.address import read_address, resolved
from livebook_ls.workspace.index import NotebookIndex, folder_of, read_notebook
from livebook_ls.workspace.searching import FoundPlace

_MOST_FOUND = 250
_MOST_NEIGHBOURS = 1_000


class PlacedNotebook(NamedTuple):
    """A notebook, and by which path and URI the editor knows it."""

    path: str
    uri: str
    notebook: LinkedNotebook


class WorkspaceNotebooks:
    """Answers what is asked of several notebooks; the disk is asked in threads."""

    def __init__(self, documents: Documents, has_events: Callable[[], bool]) -> None:
        self._documents = documents
        self.index = NotebookIndex(has_events)

    async def search(self, query: str) -> list[FoundPlace]:
        """The places that a query means, best first."""
        opened = {it.path: it.notebook.summary for it in self.opened()}
        return await asyncio.to_thread(self.index.search, query, opened, _MOST_FOUND)

    def opened(self) -> Iterator[PlacedNotebook]:
        """The open notebooks that have a place."""
        for it in self._documents:
            if it.path is not None:
                yield PlacedNotebook(it.path, it.uri, it.reading.linked)

    async def read(self, path: str) -> PlacedNotebook | None:
        """The notebook at a path."""
        document = self._documents.at_path(path)
        if document is not None:
            return PlacedNotebook(path, document.uri, document.reading.linked)
        notebook = await asyncio.to_thread(read_notebook, path)
        return PlacedNotebook(path, self.uri(path), notebook) if notebook else None

    async def linking_to(self, is_meant: Callable[[str], bool]) -> list[PlacedNotebook]:
        """The notebooks with a link to a path that is meant; own sections mean the own path."""
        opened = list(self.opened())
        found = [it for it in opened if any(map(is_meant, _targets(it)))]
        shown = {it.path for it in opened}
        closed = await asyncio.to_thread(self.index.linking_to, is_meant)
        read = [await self.read(path) for path in closed if path not in shown]
        return found + [it for it in read if it is not None]

    def uri(self, path: str) -> str:
        """The URI of a path, as the editor writes it where it has that open."""
        document = self._documents.at_path(path)
        return document.uri if document else Path(path).as_uri()

    def surroundings(self, path: str | None) -> FolderSurroundings:
        """What links of the notebook at `path` may be compared with."""
        shown = {it.path: it.notebook for it in self.opened()}
        return FolderSurroundings(self.index, path, shown)


class FolderSurroundings:
    """The files of the workspace and those beside a notebook; others are not looked at.

    Its methods wait for the disk.
    """

    def __init__(
        self, index: NotebookIndex, path: str | None, shown: dict[str, LinkedNotebook]
    ) -> None:
        self._index = index
        own = (posixpath.dirname(path),) if path else ()
        self._folders = (*index.folders, *own)
        self._shown = shown

    def may_look(self, path: str) -> bool:
        """Whether a path is in the workspace, or beside the notebook or below."""
        return folder_of(path, self._folders) is not None

    def exists(self, path: str) -> bool | None:
        """Whether there is something at a path; None where one may not look."""
        if not self.may_look(path):
            return None
        return path in self._shown or os.path.lexists(path)

    def fragments(self, path: str) -> Collection[str] | None:
        """What fragments a notebook at a path knows; None where that can't be told."""
        if path in self._shown:
            return self._shown[path].summary.fragments
        if not self.may_look(path) or not paths.is_notebook(path):
            return None
        return self._index.fragments(path)

    def notebook(self, path: str) -> LinkedNotebook | None:
        """The notebook at a path; None where one may not look."""
        if path in self._shown:
            return self._shown[path]
        return read_notebook(path) if self.may_look(path) else None

    def notebooks(self) -> Iterable[str]:
        """The paths of all notebooks in the workspace."""
        return self._index.all_notebooks()

    def candidates(self, path: str) -> Iterable[str]:
        """The files in the folder of a path, and notebooks anywhere."""
        near = (it.path for it in self.entries(posixpath.dirname(path)) if not it.is_folder)
        return [*near, *(self.notebooks() if paths.is_notebook(path) else ())]

    def entries(self, folder: str) -> list[Neighbour]:
        """What a folder holds, but for hidden files; nothing where one may not look."""
        if not self.may_look(f"{folder}/"):
            return []
        try:
            with os.scandir(folder) as found:
                entries = [
                    Neighbour(f"{folder.rstrip('/')}/{it.name}", it.is_dir())
                    for it in found
                    if not it.name.startswith(".")
                ]
        except OSError:
            return []
        return sorted(entries)[:_MOST_NEIGHBOURS]


def _targets(it: PlacedNotebook) -> Iterator[str]:
    for written in it.notebook.summary.addresses:
        address = read_address(written)
        yield resolved(it.path, address.path) if address.path else it.path
