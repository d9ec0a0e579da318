"""How the text in an editor's buffer was read, and what a save of it would mean, known ahead."""

from __future__ import annotations

from collections.abc import Callable

from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.markdown.parser_version import ParserVersion, may_differ
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.sync_losses import Foresight, foresee


def _unread(_: str) -> None:
    return None


class BufferReading:
    """One notebook's. Lives on the event loop; `foresee` may be called from threads."""

    def __init__(self) -> None:
        # How its editor's buffer was read, where it has this text.
        self.draft_of: Callable[[str], Draft | None] = _unread
        self._expected: NotebookText | None = None
        self._foreseen: tuple[NotebookText, NotebookText, Foresight | None] | None = None

    def reading_of(self, text: str, parser: ParserVersion | None = None) -> NotebookText:
        """What a text says; of the editor's, only what was not read yet for its buffer is read."""
        expected = self._expected
        if expected is not None and expected.text == text and parser is None:
            return expected
        return NotebookText(text, parser, self.draft_of(text))

    def expect(self, text: str, held: NotebookText | None) -> None:
        """Judge ahead what the buffer has now, and its session, which is to hold `held`, may be
        sent: a save may come right behind. Of a long text too much time would be taken at each key.
        """
        reading = self.reading_of(text)
        # Where parsers differ, Livebook is asked first for its own.
        if not reading.is_short or may_differ(text):
            self._expected = None
            return
        self._expected = reading
        _ = reading.hazards
        if held is not None:
            self._foreseen = held, reading, self.foresee(held, reading)

    def foresee(self, held: NotebookText | None, reading: NotebookText) -> Foresight | None:
        """`sync_losses.foresee`, which is known already where this was expected."""
        foreseen = self._foreseen
        if foreseen is not None and foreseen[0] is held and foreseen[1] is reading:
            return foreseen[2]
        return foresee(held, reading)

    def forget(self) -> None:
        """Its editor has closed it."""
        self.draft_of, self._expected, self._foreseen = _unread, None, None
