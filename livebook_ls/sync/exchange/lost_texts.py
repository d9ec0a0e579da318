"""Texts that somebody wrote while a sync was under way, or waited for, and Livebook wrote over."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange import overwritten_save
from livebook_ls.sync.exchange.session_merge import SessionMerge
from livebook_ls.sync.exchange.write_back import WriteBack, until_quiet
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.merging.both_typed import typed_on
from livebook_ls.sync.merging.lineage_texts import LoadedText
from livebook_ls.sync.merging.rejoining import joined
from livebook_ls.sync.merging.session_edits import has_all_of
from livebook_ls.sync.telling import findings

# Somebody may write again just when the file is to be put right.
_MOST_TRIES = 5


class LostTexts:
    """Gives them back; `has_newer` says whether a newer save of a notebook waits."""

    def __init__(self, talk: Talk, has_newer: Callable[[str], bool], kept: KeptTexts) -> None:
        self._talk = talk
        self._has_newer = has_newer
        self._kept = kept

    async def take_back(
        self, link: NotebookLink, reading: NotebookText, written: WriteBack
    ) -> bool:
        """Whether somebody has written the file since `reading` was sent, so that it must be sent
        again; what Livebook's form had come to lie over is put back, or joined with what was
        written over that.
        """
        seen = written.overwritten or written.newest
        if seen is None or seen.text is None:
            return False
        link.motion.notice()
        for text in filter(None, (it.text for it in written.others)):
            self._kept.keep(link.path, text, VersionOrigin.FOUND)
        if not self._is_whole(link, reading, seen.text, written.newest):
            return False
        if written.form is not None and written.overwritten is not None:
            await self._bring_back(link, written.form, written.overwritten, written.newest)
        if self._has_newer(link.path):
            return False
        link.held = written.read
        if written.read.text != reading.text:
            # It has read a later text than it was told to: that is no work of people's either.
            link.sent.append(written.read.text)
            link.lineage.rebase(written.read)
        return True

    async def _bring_back(
        self,
        link: NotebookLink,
        form: notebook_file.Snapshot,
        lost: notebook_file.Snapshot,
        newest: notebook_file.Snapshot | None,
    ) -> None:
        """Put back what Livebook's form lies over; whoever has written over that meanwhile, or does
        so just then, keeps what they wrote too.
        """
        found = newest or form
        for _ in range(_MOST_TRIES):
            wanted = lost.text
            if found.data != form.data:
                texts = form.text or "", lost.text or "", found.text or ""
                wanted = await self._talk.think(partial(joined, *texts))
            if wanted is None:
                return
            if notebook_file.put_back(link.path, found, wanted.encode("utf-8"), None):
                link.was_put_back = True
                return
            found = (await until_quiet(link.path))[-1]

    def _is_whole(
        self,
        link: NotebookLink,
        reading: NotebookText,
        text: str,
        newest: notebook_file.Snapshot | None,
    ) -> bool:
        """Whether a text that somebody wrote has all that was sent, and what an editor of ours has
        saved last, unless that came after it, into what is `newest`; another may be the beginning
        of one.
        """
        whole, after = NotebookText(text), NotebookText((newest and newest.text) or "")
        saves = [NotebookText(link.saves[-1])] if self._has_newer(link.path) and link.saves else []
        began = (it for it in saves if it.gone_in(after))
        is_begun = reading.text.startswith(text) and text not in link.sent
        # Who has replaced the file may have taken all of it away.
        sent = () if link.pinned.is_replaced(reading.text) and not is_begun else (reading,)
        return not any(it.gone_in(whole) for it in (*sent, *began))


class DroppedSaves:
    """Brings back what an editor had saved, and dropped as it loaded what the session had written
    over that before it was sent: it goes on from a text that lacks it.
    """

    def __init__(self, talk: Talk, live: LiveSessions, merging: SessionMerge) -> None:
        self._talk = talk
        self._live = live
        self._merging = merging

    async def bring_back(
        self, link: NotebookLink, saved: notebook_file.Snapshot, reading: NotebookText
    ) -> bool:
        """Whether it was brought into the file that is as it was `saved`, or that has changed, so
        that it must be read again; what can't be brought back is told.
        """
        over = link.lineage.loaded_over
        lacks_save = partial(LoadedText.lacks_save, now=reading.text)
        over = await self._talk.think(lambda: tuple(filter(lacks_save, over)))
        if not over and not link.lineage.dropped:
            link.lineage.settle_loaded_over(None)
            return False
        session = await self._talk.session_text(link, is_needed=True)
        if session is not None:
            typed = (*self._live.ever_typed(link), *link.swallowed.seen_cells)
            loaded = (it for it in reversed(over) if it.is_sessions(session, typed))
            link.lineage.settle_loaded_over(await self._talk.think(lambda: next(loaded, None)))
        dropped = [it for it in link.lineage.dropped if it[0] != reading.text]
        whole = reading.text
        for text, base in dropped:
            whole = await self._talk.think(partial(_with, whole, text, base, session))
        can_merge = session is not None and self._merging.is_wanted(link, reading)
        if can_merge and whole != reading.text:
            if notebook_file.put_back(link.path, saved, whole.encode("utf-8"), None):
                base = link.lineage.base_of(reading.text) or reading
                link.lineage.make(whole, base, reading.text)
                link.lineage.dropped, link.version = (), notebook_file.version(link.path)
                # Told with whatever state comes of it, also by the sync of the next save.
                link.came_in = (findings.put_back(),)
                return True
            if notebook_file.version(link.path) != saved.version:
                return True
            can_merge = False
        link.lineage.dropped = ()
        if dropped and not can_merge:
            overwritten_save.tell_loss(link, dropped[-1][0], reading)
        return False


def _with(text: str, dropped: str, base: NotebookText | None, session: NotebookText | None) -> str:
    """A text with what a save that was dropped has more than what that goes out from; as it is
    where the session has that.
    """
    save = NotebookText(dropped)
    if base is None or session is None or has_all_of(session, save, base):
        return text
    return typed_on(base.body, save.body, text)
