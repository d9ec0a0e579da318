"""A notebook's text with all that our model says of it, each worked out once, when asked for."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from livebook_ls.notebook.exporting.canonical import canonical, canonical_document
from livebook_ls.notebook.hazard import Hazard
from livebook_ls.notebook.hazards.finding import find_grave_hazards, with_other_parser
from livebook_ls.notebook.hazards.nothing_written import only_nuls
from livebook_ls.notebook.importing.composing import compose, place
from livebook_ls.notebook.importing.fragments import Fragment
from livebook_ls.notebook.importing.importer import read_document
from livebook_ls.notebook.markdown.parser_version import (
    RELEASED,
    ParserVersion,
    may_differ,
)
from livebook_ls.notebook.markdown.places import BlockDocument
from livebook_ls.notebook.model import Notebook
from livebook_ls.notebook.source import Source
from livebook_ls.notebook.syncing.content_difference import Gone, gone, without_stamp
from livebook_ls.sync.guarding.recent_readings import RecentReadings

if TYPE_CHECKING:
    from livebook_ls.notebook.draft import Draft
    from livebook_ls.notebook.importing.composing import Placed
    from livebook_ls.notebook.syncing.session_content import ReadCells

# So many characters are judged in 2 ms, to which a thread adds another while others are at work.
_SHORT = 4_000
# And the forms of so short ones take 10 MB together.
_REMEMBERED = 20_000
# Livebook's `notebook.ex`, `default_autosave_interval_s`.
_AUTOSAVE_S = 5.0
# What takes room of all that is worked out.
_READ = ("document", "notebook", "cells", "_placed")
_recent = RecentReadings()


class NotebookText:
    """What a text says, and what a Livebook with this parser, or the worse of both, makes of it.

    Of texts that were read long ago that is forgotten, and read again where it is asked for.
    """

    def __init__(
        self, text: str, parser: ParserVersion | None = None, draft: Draft | None = None
    ) -> None:
        """`draft` is what an editor's buffer with this text was read as, by the released parser."""
        self.text = text
        self.parser = parser
        self._draft = draft if self.is_as_released else None
        if self._draft is not None:
            _recent.note(self)

    def forget_reading(self) -> None:
        """Let go of what it was read as; what was found by that stays."""
        self._draft = None
        for name in _READ:
            self.__dict__.pop(name, None)

    @property
    def is_short(self) -> bool:
        """Whether what it means is found faster than by going to a thread."""
        return len(self.text) <= _SHORT

    @property
    def is_as_released(self) -> bool:
        """Whether `document` and `notebook` are what the released parser makes of the text."""
        return self.parser in (None, RELEASED)

    @cached_property
    def document(self) -> BlockDocument:
        """The text by blocks."""
        draft = self._draft
        if draft is not None:
            return draft.document
        document = read_document(Source(self.text), self.parser or RELEASED)
        _recent.note(self)
        return document

    @cached_property
    def notebook(self) -> Notebook:
        """The notebook as Livebook imports it."""
        draft = self._draft
        if draft is not None:
            return draft.notebook
        return compose(self.document.source, self._placed)

    @cached_property
    def hazards(self) -> tuple[Hazard, ...]:
        """What Livebook would do to it, but for the form in which it would write it: of that
        `canonical` tells, which takes as long again and is asked for behind a save.
        """
        seen = find_grave_hazards(self.document, self.notebook, self._placed)
        if self.parser is not None:
            return seen
        return with_other_parser(self.document.source, seen, find_grave_hazards)

    @cached_property
    def cells(self) -> ReadCells:
        """Its cells as a session holds them that has read it, by the released parser."""
        # Loaded with the first session that is compared.
        from livebook_ls.notebook.syncing.forecast import read_cells

        if self.is_as_released:
            return read_cells(self.document, self.notebook)
        return NotebookText(self.text).cells

    @cached_property
    def body(self) -> str:
        """The text without its stamp."""
        return without_stamp(self.text, self.notebook)

    @cached_property
    def canonical(self) -> str:
        """The form in which Livebook writes it back, without a stamp; as it is where that is not
        known, also because the parsers would write different ones.
        """
        if self.has_stamp or (self.parser is None and may_differ(self.text)):
            return canonical(self.body, self.parser) or self.body
        return canonical_document(self.document) or self.body

    @cached_property
    def is_canonical(self) -> bool:
        """Whether Livebook would write it back as it is, but for a stamp: never what it can't
        import, nor NULs that a power loss left.
        """
        if self.notebook.failures or only_nuls(self.text) is not None:
            return False
        return self.body == self.canonical

    @cached_property
    def _placed(self) -> list[Placed]:
        draft = self._draft
        if draft is not None:
            return draft.placed
        return place([Fragment(self.document)])

    @property
    def has_stamp(self) -> bool:
        """Whether Livebook would look at a stamp in it."""
        return self.notebook.stamp is not None

    @property
    def cell_count(self) -> int:
        """How many cells it has, on which the time that Livebook needs depends."""
        return sum(len(section.cells) for section in self.notebook.sections)

    @property
    def autosave_s(self) -> float | None:
        """After how many seconds a session of it saves itself; None where it never does."""
        found = self.notebook.attrs.get("autosave_interval_s", _AUTOSAVE_S)
        return found if isinstance(found, int | float) else None

    @property
    def autosaves(self) -> bool:
        """Whether a session of it writes the file back by itself."""
        return self.autosave_s is not None

    def gone_in(self, other: NotebookText) -> tuple[Gone, ...]:
        """What this says and `other` does not."""
        return () if self.body == other.body else gone(self.notebook, other.notebook)

    def says_same(self, other: NotebookText) -> bool:
        """Whether both say the same, as far as a sync carries it and whatever their form."""
        return not any(it.is_synced for it in self.gone_in(other) + other.gone_in(self))

    def is_form_of(self, other: NotebookText) -> bool:
        """Whether this is exactly what Livebook writes for `other`, but for a stamp."""
        return self.body in (other.canonical, other.body)


def form_of(text: str) -> tuple[str, str]:
    """What Livebook writes for a text, and the text itself, both without a stamp; of short ones,
    which may be asked for again and again in a burst of saves, it is remembered.
    """
    return _remembered_form(text) if len(text) <= _REMEMBERED else _form(text)


def _form(text: str) -> tuple[str, str]:
    reading = NotebookText(text)
    return reading.canonical, reading.body


_remembered_form = lru_cache(maxsize=256)(_form)
