"""Texts of a notebook whose origin a lineage knows, each with what it goes out from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.session_edits import has_news, is_passed
from livebook_ls.sync.telling.findings import Finding

# What an editor has saved, and what that goes out from, as far as it is known.
SavedText = tuple[str, NotebookText | None]


@dataclass(frozen=True, slots=True)
class MadeText:
    """What the file holds by somebody else than its editor, and the session's text that is in it.

    `out_of` is what the editor had saved, where it was made of that.
    """

    text: str
    base: NotebookText
    out_of: str | None = None


@dataclass(frozen=True, slots=True)
class LoadedText:
    """What the editor had, and may have loaded, while what it had `saved`, which goes out from the
    `base`, was not sent yet. `is_seen`: the file had that by then, which others had written;
    `is_sent`: the session has the save by now.
    """

    text: str
    saved: str
    base: NotebookText | None
    is_seen: bool = False
    is_sent: bool = False

    def lacks_save(self, now: str) -> bool:
        """Whether it lacks what was saved, as what the editor has `now` does, and has not come
        about in the editor, as by an undo.
        """
        has_it = any(_has_lines(it, self.saved) for it in (self.text, now))
        if has_it or self.base is None:
            return False
        return self.is_seen or has_news(NotebookText(self.text), self.base)

    def is_sessions(self, session: NotebookText, typed: Collection[str]) -> bool:
        """Whether it has what the session has, or had a moment ago."""
        return is_passed(NotebookText(self.text), session, self.base, typed)


@dataclass(frozen=True, slots=True)
class PromisedText:
    """What an editor was told to save, the session's text that is in it, and what is told then."""

    text: str
    base: NotebookText
    note: Finding


def _has_lines(text: str, saved: str) -> bool:
    return set(saved.splitlines()) <= set(text.splitlines())
