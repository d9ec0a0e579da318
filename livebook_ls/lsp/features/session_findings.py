"""What is told about a notebook's session, placed in the text as it is now.

It was found out about the text that was saved. What has moved since is told where it is now, and
what is no longer in the text isn't told any more: the next save will tell. What is held back of a
file that others have written, and the editor has not loaded yet, is told at the title.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from livebook_ls.lsp.documents.moved_text import MovedText, first_line
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.telling.findings import Finding

_BYTE_ORDER_MARK = "\ufeff"


def placed_findings(document: Document, link: NotebookLink) -> Iterator[tuple[Finding, Span]]:
    """What is still to be told about the link, with its places in the document's text."""
    places = _Places(document, link.source or document.source, is_others=_is_others(link))
    for finding in link.findings:
        place = places.of(finding)
        if place is not None:
            yield finding, place


def _is_others(link: NotebookLink) -> bool:
    """Whether what is held back was not written by the editor."""
    if link.state is not State.HELD or link.source is None:
        return False
    return link.source.text not in (link.editors_text, *link.saves)


class _Places:
    """Where findings about the `saved` text are in a document; of others' text it has nothing."""

    def __init__(self, document: Document, saved: Source, *, is_others: bool) -> None:
        self._document = document
        self._saved = saved
        self._is_others = is_others

    def of(self, finding: Finding) -> Span | None:
        """The finding's place; None where it is over."""
        if finding.span is None:
            return self._document.title_span
        span = first_line(self._saved, finding.span)
        place = span if self._is_same else self._moved.place(span)
        if self._is_hidden(finding.span):
            return self._document.title_span
        outlives_text = finding.outlives_text or self._is_others
        if finding.is_in_text:
            place = self._hazard(finding.code, place or span)
        return self._document.title_span if place is None and outlives_text else place

    def _is_hidden(self, span: Span) -> bool:
        """Whether this is the file's byte order mark, which editors keep to themselves."""
        is_mark = self._saved.text[span.start : span.end] == _BYTE_ORDER_MARK
        return is_mark and not self._document.text.startswith(_BYTE_ORDER_MARK)

    def _hazard(self, code: str, near: Span) -> Span | None:
        """The nearest of what the present text itself tells by that code."""
        source = self._document.source
        spans = [first_line(source, it.span) for it in self._document.hazards if it.code == code]
        return min(spans, key=lambda it: abs(it.start - near.start), default=None)

    @property
    def _is_same(self) -> bool:
        return self._saved.text == self._document.text

    @cached_property
    def _moved(self) -> MovedText:
        return MovedText(self._saved, self._document.source)
