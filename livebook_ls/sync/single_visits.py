"""For fronts that come for one change and go again, as coding agents' hooks do.

Nobody stays to put the file back that Livebook rewrites 5 s after an open, so a sync follows each.
"""

from __future__ import annotations

from dataclasses import dataclass

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.sync.telling import stamps


@dataclass(frozen=True, slots=True)
class LastSeen:
    """A session by its path, and what it held."""

    session_path: str
    text: str


async def prepare(notebooks: Notebooks, path: str) -> NotebookLink:
    """Attach the notebook at `path` before somebody else changes it.

    Its session is opened where that is harmless, and where its stamp is valid (`keep_stamp`).
    """
    operations, link = notebooks.operations, notebooks.link(path)
    await operations.attach(link)
    await _settle_open(notebooks, link, State.IN_SYNC)
    if await keep_stamp(notebooks, link):
        await operations.sync(link)
    return link


async def keep_stamp(notebooks: Notebooks, link: NotebookLink) -> bool:
    """Open the session of a notebook with a valid stamp, before a change; whether it was needed.

    A change made without a session would leave a stamp that signs nothing, and what it hides would
    be lost.
    """
    text = link.known.text if link.known else None
    is_stale = any(map(stamps.is_about_stamp, link.findings))
    is_needed = link.state is State.DETACHED and bool(text) and not is_stale
    if text is None or not is_needed or not NotebookText(text).has_stamp:
        return False
    await notebooks.operations.open(link)
    return True


async def sync_from(
    notebooks: Notebooks, path: str, last: LastSeen | None, before: str | None = None
) -> NotebookLink:
    """Sync the notebook at `path`, of which somebody else has `last` seen a session, and whose file
    had what was `before` until it was edited.

    None: nothing is known of a session, so that nothing can be foreseen; or of the edit.
    """
    operations, link = notebooks.operations, notebooks.link(path)
    link.saved_over = before
    if last is not None:
        link.session_path, link.held = last.session_path, NotebookText(last.text)
    if last is None and before is None:
        await operations.attach(link)
    else:
        await operations.sync(link)
    # A session that had to be opened, or was there and has not read the file yet.
    if last is None or len(link.sent) > 1 or link.state is State.DIFFERS:
        await _settle_open(notebooks, link, State.IN_SYNC, State.DIFFERS)
    return link


async def look_for_left(notebooks: Notebooks, path: str, last: LastSeen | None) -> NotebookLink:
    """See whether the session lives that somebody else has `last` seen of the notebook at `path`,
    whose file is gone; one that isn't shown counts as gone, too.
    """
    link = notebooks.link(path)
    link.session_path = last.session_path if last else None
    if not await notebooks.operations.shows_session(link):
        link.detach()
    link.lose_file()
    return link


async def _settle_open(notebooks: Notebooks, link: NotebookLink, *states: State) -> None:
    """In these states, have Livebook write back what it else would 5 s after an open."""
    if link.has_session and link.state in states and link.rewritten is None:
        await notebooks.operations.sync(link)
