"""What became of a text: once Livebook took a sync or opened a session, until that is told.

The file is put back as the editor knows it, the session is asked whether it lives and, where
Livebook shows it, what it holds.
"""

from __future__ import annotations

from collections.abc import Callable

from livebook_ls import clock
from livebook_ls.notebook.syncing.content_difference import Gone
from livebook_ls.settings import MergeMode, Settings
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange import overwritten_save, torn_reads, write_back
from livebook_ls.sync.exchange.lost_texts import LostTexts
from livebook_ls.sync.exchange.write_back import Aftermath
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import ARRIVED, NotebookLink, State
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.merging.session_edits import base_after, is_autosave, is_edited
from livebook_ls.sync.telling import findings, session_findings

# Livebook must write the file after a sync that changes its session; a busy machine takes its time.
# What the session shows is believed after the first of these: until then the file may yet change.
_LATE_S = 1.5
# Asking whether a session lives lets it read the file, which it may just be writing.
_MUST_ASK_S = 3.0
_LATEST_S = 5.0
_LOOK_AGAIN_S = 0.3


class Arrival:
    """Accounts for files and sessions after something was sent; errors are those of `Talk`."""

    def __init__(
        self,
        talk: Talk,
        settings: Callable[[], Settings],
        has_newer: Callable[[str], bool],
        is_in_steps: Callable[[str], bool],
        on_shared: Callable[[NotebookLink, NotebookText], None],
        kept: KeptTexts,
    ) -> None:
        self._talk = talk
        self._settings = settings
        self._has_newer = has_newer
        self._is_in_steps = is_in_steps
        self._on_shared = on_shared
        self._kept = kept
        self._lost_texts = LostTexts(talk, has_newer, kept)

    async def settle(
        self, link: NotebookLink, saved: notebook_file.Snapshot, reading: NotebookText
    ) -> bool:
        """Settle after a sync that Livebook took; whether it must be made again, from the file as
        it is then.
        """
        held = link.held
        patience = write_back.patience_s(reading) if reading.autosaves else 0.0
        is_moved = overwritten_save.moves_session(link, reading)
        must_show = held is not None and reading.autosaves and is_moved

        async def is_due() -> bool:
            return must_show and await self._talk.has_saved(link) is False

        written = await write_back.write_back(
            link.path, saved, reading, patience, is_due, link.pinned.pin
        )
        if await self._lost_texts.take_back(link, reading, written):
            await self._share_written(link, written)
            return True
        is_late = must_show and written.found.version == saved.version
        if is_late and not self._has_newer(link.path):
            written = await self._wait_on(link, saved, reading)
        found = written.found
        is_untouched = found.version == saved.version
        is_owed = link.awaits_write_back or is_late or (is_moved and is_untouched)
        is_seen = written.form is not None and overwritten_save.is_written_once(link, reading)
        link.awaits_write_back = is_owed and not (is_seen or await self._talk.has_saved(link))
        text = found.text
        after = reading if text == reading.text or text is None else NotebookText(text)
        judged = None
        if not self._has_newer(link.path):
            aftermath = await self.compare(link, reading, after)
            judged = await torn_reads.judge(self._talk, link, reading, after, aftermath)
        # A save that has come meanwhile is not to be undone.
        if judged is None or self._has_newer(link.path):
            link.held = reading
            link.lineage.synced(reading.text, reading.text, reading, link.editors_text)
            await self._share_written(link, written)
            return False
        if judged.is_torn:
            # Where it has changed again meanwhile, the next round sees to it.
            link.was_put_back = overwritten_save.put_back(link, self._kept, found, reading.text)
            if judged.aftermath is Aftermath.CHANGED:
                link.held = after
                if await self._talk.think(lambda: is_autosave(held, reading, after)):
                    # It lay over the file before Livebook read it, and is its own.
                    link.lineage.not_synced()
                else:
                    link.lineage.rebase(after)
            return True
        if judged.is_others:
            link.version, link.held = saved.version, reading
            link.motion.notice()
            return True
        now = await self.keep_file(link, found)
        is_new = held is None or held.text != after.text
        link.held = after
        # A session that wrote this text back, or held it before, lives.
        wrote_back = not is_untouched and after.is_form_of(reading)
        is_merged = link.lineage.is_made(reading.text)
        is_looked_at = not wrote_back or link.browser is not None or is_merged
        # What nothing else confirms is looked at however long that takes.
        must_look = must_show and is_untouched
        # Of two steps the first may yet be written over the second.
        is_step_late = link.awaits_write_back and self._is_in_steps(link.path)
        session = await self._talk.session_text(link, is_needed=must_look) if is_looked_at else None
        if (
            session is None
            and is_new
            and not wrote_back
            and await self._has_ended(link, found, reading)
        ):
            link.detach()
            link.enter(State.DIED, findings.died())
        elif must_look and (session is None or is_step_late):
            # As far as anybody knows it holds what it held: else the next try would be believed
            # without any sign of it.
            link.held, link.tries_again = held, True
            link.enter(State.FAILED, session_findings.not_confirmed(), *link.notes)
        else:
            kept = reading if now.data == saved.data else after
            # It wrote back what was sent, or held that before: if it has something else by now,
            # people went on.
            is_there = wrote_back or not is_moved
            is_ahead = is_there and session is not None and self._is_ahead(after, session)
            base = await self._talk.think(lambda: base_after(held, reading, after, session))
            link.lineage.synced(reading.text, now.text or reading.text, base, link.editors_text)
            if is_ahead and wrote_back and not link.is_reopened:
                link.is_reopened = True
                return True
            await self.tell(link, reading, kept, None if is_ahead else session)
            await self.share(link, kept)
        return False

    def _is_ahead(self, after: NotebookText, session: NotebookText) -> bool:
        return self._settings().merge is not MergeMode.NEVER and is_edited(after, session)

    async def share(self, link: NotebookLink, reading: NotebookText) -> None:
        """Note that file and session hold the same text, where that was told."""
        if link.state in ARRIVED - {State.DIFFERS}:
            await self._talk.think(lambda: self._on_shared(link, reading))

    async def _share_written(self, link: NotebookLink, written: write_back.WriteBack) -> None:
        """Note what the session has read and written into the file, though more has come since:
        others of ours would take it for people's work.
        """
        if written.form is not None:
            await self._talk.think(lambda: self._on_shared(link, written.read))

    async def _has_ended(
        self, link: NotebookLink, found: notebook_file.Snapshot, reading: NotebookText
    ) -> bool:
        """Whether the session is gone: where Livebook says so, else as far as a sync tells."""
        if await self._talk.has_lost_session(link):
            return True
        return await self._is_silent(link, found, reading) and await self._has_died(link)

    async def _is_silent(
        self, link: NotebookLink, found: notebook_file.Snapshot, reading: NotebookText
    ) -> bool:
        """Whether Livebook writes nothing for a while, so that it may be asked to read the file."""
        patience = _MUST_ASK_S / 3 if reading.autosaves else 0.0
        now = notebook_file.version(link.path)
        if now != link.version:
            return False
        known = notebook_file.Snapshot(found.data, now) if now else found
        written = await write_back.write_back(link.path, known, reading, patience)
        return written.found.version == link.version

    async def _wait_on(
        self, link: NotebookLink, saved: notebook_file.Snapshot, reading: NotebookText
    ) -> write_back.WriteBack:
        """The file once Livebook, which must write it and is late, has done so; as it was where the
        session shows what it holds, has ended, or shows nothing.
        """
        began_s = clock.monotonic_s()
        written, is_asked = write_back.WriteBack(saved, reading), False
        while written.found.version == saved.version and not self._has_newer(link.path):
            since_s = clock.monotonic_s() - began_s
            has_saved = await self._talk.has_saved(link)
            if has_saved:
                return write_back.WriteBack(notebook_file.read(link.path), reading)
            if since_s > _LATEST_S:
                break
            is_shown = has_saved is None and since_s > _LATE_S
            if is_shown and await self._talk.session_text(link) is not None:
                break
            if await self._talk.has_lost_session(link):
                break
            if since_s > _MUST_ASK_S and not is_asked:
                is_asked = True
                if await self._has_died(link):
                    break
            written = await write_back.write_back(link.path, saved, reading, _LOOK_AGAIN_S)
        return written

    async def settle_open(
        self, link: NotebookLink, saved: notebook_file.Snapshot, reading: NotebookText
    ) -> bool:
        """Settle after an open, at which the session may have been there and hold something else;
        whether it must be sent again.

        Of a new one Livebook will write the file in its own form: it is made to do so at once,
        while nobody has typed anything yet.
        """
        session = await self._talk.session_text(link)
        is_same = session is not None and await self._talk.think(lambda: session.says_same(reading))
        if is_same and reading.autosaves and reading.text != reading.canonical:
            await self._talk.ask_session(link)
            return await self.settle(link, saved, reading)
        if session is not None and not is_same:
            # It was there before: mostly nobody knows what it has in common with the file.
            is_older = await self._talk.is_older(link, session)
            link.lineage.start_from(session if is_older else None)
            self._kept.keep(link.path, session.text, VersionOrigin.BROWSER)
        await self.tell(link, reading, reading, session)
        if session is not None and is_same:
            link.lineage.found(reading.text, session, link.editors_text or reading.text)
            await self.share(link, reading)
        return False

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
            link.held = link.seen = session
            await self._differs(link, after, _differences(after, session))
            return
        notes = link.notes
        # What people had written in the browser and is not in the text that was saved.
        lost = link.browser.gone_in(saved) if link.browser else ()
        if lost:
            notes = (findings.browser_overwritten(lost), *notes)
        gone = await self._talk.think(lambda: saved.gone_in(after))
        if gone:
            link.enter(State.CHANGED, findings.changed(gone), *notes)
        elif saved.body == after.body:
            link.enter(State.IN_SYNC, *notes)
        else:
            link.enter(State.REFORMATTED, *notes)

    async def tell_difference(
        self, link: NotebookLink, file: NotebookText, session: NotebookText
    ) -> None:
        """Say in what the file differs from what the session is known to hold."""
        parts = await self._talk.think(lambda: _differences(file, session))
        if parts:
            await self._differs(link, file, parts)
        elif link.state is State.DIFFERS:
            link.enter(State.IN_SYNC, *link.notes)

    async def _differs(
        self, link: NotebookLink, file: NotebookText, parts: tuple[Gone, ...]
    ) -> None:
        """Tell it, and keep what the file has: the session's next save may lie over that."""
        await self._talk.think(lambda: self._kept.keep(link.path, file.text, VersionOrigin.FOUND))
        link.enter(State.DIFFERS, findings.differs(parts))

    async def compare(
        self, link: NotebookLink, saved: NotebookText, found: NotebookText
    ) -> Aftermath:
        """What was `found` in the file, compared with what was `saved`."""
        is_others = link.pinned.is_replaced(saved.text)
        earlier = () if is_others else overwritten_save.earlier(link, saved.text)
        return await self._talk.think(lambda: write_back.compare(saved, found, earlier))


def _differences(file: NotebookText, session: NotebookText) -> tuple[Gone, ...]:
    """What the file says and the session does not, then the other way round."""
    return tuple(it for it in file.gone_in(session) + session.gone_in(file) if it.is_synced)
