"""What an editor's buffer was read as, change by change, counts as much as its text read anew."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.source import Source
from livebook_ls.sync.guarding.notebook_text import NotebookText
from tests.notebook.test_draft import INSERTIONS, TEXTS


@given(TEXTS, st.data())
@settings(max_examples=200, deadline=None)
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
