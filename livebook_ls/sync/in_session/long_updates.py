"""A text that is very different from its cell's is brought to that before the session reads it.

Livebook would compare both by characters, which takes its session long and ends Livebook where
its memory is at an end (`notebook/syncing/long_updates.py`). Who takes part in the session says
what to put in the place of what, as a browser does, and nothing is left to compare: the cell, its
outputs and what runs stay.

Until the sync that brings the rest has been taken the session holds half of a save, which it may
save over the file. That is written down before, and mended as what two steps have left.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from livebook_ls import clock
from livebook_ls.livebook.errors import TimedOut
from livebook_ls.notebook.edits import differing
from livebook_ls.sync.disk.notebook_file import Snapshot
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.in_session.joining import session_of
from livebook_ls.sync.keeping.step_journal import StepEntry, StepJournal
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling import session_findings

if TYPE_CHECKING:
    from livebook_ls.livebook.live.cells import LiveNotebook
    from livebook_ls.notebook.syncing.long_updates import LongUpdate

# To compare so many takes Livebook half a second.
_MOST_EDITS = 1_000
# With so many it takes eight, and a gigabyte: where nobody can take part, it is left to that.
_MOST_COMPARED = 4_000
# As long as an act in a session may take to be seen (`LiveSession`).
_TAKEN_WITHIN_S = 1.0


class LongUpdates:
    """Brings them into sessions, over one Livebook."""

    def __init__(self, talk: Talk, live: LiveSessions, journal: StepJournal) -> None:
        self._talk = talk
        self._live = live
        self._journal = journal
        # Of which the rest is yet to be synced.
        self._begun: set[str] = set()

    async def are_brought(self, link: NotebookLink, saved: Snapshot, reading: NotebookText) -> bool:
        """Have the session hold such texts as `reading` has them, which is to be synced next; the
        file has what was `saved`. Where it can't be, and its Livebook might not outlive to read
        them, this is told, and the text is not to be sent.
        """
        held = link.held
        if held is None and link.common is not None:
            # Of a session that nobody sees, this is the best that is known.
            held = NotebookText(link.common.text)
        if held is None or not _may_be_long(held, reading):
            return True
        updates = await self._talk.think(partial(_long_updates, held, reading))
        if not updates or await self._are_taken(link, saved, held, updates):
            return True
        most = max(it.edits for it in updates)
        if most <= _MOST_COMPARED or link.consent.covers(reading.text):
            return True
        too_long = session_findings.too_long_to_compare(most, link.url)
        link.enter(State.HELD, too_long, *link.notes)
        return False

    def note_synced(self, link: NotebookLink) -> None:
        """All the rest has come there, too."""
        if link.path in self._begun:
            self._begun.remove(link.path)
            self._journal.end(link.path)

    async def _are_taken(
        self,
        link: NotebookLink,
        saved: Snapshot,
        held: NotebookText,
        updates: Sequence[LongUpdate],
    ) -> bool:
        """Whether the session has taken all of them, and what it holds is known; else none, or it
        is as one that doesn't answer. Raises Livebook's errors, and OSError.
        """
        session = await session_of(self._talk, self._live, link)
        if session is None:
            return False
        texts = {updated_cell(session.notebook, held, it): it.after for it in updates}
        if None in texts or len(texts) < len(updates):
            return False
        halfway = await self._talk.think(partial(_updated_text, held, updates))
        if halfway is None:
            return False
        entry = StepEntry(
            path=link.path,
            final=saved.data.decode("utf-8"),
            mtime_ns=saved.version.mtime_ns,
            halfway=halfway,
            before=held.body,
            session_path=link.session_path,
            begun_s=clock.unix_s(),
            is_by_page=True,
        )
        self._journal.begin(entry)
        self._begun.add(link.path)
        # What it saves of that may lie over the save.
        link.sent.append(halfway)
        for cell_id, text in texts.items():
            if cell_id is not None and not await session.replace_source(cell_id, text):
                raise TimedOut(_TAKEN_WITHIN_S)
        self._journal.note_halfway(entry)
        self._talk.looks.forget(link)
        link.held = await self._talk.session_text(link, is_needed=True) or link.held
        return True


def _may_be_long(held: NotebookText, reading: NotebookText) -> bool:
    # Behind a stamp nothing is alike.
    return differing(held.body, reading.body) > _MOST_EDITS


def _long_updates(held: NotebookText, reading: NotebookText) -> Sequence[LongUpdate]:
    # Loaded with the first text that needs it.
    from livebook_ls.notebook.syncing.long_updates import long_updates

    return long_updates(held.cells, reading.cells, _MOST_EDITS)


def _updated_text(held: NotebookText, updates: Sequence[LongUpdate]) -> str | None:
    from livebook_ls.notebook.syncing.long_updates import updated_text

    return updated_text(held.cells, updates)


def updated_cell(live: LiveNotebook, held: NotebookText, update: LongUpdate) -> str | None:
    """The id of the session's cell that is meant: by its place where all are as they are known,
    else by its text where no other has that; Livebook tells nobody of a cell that was moved.
    """
    cells = [it for it in live.cells if it.is_setup is update.is_setup]
    known = held.notebook.setup if update.is_setup else held.cells.cells
    if [it.source for it in cells] == [it.source for it in known]:
        return cells[update.place].id
    found = [it.id for it in cells if it.source == update.before]
    return found[0] if len(found) == 1 else None
