"""The open documents, in our own text store: lines end where LSP and Livebook say they do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lsprotocol import types

from livebook_ls import clock
from livebook_ls.livebook import paths
from livebook_ls.lsp.convert import apply_change
from livebook_ls.lsp.documents.open_text import OpenText
from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.hazard import Hazard
from livebook_ls.notebook.model import Notebook, Span
from livebook_ls.notebook.source import Source, Unit
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.keeping.kept_folders import is_kept_text

# What editors call a document that has never been saved, and what they call a notebook's language.
_UNTITLED = re.compile("untitled:", re.IGNORECASE)
_LANGUAGES = frozenset({"livebook", "livemd", "livemarkdown", "elixir-livebook"})
_TITLE = re.compile(r"^# [^\r\n]*", re.MULTILINE)


@dataclass(slots=True)
class Document:
    """An open notebook: its text as the editor has it now, and as it was saved last.

    One that has no file yet `is_new`, with a path where the editor knows already what it will be.
    """

    uri: str
    path: str | None
    version: int
    source: Source
    saved_text: str | None = field(default=None, repr=False)
    # When it was changed last, by the clock's seconds.
    changed_s: float = field(default=-1e9, repr=False, compare=False)
    is_new: bool = False
    # What an edit that its editor was sent last goes out from.
    _edited: Source | None = field(default=None, repr=False, compare=False)
    _reading: OpenText | None = field(default=None, repr=False, compare=False)

    @property
    def asked_path(self) -> str:
        """The path in whose name things are asked; without a file, of one that isn't there."""
        return self.path or "untitled.livemd"

    @property
    def is_edited_unheard(self) -> bool:
        """Whether its editor was sent an edit, and has not told yet what text that makes."""
        return self._edited is self.source

    def note_edit(self, *, is_sent: bool) -> None:
        """Its editor is sent an edit of the text as it is, or has refused it."""
        self._edited = self.source if is_sent else None

    @property
    def is_as_saved(self) -> bool:
        """Whether nothing was typed, as far as is known, since it was saved, or else opened."""
        if self.saved_text is None:
            return self.changed_s < 0
        return self.text == self.saved_text

    @property
    def reading(self) -> OpenText:
        """What the text says; each text is read once, for all who ask."""
        if self._reading is None:
            self._reading = OpenText(Draft(self.source))
        elif self._reading.source is not self.source:
            self._reading = OpenText(self._reading.draft.updated(self.source))
        return self._reading

    @property
    def notebook(self) -> Notebook:
        """The notebook that the text is."""
        return self.reading.notebook

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        """What Livebook would do to the text, as far as reading alone tells."""
        return self.reading.draft.hazards

    @property
    def text(self) -> str:
        """The whole text."""
        return self.source.text

    def draft_of(self, text: str) -> Draft | None:
        """How a text was read, where it is what the document has now."""
        return self.reading.draft if self.text == text else None

    @property
    def title_span(self) -> Span:
        """The title's line, or the first line of a notebook without a title."""
        found = _TITLE.search(self.text)
        return Span(*found.span()) if found else Span(0, len(self.text.partition("\n")[0]))


class Documents:
    """The open notebooks by URI; other documents, and what is neither a file nor will be one, are
    ignored.
    """

    def __init__(self) -> None:
        self._by_uri: dict[str, Document] = {}
        # What was read by URI before a document was opened, to be used for that text alone.
        self.readings: dict[str, OpenText] = {}
        self.last_touched: Document | None = None

    def __iter__(self) -> Iterator[Document]:
        return iter(tuple(self._by_uri.values()))

    def get(self, uri: str) -> Document | None:
        """The open notebook of that URI."""
        return self._by_uri.get(uri)

    def at_path(self, path: str) -> Document | None:
        """The open notebook at that path, the first where several URIs name it."""
        return next(iter(self.all_at_path(path)), None)

    def all_at_path(self, path: str) -> tuple[Document, ...]:
        """The open notebook at that path, by each URI."""
        return tuple([it for it in self._by_uri.values() if it.path == path])

    def touch(self, uri: str) -> Document | None:
        """The open notebook of that URI, remembered as the one last touched."""
        document = self._by_uri.get(uri)
        if document:
            self.last_touched = document
        return document

    def open(self, item: types.TextDocumentItem) -> Document | None:
        """Remember a document that the editor opened; None where it is no notebook of ours."""
        path = notebook_path(item.uri)
        if path is None and not (_UNTITLED.match(item.uri) and item.language_id in _LANGUAGES):
            return None
        read = self.readings.pop(item.uri, None)
        if read is not None and read.source.text != item.text:
            read = None
        source = read.source if read else Source(item.text)
        document = Document(item.uri, path, item.version, source, _reading=read)
        document.is_new = path is None or notebook_file.version(path) is None
        self._by_uri[item.uri] = self.last_touched = document
        return document

    def change(self, params: types.DidChangeTextDocumentParams, unit: Unit) -> Document | None:
        """Apply changes; ones that come too late (Helix sends some out of order) are dropped."""
        document = self.touch(params.text_document.uri)
        if document is None or params.text_document.version < document.version:
            return None
        for change in params.content_changes:
            document.source = apply_change(document.source, change, unit)
        document.version = params.text_document.version
        document.changed_s = clock.monotonic_s()
        return document

    def save(self, params: types.DidSaveTextDocumentParams) -> Document | None:
        """Remember what was saved; the text that comes along is the truth about the buffer."""
        document = self.touch(params.text_document.uri)
        if document is not None:
            if params.text is not None and params.text != document.text:
                document.source = Source(params.text)
            document.saved_text = document.text
            document.is_new = False
        return document

    def close(self, uri: str) -> Document | None:
        """Forget a document."""
        document = self._by_uri.pop(uri, None)
        if document is self.last_touched:
            self.last_touched = next(reversed(self._by_uri.values()), None)
        return document


def notebook_path(uri: str) -> str | None:
    """The path of the notebook that `uri` means; None for anything but a `.livemd` file, and for a
    kept version of one, over which a session would write.
    """
    path = paths.from_uri(uri)
    if not path or not paths.is_notebook(path):
        return None
    path = paths.expanded(path)
    return None if is_kept_text(path) else path
