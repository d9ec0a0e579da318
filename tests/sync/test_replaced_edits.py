"""What a sync has replaced of the browser's: told as long as it is what is sent, and had back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import httpx
import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.hold_points import HoldPoint
from livebook_ls.sync.exchange.session_memory import replaced_by
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.link import NotebookLink
from tests.conftest import CANONICAL
from tests.support.at_rest import is_joined, opened

EDITED = NotebookText(CANONICAL.replace("1 + 1", "1 + 2"))


def sent(text: str) -> NotebookLink:
    """A notebook whose save has just replaced what the browser had."""
    link = NotebookLink("/n.livemd", lambda _: None)
    link.was_saved(text)
    link.browser = EDITED
    link.note_sent(text)
    return link


def test_it_is_what_the_same_text_has_replaced_that_is_sent_once_more() -> None:
    assert replaced_by(sent(CANONICAL), CANONICAL) is EDITED


def test_another_text_has_replaced_nothing_yet() -> None:
    assert replaced_by(sent(CANONICAL), f"{CANONICAL}\nMore.\n") is None


def test_the_same_text_saved_once_more_has_not_either() -> None:
    link = sent(CANONICAL)
    link.was_saved(CANONICAL)

    assert replaced_by(link, CANONICAL) is None


@pytest.mark.slow
def test_what_is_typed_while_another_program_syncs_is_kept_by_who_has_joined(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    editor.wait_for(lambda: is_joined(livebook, notebook), "the session joined")
    livebook.edit_session(notebook, CANONICAL.replace("1 + 1", "1 + 3"), is_typed=True)
    # In conflict with that, so that it is held.
    editor.save(uri, notebook, CANONICAL.replace("1 + 1", "1 + 2"))
    editor.wait_for_state(uri, "held")
    with livebook.holding(HoldPoint.SYNC) as until_told:
        syncing = Thread(
            target=httpx.post,
            args=[f"{livebook.url}/dev/sync"],
            kwargs={"json": {"file": str(notebook)}},
        )
        syncing.start()
        until_told(1)
        livebook.edit_session(notebook, CANONICAL.replace("1 + 1", "1 + 3 # typed"), is_typed=True)
    syncing.join()
    kept = KeptTexts(StateFolder(environ))

    editor.wait_for(
        lambda: any(
            "1 + 3 # typed" in (kept.text(it) or "") for it in kept.versions(str(notebook))
        ),
        "it is kept",
    )
