"""When a save is merged with what people edited in the browser, and when it replaces that."""

from __future__ import annotations

import asyncio
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
from livebook_ls.sync.merging.held_merge import HeldMerge
from livebook_ls.sync.telling import merge_findings

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


@pytest.mark.parametrize("is_saved", [True, False])
def test_what_the_session_has_saved_is_what_it_holds(
    environ: dict[str, str], is_saved: bool
) -> None:
    before, typed = "# A\n\n## S\n\none\n", "# A\n\n## S\n\none, two, three\n"
    link = NotebookLink("/n.livemd", lambda _: None)
    link.note_editor_has(before)
    link.lineage.start_from(NotebookText(before))
    # What was made of the editor's save was sent, and people have typed on since.
    link.lineage.make(
        "# A\n\n## S\n\none, two\n", NotebookText("# A\n\n## S\n\none, two\n"), before
    )
    if is_saved:
        link.saves.append(typed)

    async def edits() -> NotebookText | None:
        with ThreadPoolExecutor(1) as threads:
            talk = Talk(Connection(Settings(), environ), threads)
            folder = StateFolder(environ)
            turns, kept = Turns(folder), KeptTexts(folder)
            merging = SessionMerge(talk, Settings, kept, turns, LiveSessions())
            return await merging.edits(link, NotebookText(typed), NotebookText(typed))

    found = asyncio.run(edits())

    assert found is not None
    # A save that Livebook has read instead of that lacks what nobody has deleted.
    assert found.text == ("# A\n\n## S\n\none, two\n" if is_saved else typed)


CELL = "# A\n\n## S\n\n```elixir\n:mine\n```\n\n```elixir\n:theirs\n```\n"


@pytest.mark.parametrize("is_promised", [False, True], ids=["as it was", "as it was told to save"])
def test_who_has_not_taken_over_what_was_merged_is_in_no_conflict_with_who_types_on(
    environ: dict[str, str], *, is_promised: bool
) -> None:
    """A key was swallowed by the sync of a merged text, which the editor did not have."""
    typed = [CELL.replace(":theirs\n", f":theirs\n{it}\n") for it in ("# w", "# wo", "# word")]
    seen, whole, later = map(NotebookText, typed)
    link = NotebookLink("/n.livemd", lambda _: None)
    link.lineage.base = NotebookText(CELL)
    link.swallowed.look(seen, seen)
    link.lineage.synced(seen.text, seen.text, seen, CELL)
    assert link.swallowed.take([":theirs\n# wo"])
    before = whole.text if is_promised else CELL
    ours = before.replace(":mine", ":mine, here")
    if is_promised:
        link.lineage.promise(ours, whole, merge_findings.came_in(()))
        link.lineage.note_save(ours)

    async def merged() -> HeldMerge:
        with ThreadPoolExecutor(1) as threads:
            talk = Talk(Connection(Settings(), environ), threads)
            folder = StateFolder(environ)
            turns, kept = Turns(folder), KeptTexts(folder)
            merging = SessionMerge(talk, Settings, kept, turns, LiveSessions())
            return await merging.merge(link, NotebookText(ours), later)

    assert asyncio.run(merged()).text == later.text.replace(":mine", ":mine, here")
