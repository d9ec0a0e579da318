"""Which sessions hold nothing that the file has not had: a save goes out from those."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from livebook_ls.livebook.connection import Connection
from livebook_ls.settings import Settings
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import CommonText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk

SHARED = (
    '<!-- livebook:{"persist_outputs":true} -->\n\n# Note\n\n## S\n\n```elixir\n1 + 1\n```\n\n'
    '<!-- livebook:{"output":true} -->\n\n```\n2\n```\n'
)
# Sessions are looked at without outputs.
SHOWN = SHARED[: SHARED.index('\n<!-- livebook:{"output"')]


class UnsavedTalk(Talk):
    """Of a Livebook that has yet to save."""

    async def has_saved(self, link: NotebookLink) -> bool:
        return not link.path


@pytest.mark.parametrize(
    ("session", "is_older"),
    [
        pytest.param(SHARED, True, id="the same"),
        pytest.param(SHOWN, True, id="without outputs"),
        pytest.param(SHOWN.replace("1 + 1", "1 + 2"), False, id="edited"),
        pytest.param(f"{SHOWN}\nWords.\n", False, id="with more"),
    ],
)
def test_what_file_and_session_have_shared_is_older(
    environ: dict[str, str], session: str, is_older: bool
) -> None:
    link = NotebookLink("/n.livemd", lambda _: None)
    link.common = CommonText(SHARED, None)
    with ThreadPoolExecutor(1) as threads:
        talk = UnsavedTalk(Connection(Settings(), environ), threads)

        assert asyncio.run(talk.is_older(link, NotebookText(session))) is is_older
