"""Which sessions are joined by themselves, so that editors show how cells stand."""

from __future__ import annotations

import pytest

from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.runs.joining import Joining
from livebook_ls.notebook.source import Source
from livebook_ls.running.runner import Runner
from livebook_ls.settings import Settings
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.notebooks import Notebooks
from tests.running.test_runner import notebook_of

PATH = "/note.livemd"


def document_of(cells: int, path: str = PATH) -> Document:
    text = notebook_of(*map(str, range(cells)))
    return Document(f"file://{path}", path, 1, Source(text))


def link_of(
    state: State = State.IN_SYNC,
    *,
    opened_here: bool = True,
    session: str | None = "/sessions/a",
    path: str = PATH,
) -> NotebookLink:
    link = NotebookLink(path, lambda _: None)
    link.session_path, link.was_opened_here = session, opened_here
    link.enter(state)
    return link


def joining(settings: Settings | None = None) -> Joining:
    settings = settings or Settings()
    return Joining(
        Runner(Notebooks(settings, {}, lambda _: None)), lambda: settings, lambda _: None
    )


def test_one_that_was_opened_here_is_joined_once() -> None:
    watch, link = joining(), link_of()

    assert [watch.wants(document_of(100), link) for _ in range(2)] == [True, False]
    # Another session of the same notebook, as after Livebook was restarted.
    assert watch.wants(document_of(100), link_of(session="/sessions/b"))


@pytest.mark.parametrize(
    ("cells", "link", "settings"),
    [
        (101, link_of(), Settings()),
        (1, link_of(opened_here=False), Settings()),
        (1, link_of(session=None), Settings()),
        (1, link_of(State.HELD), Settings()),
        (1, link_of(), Settings(join_on_open=False)),
        (1, link_of(), Settings(run_cells=False)),
    ],
)
def test_others_are_joined_by_their_first_run_alone(
    cells: int, link: NotebookLink, settings: Settings
) -> None:
    assert not joining(settings).wants(document_of(cells), link)


def test_of_very_many_only_some_are_joined_until_others_close() -> None:
    watch = joining()
    paths = [f"/{number}.livemd" for number in range(40)]

    def wants(path: str) -> bool:
        return watch.wants(document_of(1, path), link_of(path=path))

    assert [wants(it) for it in paths] == [True] * 30 + [False] * 10
    watch.forget(paths[0])
    assert wants(paths[-1])
