"""When a save is merged with what people edited in the browser, and when it replaces that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from livebook_ls.livebook.connection import Connection
from livebook_ls.settings import MergeMode, Settings
from livebook_ls.sync.exchange.session_merge import SessionMerge
from livebook_ls.sync.guarding.guard import digest
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.turns import Turns
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk

AGREED, OTHER = "# A\n\n## S\n\nagreed\n", "# A\n\n## S\n\nother\n"


@pytest.mark.parametrize("mode", MergeMode)
def test_what_the_user_agreed_to_is_not_merged(environ: dict[str, str], mode: MergeMode) -> None:
    link = NotebookLink("/n.livemd", lambda _: None)
    link.consent.once = digest(AGREED)
    settings = Settings(merge=mode)
    with ThreadPoolExecutor(1) as threads:
        talk = Talk(Connection(settings, environ), threads)
        folder = StateFolder(environ)
        turns, kept = Turns(folder), KeptTexts(folder)
        merging = SessionMerge(talk, lambda: settings, kept, turns, LiveSessions())

        assert not merging.is_wanted(link, NotebookText(AGREED))
        assert merging.is_wanted(link, NotebookText(OTHER)) is (mode is not MergeMode.NEVER)
