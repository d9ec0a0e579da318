"""What an editor's buffer was read as, change by change, counts as much as its text read anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.markdown.parser_version import RELEASED
from livebook_ls.notebook.source import Source
from livebook_ls.sync.guarding.buffer_reading import BufferReading
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.sync_losses import foresee
from tests.notebook.test_draft import INSERTIONS, TEXTS
from tests.support.examples import tried


@pytest.mark.slow
@given(TEXTS, st.data())
@tried(200)
def test_the_guard_knows_the_same_of_a_buffer_as_of_its_text(
    text: str, data: st.DataObject
) -> None:
    draft = Draft(Source(text))
    for _ in range(2):
        size = len(draft.source.text)
        start = data.draw(st.integers(0, size))
        end = data.draw(st.integers(start, min(size, start + 60)))
        draft = draft.replaced(start, end, data.draw(INSERTIONS))
        # A server shows what it knows of the buffer, and asks the same draft for it.
        assert draft.hazards is not None
        ours = NotebookText(draft.source.text, None, draft)
        anew = NotebookText(draft.source.text)
        assert ours.document.blocks == anew.document.blocks
        assert ours.document.scan == anew.document.scan
        assert ours.notebook == anew.notebook
        assert ours.hazards == anew.hazards
        assert ours.cells == anew.cells
        assert (ours.body, ours.canonical) == (anew.body, anew.canonical)


def test_a_buffer_tells_nothing_of_another_text() -> None:
    document = Document("file:///a.livemd", "/a.livemd", 1, Source("# A\n"))
    assert document.draft_of("# B\n") is None
    found = document.draft_of("# A\n")
    assert found is not None
    assert found.notebook.name == "A"


@pytest.mark.slow
@given(TEXTS, TEXTS)
@tried(200)
def test_what_is_judged_ahead_is_what_a_save_is_judged_as(before: str, text: str) -> None:
    buffer, held = BufferReading(), NotebookText(before)
    draft = Draft(Source(text))
    buffer.draft_of = lambda it: draft if it == text else None
    buffer.expect(text, held)
    reading, anew = buffer.reading_of(text), NotebookText(text)

    assert reading.text == text
    assert reading.hazards == anew.hazards
    assert buffer.foresee(held, reading) == foresee(held, anew)


HELD = "# A\n\n## S\n\nold words\n"
OTHER = f'<!-- livebook:{{"persist_outputs":true}} -->\n\n{HELD}'
TYPED = "# A\n\n## S\n\nnew words\n"


def test_what_was_expected_is_judged_once() -> None:
    buffer, held = BufferReading(), NotebookText(HELD)
    buffer.expect(TYPED, held)
    reading = buffer.reading_of(TYPED)
    buffer.expect(TYPED, held)

    assert buffer.reading_of(TYPED) is reading
    assert "hazards" in vars(reading)
    assert buffer.foresee(held, reading) is buffer.foresee(held, reading)


def test_another_text_and_another_session_are_judged_anew() -> None:
    buffer, held, other = BufferReading(), NotebookText(HELD), NotebookText(OTHER)
    buffer.expect(TYPED, held)
    reading = buffer.reading_of(TYPED)

    assert buffer.reading_of(OTHER).text == OTHER
    assert buffer.foresee(other, reading) == foresee(other, NotebookText(TYPED))
    assert buffer.foresee(other, reading) != buffer.foresee(held, reading)
    assert buffer.foresee(None, reading) is None


def test_a_long_text_or_one_that_parsers_may_read_otherwise_is_not_judged_ahead() -> None:
    buffer = BufferReading()
    for text in (f"{TYPED}{'word ' * 1_000}", f"{TYPED}\0"):
        buffer.expect(text, NotebookText(HELD))
        assert buffer.reading_of(text) is not buffer.reading_of(text)


def test_with_the_parser_of_a_livebook_nothing_was_judged_ahead() -> None:
    buffer = BufferReading()
    buffer.expect(TYPED, None)

    assert buffer.reading_of(TYPED) is buffer.reading_of(TYPED)
    assert buffer.reading_of(TYPED, RELEASED) is not buffer.reading_of(TYPED)


def test_nothing_is_expected_of_a_closed_buffer() -> None:
    buffer = BufferReading()
    buffer.draft_of = lambda _: Draft(Source(TYPED))
    buffer.expect(TYPED, NotebookText(HELD))
    buffer.forget()

    assert buffer.draft_of(TYPED) is None
    assert buffer.reading_of(TYPED) is not buffer.reading_of(TYPED)
