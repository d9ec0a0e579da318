"""What was typed in the browser between our last look and Livebook's reading of a save.

Nobody can see that before. A session that is joined tells right after what a sync has put its text
in the place of; what of that was in none of the texts that we knew of is put back into the
session's text, and merged as if it still were there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from livebook_ls import clock
from livebook_ls.livebook.live.events import ReplacedText, UnseenChanges
from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.notebook.merging.merge import merge
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.both_typed import both_typed, typed_on
from livebook_ls.sync.merging.page_texts import (
    filled_with,
    has_cell,
    lacks_only_unwritten,
    news,
    says,
    whole_with,
)
from livebook_ls.sync.merging.session_edits import has_lost_sections

# What a sync of ours replaces is told within this; later it was somebody else's.
_TOLD_WITHIN_S = 3.0
_KEPT_LOOKS = 4
_KEPT_SENDS = 16


class Swallowed:
    """Of one notebook: what was seen of its session before syncs, and what those swallowed."""

    def __init__(self) -> None:
        self._looks: deque[NotebookText] = deque(maxlen=_KEPT_LOOKS)
        self._seen: deque[NotebookText] = deque(maxlen=_KEPT_LOOKS)
        self._texts: list[str] = []
        # How many of them are in what was merged last, and not sent yet.
        self._merged = 0
        # What the session was taken to hold before the last sync, where that puts something back.
        self._filled_before: NotebookText | None = None
        # The session's text with what was put back last, and without.
        self._put_back: tuple[NotebookText, NotebookText] | None = None
        # What was sent last, where Livebook has read a save in place of it, and what that was made
        # of, which the save goes out from.
        self._missed: tuple[NotebookText, NotebookText] | None = None
        # With the times at which they were sent.
        self._sends: deque[tuple[float, NotebookText]] = deque(maxlen=_KEPT_SENDS)

    def look(self, session: NotebookText | None, sent: NotebookText) -> None:
        """A sync is about to be made, and the session was just seen to hold this, maybe with what
        was put back into that; what was merged before goes with the sync.
        """
        self._sends.append((clock.monotonic_s(), sent))
        self._missed = None
        self._texts, self._merged = self._texts[self._merged :], 0
        whole, really = self._put_back or (None, None)
        is_put_back = whole is not None and session is not None and session.text == whole.text
        self._filled_before = session if is_put_back else None
        if is_put_back:
            session = really
        if session is not None:
            _remember(self._looks, session)

    def is_by_others(
        self, texts: Iterable[str | None], saved: Iterable[str], written: Iterable[str]
    ) -> bool:
        """Whether a sync by another of our processes gave cells these texts, None where they went:
        what was sent last has not got them, nor what was `saved` since, which Livebook may have
        read in its place, but what any of ours has `written` lately.
        """
        own, sent = list(saved), self.sent
        cells = sent.notebook.cells if sent is not None else ()
        foreign = [
            text
            for text in texts
            if text is not None
            and not any(says(cell, text) for cell in cells)
            and not any(has_cell(it, text) for it in own)
        ]
        return bool(foreign) and any(has_cell(it, text) for it in written for text in foreign)

    def take(self, texts: Iterable[str], ours: Iterable[str] = ()) -> bool:
        """A sync has replaced these cells' texts; whether there is anything new in them.

        `ours` are the notebook's texts that any of our processes has had to do with lately, and
        may have brought into the session since our look; they are asked for where anything is new.
        """
        sent_s = self._sends[-1][0] if self._sends else float("-inf")
        if clock.monotonic_s() - sent_s > _TOLD_WITHIN_S or not self._looks:
            return False
        found = news(texts, (*self._looks, *self._seen), ours)
        self._texts += found
        return bool(found)

    def replaced_by_others(
        self, texts: Iterable[str], session: NotebookText | None, kept: Iterable[str]
    ) -> NotebookText | None:
        """The `session`, as it was last seen, with what of these cells' texts was in none of those
        that we knew of, nor in the notebook's texts that are `kept`; None where all was.
        """
        if session is None:
            return None
        found = news(texts, (session, *self._looks, *self._seen), kept)
        return whole_with(session, found) if found else None

    def left_out(self, replaced: Iterable[ReplacedText]) -> NotebookText | None:
        """What the session held, with the texts of which a sync has taken away what Livebook writes
        into no file, as headings in Text cells; None where there are none.
        """
        cells = self.sent.notebook.cells if self.sent is not None else ()
        found = [
            it.before
            for it in replaced
            if it.now is not None and lacks_only_unwritten(it.before, it.now, cells)
        ]
        return whole_with(self._looks[-1], found) if found and self._looks else None

    def unseen(self, changes: Iterable[UnseenChanges], heard_s: float) -> tuple[str, ...]:
        """The cells' texts by which syncs of ours have replaced what nobody has seen: they have had
        more `changes` than that while nothing was told, as since `heard_s`.
        """
        sends = [it for sent_s, it in self._sends if sent_s > heard_s - _TOLD_WITHIN_S]
        return tuple(it.text for it in changes if it.count > _explained(it, sends))

    def note_read(self, saved: NotebookText, base: NotebookText) -> None:
        """Livebook has read what was `saved` in place of what was sent last, and made of the `base`
        and the session: what that has more is not in it.
        """
        at_s, sent = self._sends[-1]
        self._sends[-1], self._missed = (at_s, saved), (sent, base)

    def note_merged(self) -> None:
        """What was swallowed is in the file by now, and comes to the session with the next sync;
        where a newer save goes into the file before that, it is to be merged once more.
        """
        self._merged = len(self._texts)

    def forget(self) -> None:
        """What was swallowed was seen, and is not to be put back."""
        self._texts.clear()
        self._merged, self._missed = 0, None

    def has_last_sent(self, text: str) -> bool:
        """Whether the last sync was one of this text."""
        return self.sent is not None and self.sent.text == text

    @property
    def sent(self) -> NotebookText | None:
        """What was sent last, or Livebook is known to have read in place of that."""
        return self._sends[-1][1] if self._sends else None

    @property
    def is_instead(self) -> bool:
        """Whether a save was read in place of what was sent last."""
        return self._missed is not None

    @property
    def base(self) -> NotebookText | None:
        """What a merge with what was swallowed starts from, where anything was: what the sync made
        of the session, but where it took the place of that.
        """
        replaced, sent = self._replaced_by_last, self.sent
        if replaced is None or sent is None:
            return None
        before, filled = replaced
        restored = _restored(before, sent, filled)
        return NotebookText(merge(filled, restored, before).resolved_all(Take.THEIRS).text)

    def base_beside(self, known: NotebookText | None) -> NotebookText | None:
        """The same for a text that goes out from what is `known`: that itself, where the last sync
        only left out what it has swallowed, and says nothing in the place of it.
        """
        replaced, sent = self._replaced_by_last, self.sent
        if replaced is None or sent is None:
            return known
        before, filled = replaced
        is_only_left_out = not merge(before, _read(sent), filled).conflicts
        return known if known is not None and is_only_left_out else self.base

    @property
    def seen_cells(self) -> tuple[str, ...]:
        """What cells of the session were seen to say before the last syncs."""
        return tuple(cell.source for it in self._looks for cell in it.notebook.cells)

    def put_back(self, session: NotebookText) -> NotebookText:
        """The session's text, which was just seen, with what was swallowed, before what was typed
        there since; as it is where all of it is gone, as after reading a file that was just being
        written.
        """
        _remember(self._seen, session)
        replaced, sent = self._replaced_by_last, self.sent
        if replaced is None or sent is None or has_lost_sections(sent, session):
            return session
        restored = _restored(replaced[0], sent, replaced[1])
        whole = NotebookText(typed_on(_read(sent), restored, session.body))
        self._put_back = whole, session
        return whole

    @property
    def replaced(self) -> NotebookText | None:
        """What the session held when it was told to read what was sent, where it was more than was
        seen before.
        """
        is_any = bool(self._texts and self._looks)
        return whole_with(self._looks[-1], self._texts) if is_any else None

    @property
    def _replaced_by_last(self) -> tuple[str, str] | None:
        """The body of what the last sync goes out from, and of what is not to be lost by it; None
        where it replaced nothing that it had not.
        """
        if not self._looks or not (self._texts or self._missed):
            return None
        seen = self._looks[-1]
        if self._missed is not None:
            whole, before = map(_read, self._missed)
        else:
            whole = before = (self._filled_before or seen).body
        filled = filled_with(seen, self._texts)
        if whole != seen.body:
            filled = both_typed(seen.body, whole, filled)
        return before, filled


def _explained(changes: UnseenChanges, sends: Sequence[NotebookText]) -> float:
    """How many of a cell's changes were made by these syncs; all of them where it has another text
    than the last of them had, so that it was typed after that.
    """
    have_it = [any(says(cell, changes.text) for cell in it.notebook.cells) for it in sends]
    if not have_it or not have_it[-1]:
        return float("inf")
    return int(changes.is_another) if all(have_it) else len(have_it)


def _read(sent: NotebookText) -> str:
    """What a session has of a text that it has read."""
    return NotebookText(sent.canonical).body


def _restored(before: str, sent: NotebookText, filled: str) -> str:
    """What was sent, with what makes `filled` differ from `before`."""
    return merge(before, _read(sent), filled).resolved_all(Take.THEIRS).text


def _remember(seen: deque[NotebookText], session: NotebookText) -> None:
    if not seen or seen[-1].text != session.text:
        seen.append(session)
