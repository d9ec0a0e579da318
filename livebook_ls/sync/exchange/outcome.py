"""What became of a text: once Livebook took a sync or opened a session, until that is told.

The file is put back as the editor knows it, the session is asked whether it lives and, where
Livebook shows it, what it holds.
"""

from __future__ import annotations

from collections.abc import Callable

from livebook_ls.notebook.syncing.content_difference import Gone
from livebook_ls.settings import Settings
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange import overwritten_save, write_back
from livebook_ls.sync.exchange.write_back import Aftermath
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling import findings


class Arrival:
    """Accounts for files and sessions after something was sent; errors are those of `Talk`."""

    def __init__(
        self, talk: Talk, settings: Callable[[], Settings], has_newer: Callable[[str], bool]
    ) -> None:
        self._talk = talk
        self._settings = settings
        self._has_newer = has_newer

    async def settle(
        self, link: NotebookLink, saved: notebook_file.Snapshot, reading: NotebookText
    ) -> bool:
        """Settle after a sync that Livebook took; whether it must be made again."""
        patience = write_back.patience_s(reading) if reading.autosaves else 0.0
        found = await write_back.write_back(link.path, saved, reading, patience)
        is_untouched = found.version == saved.version
        link.awaits_write_back = is_untouched and overwritten_save.moves_session(link, reading)
        if self._has_newer(link.path):
            link.held = reading
            return False
        text = found.text
        after = reading if text == reading.text or text is None else NotebookText(text)
        aftermath = await self.compare(link, reading, after)
        if aftermath is Aftermath.OVERWRITTEN:
            # Where it has changed again meanwhile, the next round sees to it.
            notebook_file.put_back(link.path, found, saved.data, None)
            return True
        if aftermath is Aftermath.CHANGED and not await self._talk.think(
            lambda: after.is_canonical
        ):
            # Livebook writes its own form only: somebody else did, which a look accounts for.
            link.version, link.held = saved.version, reading
            link.enter(State.IN_SYNC, *link.notes)
            return False
        now = await self.keep_file(link, found)
        is_new = link.held is None or link.held.text != after.text
        link.held = after
        # A session that wrote this text back, or held it before, lives.
        wrote_back = not is_untouched and after.is_form_of(reading)
        is_looked_at = not wrote_back or link.browser is not None
        session = await self._talk.session_text(link) if is_looked_at else None
        if session is None and is_new and not wrote_back and await self._has_died(link):
            link.detach()
            link.enter(State.DIED, findings.died())
        else:
            kept = reading if now.data == saved.data else after
            await self.tell(link, reading, kept, session)
        return False

    async def settle_open(
        self, link: NotebookLink, saved: notebook_file.Snapshot, reading: NotebookText
    ) -> None:
        """Settle after an open, at which the session may have been there and hold something else.

        Of a new one Livebook will write the file in its own form: it is made to do so at once,
        while nobody has typed anything yet.
        """
        session = await self._talk.session_text(link)
        is_moved = reading.autosaves and reading.text != reading.canonical
        if is_moved and session is not None and session.says_same(reading):
            await self._talk.ask_session(link)
            await self.settle(link, saved, reading)
        else:
            await self.tell(link, reading, reading, session)

    async def _has_died(self, link: NotebookLink) -> bool:
        """Ask, but only about the bytes just seen: Livebook reads the file at that, and must not
        find a save that is being written.
        """
        is_at_rest = not (self._has_newer(link.path) or link.is_being_saved)
        if not is_at_rest or notebook_file.version(link.path) != link.version:
            return False
        return not await self._talk.is_alive(link)

    async def keep_file(
        self, link: NotebookLink, found: notebook_file.Snapshot
    ) -> notebook_file.Snapshot:
        """Put back what Livebook only touched, and account for the file as it is then."""

        async def is_valid(reading: NotebookText) -> bool:
            return await self._talk.is_stamp_valid(link, reading)

        now = found
        if self._settings().keep_file:
            unmoved = await self._talk.think(lambda: write_back.unmoved(link, found))
            now = await write_back.keep_file(link, found, unmoved, is_valid)
        link.version = now.version
        is_editors = link.known is not None and link.known.data == now.data
        link.rewritten = None if is_editors else now
        return now

    async def tell(
        self,
        link: NotebookLink,
        saved: NotebookText,
        after: NotebookText,
        session: NotebookText | None,
    ) -> None:
        """Say what became of the text that was saved, and lies in the file as `after`.

        `session` is what the session holds, where it was looked at.
        """
        if session and not await self._talk.think(lambda: after.says_same(session)):
            link.held = session
            link.enter(State.DIFFERS, findings.differs(_differences(after, session)))
            return
        notes = link.notes
        lost = _lost(link.browser, saved) if link.browser else ()
        if lost:
            notes = (findings.browser_overwritten(lost), *notes)
        gone = await self._talk.think(lambda: saved.gone_in(after))
        if gone:
            link.enter(State.CHANGED, findings.changed(gone), *notes)
        elif saved.body == after.body:
            link.enter(State.IN_SYNC, *notes)
        else:
            link.enter(State.REFORMATTED, *notes)

    async def compare(
        self, link: NotebookLink, saved: NotebookText, found: NotebookText
    ) -> Aftermath:
        """What was `found` in the file, compared with what was `saved`."""
        earlier = overwritten_save.earlier(link, saved.text)
        return await self._talk.think(lambda: write_back.compare(saved, found, earlier))


def _differences(file: NotebookText, session: NotebookText) -> tuple[Gone, ...]:
    """What the file says and the session does not, then the other way round."""
    return tuple(it for it in file.gone_in(session) + session.gone_in(file) if it.is_synced)


def _lost(browser: NotebookText, saved: NotebookText) -> tuple[Gone, ...]:
    """What people had written in the browser and is not in the text that was saved."""
    return browser.gone_in(saved)
