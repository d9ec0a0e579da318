"""When a save is brought into Livebook's form before it is written."""

from __future__ import annotations

import asyncio
from pathlib import Path
from unittest.mock import AsyncMock, Mock

import pytest

from livebook_ls.settings import CanonicalOnSave, Settings
from livebook_ls.sync.canonical.before_save import Form
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.quiet_saves import QuietSaves


@pytest.mark.parametrize(
    ("mode", "has_session", "is_formed"),
    [
        (CanonicalOnSave.SESSION, True, True),
        (CanonicalOnSave.SESSION, False, False),
        (CanonicalOnSave.ALWAYS, False, True),
        (CanonicalOnSave.NEVER, True, False),
    ],
)
def test_a_save_is_brought_into_form_where_a_session_would_do_so_or_it_is_always_wanted(
    notebook: Path, mode: CanonicalOnSave, *, has_session: bool, is_formed: bool
) -> None:
    link = NotebookLink(str(notebook), lambda _: None)
    if has_session:
        link.attach("/sessions/1", "http://localhost:8080/sessions/1")
    operations = Mock(
        canonical=AsyncMock(return_value=Form("its form")),
        merging=Mock(before_save=AsyncMock(return_value=None)),
        autosaves=Mock(calm=AsyncMock(return_value=True)),
    )
    settings = Settings(canonical_on_save=mode)
    saves = QuietSaves(Mock(), operations, lambda: settings, AsyncMock(), lambda _: False)
    form = asyncio.run(saves.form(link, "as it was typed", 5.0))

    assert form == ("its form" if is_formed else None)
