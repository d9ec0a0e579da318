"""Where only the session stands in the way of a text: one that was closed, or has no section."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange.outcome import Arrival
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk

# What a session has more once it was given a section (`Livebook.Session.append_section`).
_SECTION = "\n## Section\n"
_Judge = Callable[[NotebookLink, NotebookText], Awaitable[bool]]


class WaysRound:
    """Tries them; each leaves the link as the judgement of the text made it where it fails."""

    def __init__(self, talk: Talk, arrival: Arrival, may_send: _Judge, may_open: _Judge) -> None:
        self._talk = talk
        self._arrival = arrival
        self._may_send = may_send
        self._may_open = may_open

    async def is_reopened(
        self, link: NotebookLink, saved: notebook_file.Snapshot, reading: NotebookText
    ) -> bool:
        """Whether a text that only the session stood in the way of has got a new one, since that
        was closed, as people are told to do.
        """
        before, held = link.session_path, link.held
        if before is None or held is None or not link.was_attached or link.follows_disk:
            return False
        with by_itself(link):
            if await self._may_open(link, reading):
                # Harmless where the session is there still: then it only says so.
                await self._talk.learn_session(link)
                if link.session_path != before:
                    link.note_opened(reading)
                    await self._arrival.settle_open(link, saved, reading)
                    return True
        await self._may_send(link, reading)
        return False

    async def is_given_section(self, link: NotebookLink, reading: NotebookText) -> bool:
        """Whether a session without any section, which a sync can't fill, has got one.

        Sessions end up so by reading a file that was just being written, or were opened on an empty
        one. Asked for only where nothing else stands in the way of the text.
        """
        held = link.held
        if held is None or held.notebook.sections or not reading.notebook.sections:
            return False
        with by_itself(link):
            is_sound = await self._may_send(link, reading)
        if is_sound:
            filled = NotebookText(f"{held.text}{_SECTION}")
            is_done = await self._talk.append_section(link)
            # Livebook may have done it without a word in time: it is no work of people's then.
            link.lineage.rebase(filled)
            session = await self._talk.session_text(link) or (filled if is_done else None)
            if session is not None and session.notebook.sections:
                link.held = session
                link.lineage.rebase(session)
                return True
        await self._may_send(link, reading)
        return False


@contextmanager
def by_itself(link: NotebookLink) -> Iterator[None]:
    """Judge a text by itself, and not by what its session would make of it; what that holds is
    known again after it, also where Livebook fails meanwhile: else nothing would be foreseen then.
    """
    held, link.held = link.held, None
    try:
        yield
    finally:
        if link.held is None:
            link.held = held
