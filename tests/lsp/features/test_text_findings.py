from __future__ import annotations

from lsprotocol import types

from livebook_ls.lsp.documents.diagnostics import Diagnostics, Origin
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features.text_findings import structure_diagnostics
from livebook_ls.notebook.source import Source, Unit
from tests.support.marks import cut


def document(text: str) -> Document:
    return Document("file:///a.livemd", "/a.livemd", 1, Source(text))


def check(given: str, *expected: tuple[str, str]) -> None:
    """The codes and severities of what is told about the marked spans, in order."""
    text, _, spans = cut(given)
    opened = document(text)
    found = structure_diagnostics(opened, Unit.UTF32)

    def place(position: types.Position) -> int:
        return opened.source.offset(position.line, position.character, Unit.UTF32)

    assert [(it.code, it.severity.name if it.severity else "") for it in found] == list(expected)
    assert [(place(it.range.start), place(it.range.end)) for it in found] == [
        (span.start, span.end) for span in spans
    ]


def test_livebooks_warnings_are_told_word_for_word() -> None:
    found = structure_diagnostics(document("text\n\n# A\n"), Unit.UTF16)

    assert [it.message for it in found] == ["moving heading 1 to the top of the notebook"]


def test_a_warning_stands_at_its_cause() -> None:
    check("text\n\n«# A»\n", ("import-warning", "Warning"))


def test_what_livebook_cannot_read_is_an_error() -> None:
    check("# A\n\n<!-- livebook:«{» -->\n\n## B\n", ("invalid-json", "Error"))


def test_nothing_is_said_about_a_good_notebook() -> None:
    check("# A\n\n## B\n\n```elixir\n1\n```\n")


def test_what_livebook_would_only_reformat_is_not_marked() -> None:
    check("# A\n\n\n\n*   b\n")


def test_what_livebook_would_destroy_is_an_error() -> None:
    check("# A\n\n«# B»\n", ("several-titles", "Error"))


def test_of_one_cause_livebooks_warning_is_not_told_beside_our_own() -> None:
    check("# A\n\n«```elixir»\n1\n\n## B\n", ("unclosed-fence", "Error"))


def test_what_livebook_would_drop_is_a_warning() -> None:
    check("# A\n\n«[a]: http://b»\n\nSee [a].\n", ("link-definition", "Warning"))


def test_what_livebook_says_itself_is_not_said_in_other_words() -> None:
    text = '# A\n\n<!-- livebook:«{"branch_parent_index":0}» -->\n\n## B\n'
    check(text, ("import-warning", "Warning"))


def diagnostic(code: str, line: int, message: str = "") -> types.Diagnostic:
    start, end = types.Position(line, 0), types.Position(line, 1)
    return types.Diagnostic(range=types.Range(start, end), message=message, code=code)


class Screen:
    """What is published, a list of codes and lines at a time."""

    def __init__(self) -> None:
        self.shown: list[list[str]] = []
        self.diagnostics = Diagnostics(self._take)
        self.document = document("")

    def show(self, origin: Origin, *found: types.Diagnostic) -> None:
        self.diagnostics.show(self.document, origin, list(found))

    def _take(self, params: types.PublishDiagnosticsParams) -> None:
        self.shown.append([f"{it.code} {it.message}".strip() for it in params.diagnostics])


def test_the_session_says_it_instead_of_the_text() -> None:
    screen = Screen()
    screen.show(Origin.STRUCTURE, diagnostic("a", 1), diagnostic("a", 2))
    screen.show(Origin.SESSION, diagnostic("a", 2, "held"))
    screen.show(Origin.SESSION)

    assert screen.shown == [["a", "a"], ["a", "a held"], ["a", "a"]]


def test_that_nothing_is_to_be_said_of_a_text_is_published_once_it_is_read() -> None:
    screen = Screen()
    screen.show(Origin.SESSION)
    assert screen.shown == []
    screen.show(Origin.STRUCTURE)
    screen.show(Origin.STRUCTURE)
    screen.show(Origin.SESSION)
    assert screen.shown == [[]]
    screen.diagnostics.clear(screen.document.uri)
    screen.show(Origin.SESSION)
    assert screen.shown == [[]]


def test_only_changes_are_published() -> None:
    screen = Screen()
    screen.show(Origin.STRUCTURE, diagnostic("a", 1))
    screen.show(Origin.STRUCTURE, diagnostic("a", 1))
    screen.show(Origin.SESSION)
    screen.diagnostics.clear(screen.document.uri)
    screen.diagnostics.clear(screen.document.uri)

    assert screen.shown == [["a"], []]
