"""What a save has replaced of the browser's is told as long as that save is what is sent."""

from __future__ import annotations

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from tests.conftest import CANONICAL

EDITED = NotebookText(CANONICAL.replace("1 + 1", "1 + 2"))


def sent(text: str) -> NotebookLink:
    """A notebook whose save has just replaced what the browser had."""
    link = NotebookLink("/n.livemd", lambda _: None)
    link.was_saved(text)
    link.browser = EDITED
    link.note_sent(text)
    return link


def test_it_is_what_the_same_text_has_replaced_that_is_sent_once_more() -> None:
    assert sent(CANONICAL).replaced_by(CANONICAL) is EDITED


def test_another_text_has_replaced_nothing_yet() -> None:
    assert sent(CANONICAL).replaced_by(f"{CANONICAL}\nMore.\n") is None


def test_the_same_text_saved_once_more_has_not_either() -> None:
    link = sent(CANONICAL)
    link.was_saved(CANONICAL)

    assert link.replaced_by(CANONICAL) is None
