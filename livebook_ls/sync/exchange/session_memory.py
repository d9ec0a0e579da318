"""What is known of a session when a turn begins, though another process had the last one."""

from __future__ import annotations

from livebook_ls.sync.exchange.overwritten_save import held_text, tell_gone
from livebook_ls.sync.exchange.two_steps import TwoSteps
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.held_saves import HeldSaves
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.merging.session_edits import is_edited, unknown_text
from livebook_ls.sync.telling import keeping_findings


class SessionMemory:
    """Remembers by the text that file and session were last known to share, and by the one that
    was held back.
    """

    def __init__(self, talk: Talk, kept: KeptTexts, steps: TwoSteps, held: HeldSaves) -> None:
        self._talk = talk
        self._kept = kept
        self._steps = steps
        self._held = held
        # Of which it is known what processes before this one have not sent.
        self._asked: set[str] = set()

    def note(self, link: NotebookLink) -> None:
        """The turn is over: leave to the next process what is held back."""
        if link.state is not State.HELD or held_text(link) is not None:
            self._held.note(link.path, held_text(link))

    def look_for_left(self, link: NotebookLink, reading: NotebookText) -> None:
        """Know of what a process that has ended held back, where the session has written over it
        what people edited there: what else the file has somebody has put there on purpose. The same
        holds of what was saved and never sent.

        Of a session that nobody can see into, or that is gone, only who opens the notebook is told.
        """
        left, unsent = self._held.left(link.path), self._unsent(link)
        if unsent is not None and link.saves and link.saves[-1] == unsent:
            # It had nowhere to be sent to.
            link.lost_save = NotebookText(unsent)
        if (left is None and unsent is None) or link.lost_save is not None:
            return
        held, common = link.held, link.common
        is_its = held is not None and held.body == reading.body
        is_shared = common is not None and NotebookText(common.text).body == reading.body
        if held is None:
            # What the session was seen to hold is kept, and what somebody has put back, too.
            is_its = self._kept.was_browsers(link.path, reading.text)
        is_told = is_its or (held is None and link.lineage.loaded is not None)
        if is_told and not is_shared:
            link.lost_save = NotebookText(left or unsent or "")
        elif left is not None and is_shared and NotebookText(left).gone_in(reading):
            # Somebody may have brought back what was before, as by git.
            tell_gone(link, keeping_findings.held_gone())
            self._held.forget_left(link.path)

    def _unsent(self, link: NotebookLink) -> str | None:
        """What a process before this one has not sent, the first time that is asked; or this one
        itself, as long as there is no session.
        """
        if link.path in self._asked and link.has_session:
            return None
        self._asked.add(link.path)
        return self._kept.unsent(link.path)

    async def recall(self, link: NotebookLink) -> None:
        """Know what another of our processes has brought into the session since our last turn."""
        common = self._kept.common(link.path)
        if common is None or common == link.common:
            return
        link.common = common
        self._talk.looks.forget(link)
        if link.lineage.base is None or link.follows_disk:
            link.lineage.recall(NotebookText(common.text))
        if link.has_session:
            link.motion.notice()
            if common.session_path == link.session_path:
                link.held = NotebookText(common.text)
        elif not link.was_attached:
            # A session of another process' time: what it holds counts only where it is shown.
            link.session_path = common.session_path
            link.held = await self._talk.session_text(link)
            if link.held is None:
                link.session_path = None

    def is_behind(self, link: NotebookLink, reading: NotebookText) -> bool:
        """Whether the session is known to hold just what the file had before, so that it may follow
        what nobody of ours saw happen; else it may hold what people wrote there.
        """
        if self._steps.is_open(link.path):
            return True
        held, common = link.held, link.common
        if held is None or common is None or link.was_attached:
            return False
        return held.says_same(NotebookText(common.text)) and not held.says_same(reading)

    def edited(self, link: NotebookLink) -> NotebookText | None:
        """What the session holds that nobody of ours has had to do with yet, where people have
        edited it since it shared a text with the file; a stranger's session is forgotten.
        """
        held, common = link.held, link.common
        if link.was_attached:
            return None
        if held is not None and common is not None and is_edited(NotebookText(common.text), held):
            return held
        link.session_path = link.held = None
        return None


async def look_over(
    talk: Talk,
    link: NotebookLink,
    reading: NotebookText,
    session: NotebookText | None,
    *,
    is_merged: bool,
) -> bool:
    """Account for what the session was just seen to hold; whether that is something else than what
    was known. Where `reading` is not merged with it, the link has what it replaces.
    """
    edited = await talk.think(lambda: unknown_text(agreed_text(link), session), reading)
    if not is_merged:
        link.browser = edited or link.swallowed.replaced or link.browser
        link.swallowed.forget()
    if edited is None and (link.held is not None or session is None):
        return False
    # What the session really holds decides what a sync makes of it.
    link.held = link.seen = session
    return True


def replaced_by(link: NotebookLink, text: str) -> NotebookText | None:
    """What this text has replaced of the browser's, where it was sent last for the last save: what
    is sent once more with nothing saved since takes the word of that with it.
    """
    is_again = bool(link.sent) and link.sent[-1] == text and link.saved_s < link.sent_s
    return link.browser if is_again else None


def agreed_text(link: NotebookLink) -> NotebookText | None:
    """What the session is known to have held that nobody needs to have back: what it was sent, or
    what it was met with and is kept; but of another process' session, of one that was only seen to
    hold something else, and of one of which nothing is known, what that shared with the file.
    """
    held, is_only_seen = link.held, link.held is link.seen
    if held is None and link.seen is not None:
        return link.seen
    if link.was_attached and not is_only_seen:
        return held
    if link.common is not None:
        return NotebookText(link.common.text)
    return NotebookText("") if is_only_seen and link.was_attached else held
