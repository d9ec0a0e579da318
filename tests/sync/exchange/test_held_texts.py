"""A text that is held back goes back over what Livebook writes, with the time its editor knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from livebook_ls.notebook.source import Source
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange.overwritten_save import lies_over_held, put_held_back
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink, State

HELD, WRITTEN, OTHER = "# A\n\n## S\n\nheld\n", "# A\n\n## S\n\nwritten\n", "# A\n"
KNOWN_NS = 1_700_000_000_000_000_000


@pytest.fixture
def link(tmp_path: Path) -> NotebookLink:
    path = tmp_path / "note.livemd"
    path.write_text(WRITTEN, encoding="utf-8")
    link = NotebookLink(str(path), lambda _: None)
    link.source = Source(HELD)
    link.enter(State.HELD)
    return link


@pytest.mark.parametrize("known", [None, OTHER, HELD])
def test_what_is_held_goes_back_whatever_its_editor_knows(
    link: NotebookLink, known: str | None
) -> None:
    found = notebook_file.read(link.path)
    if known is not None:
        version = notebook_file.Version(KNOWN_NS, len(known), 1)
        link.known = notebook_file.Snapshot.of(known, version)

    assert put_held_back(link, found)
    now = notebook_file.read(link.path)
    assert now.text == HELD
    assert (now.version.mtime_ns == KNOWN_NS) is (known == HELD)


@pytest.mark.parametrize(
    ("kept", "lies_over"), [((WRITTEN, HELD), True), ((HELD, WRITTEN), False), ((HELD,), True)]
)
def test_what_another_of_ours_has_brought_since_is_not_written_late(
    link: NotebookLink, environ: dict[str, str], kept: tuple[str, ...], *, lies_over: bool
) -> None:
    texts = KeptTexts(StateFolder(environ))
    for it in kept:
        texts.keep(link.path, it, VersionOrigin.SAVED)
    link.known = notebook_file.Snapshot.of(HELD, notebook_file.Version(KNOWN_NS, len(HELD), 1))
    link.held, link.awaits_write_back = NotebookText(WRITTEN), True

    assert lies_over_held(link, texts, NotebookText(WRITTEN)) is lies_over
