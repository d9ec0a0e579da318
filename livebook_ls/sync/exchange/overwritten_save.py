"""Livebook's write-back of one save may land over the next: how that is seen, and undone.

Livebook and editors write in place, so a file may also hold one write over the start of another.
"""

from __future__ import annotations

from livebook_ls import clock
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink

# Livebook saves what it could not save at once with its next autosave.
_LATE_S = 6.0
# What Livebook writes for a session of an empty file.
_UNTITLED = "# Untitled notebook\n"


def earlier(link: NotebookLink, text: str) -> tuple[str, ...]:
    """What was sent and saved before `text`, the newest first."""
    saves = list(reversed(link.saves))
    # A newer save may be known already: that one is not to be undone.
    before = saves[saves.index(text) + 1 :] if text in saves else saves
    texts = (*reversed(link.sent), *before, _UNTITLED)
    return tuple(dict.fromkeys(it for it in texts if it != text))


def lies_over(found: NotebookText, wanted: str, before: tuple[str, ...]) -> bool:
    """Whether what was `found` is Livebook's form of something `before`, where `wanted` was saved.

    Never where it may be somebody else's work: the file must be exactly that form, or that form
    and the wanted text one over the other.
    """
    target = _bytes(wanted)
    seen = _bytes(found.text)
    for text in before:
        reading = NotebookText(text)
        if found.is_form_of(reading):
            return True
        form = _bytes(reading.canonical)
        if seen in (form + target[len(form) :], target + form[len(target) :]):
            return True
    return False


def undo(link: NotebookLink, found: notebook_file.Snapshot, wanted: str) -> bool:
    """Put back what the editor saved, if the file lies over it; whether that was done."""
    text = found.text
    if text is None or not lies_over(NotebookText(text), wanted, earlier(link, wanted)):
        return False
    return notebook_file.put_back(link.path, found, _bytes(wanted), None)


def moves_session(link: NotebookLink, reading: NotebookText) -> bool:
    """Whether a sync changes the session, so that Livebook writes the file; True where unknown."""
    return link.held is None or link.held.canonical != reading.canonical


def may_come_late(link: NotebookLink, patience: float = 0.0) -> bool:
    """Whether a write-back of what was sent last, which takes `patience` seconds at the most, may
    still be on its way.
    """
    since_s = clock.monotonic_s() - link.sent_s
    return link.awaits_write_back and since_s < _LATE_S + patience


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
