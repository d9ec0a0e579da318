"""Livebook's write-back of one save may land over the next: how that is undone, and told."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from itertools import takewhile

from livebook_ls import clock
from livebook_ls.notebook.syncing.content_difference import Gone
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.written_over import is_mixed, lies_over
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.link import RECENT_S, NotebookLink, State
from livebook_ls.sync.telling import findings

# Livebook saves what it could not save at once with its next autosave.
_LATE_S = 6.0
# What Livebook writes for a session of an empty file.
_UNTITLED = "# Untitled notebook\n"
_LOSS = "lost save"


def earlier(link: NotebookLink, text: str) -> tuple[str, ...]:
    """What was sent and saved before `text`, the newest first; not what was made of it since, or
    what others have written over it.
    """
    saves = list(reversed(link.saves))
    # A newer save may be known already: that one is not to be undone.
    before = saves[saves.index(text) + 1 :] if text in saves else saves
    texts = (*reversed(link.sent), *before, _UNTITLED)
    newer = link.saves.written_over if saves and saves[0] == text else ()
    return tuple(
        it
        for it in dict.fromkeys(texts)
        if it != text and it not in newer and not link.lineage.is_later(it, text)
    )


def waiting_save(
    link: NotebookLink, kept: KeptTexts, has_newer: Callable[[str], bool]
) -> ProtectedSave | None:
    """What the editor has saved last, where nothing was sent since."""
    is_waiting = bool(link.saves) and link.unsent_since_s != float("inf")
    return ProtectedSave(link, link.saves[-1], kept, has_newer) if is_waiting else None


def note_read(link: NotebookLink, waiting: ProtectedSave | None, reading: NotebookText) -> None:
    """What was read while a save is `waiting` is others' newer work, unless Livebook has written
    it; over one that is held a session that was closed may have saved.
    """
    if link.state is State.HELD:
        notice_loss(link, reading)
    if waiting is None or link.saves[-1] != waiting.text or reading.text == waiting.text:
        return
    if not waiting.lies_under(reading):
        link.saves.written_over.add(reading.text)


def unsent(link: NotebookLink) -> tuple[str, ...]:
    """What was saved since the last text that was sent, the newest first; that one too, where it
    was saved once more.
    """
    before_that = takewhile(lambda it: it not in link.sent, reversed(link.saves))
    return tuple(dict.fromkeys((*link.saves.since(link.sent_s), *before_that)))


class ProtectedSave:
    """A save that is put back as soon as Livebook's form of an earlier text is seen to lie over it:
    whoever reads the file before that goes on from a text that lacks it.

    It counts from now on: what any of ours has `kept` until then is asked for only where the file
    has something else.
    """

    def __init__(
        self, link: NotebookLink, text: str, kept: KeptTexts, has_newer: Callable[[str], bool]
    ) -> None:
        self._link = link
        self.text = text
        self._kept = kept
        self._kept_before = kept.before_now(link.path, text)
        self._has_newer = has_newer
        self._seen: notebook_file.Version | None = None
        # What others have written over it since, and was sent in its place.
        self._since: set[str] = set()
        self.was_put_back = False
        self._is_over = False

    def look(self) -> notebook_file.Snapshot | None:
        """Look at the file, where that has changed since the last look; the file, where it was
        looked at and has the save.
        """
        path = self._link.path
        if self._has_newer(path) or notebook_file.version(path) in (None, self._seen):
            return None
        with contextlib.suppress(OSError):
            found = notebook_file.read(path)
            self._seen = found.version
            self._is_over = False
            if found.data == _bytes(self.text):
                self._link.pinned.pin(path, found)
                return found
            is_undone = self.undo(found)
            self.was_put_back |= is_undone
            self._is_over = not is_undone
        return None

    def is_written_over(self) -> bool:
        """Whether somebody has written something else over it that was not put back at once, and to
        which it has not given way.
        """
        self.look()
        return self._is_over

    def give_way(self, text: str) -> None:
        """Somebody has written `text` over it, which is not Livebook's and stays."""
        self._since.add(text)
        self._is_over = False

    def read(self, path: str) -> notebook_file.Snapshot:
        """The file, after a look at it. Raises OSError."""
        return self.look() or notebook_file.read(path)

    def undo(self, found: notebook_file.Snapshot) -> bool:
        """Put it back, if what was `found` lies over it; whether that was done."""
        if found.text is None or self._link.pinned.is_replaced(self.text):
            return False
        return self.lies_under(NotebookText(found.text)) and put_back(
            self._link, self._kept, found, self.text
        )

    def lies_under(self, reading: NotebookText) -> bool:
        """Whether Livebook has written what was read over it."""
        before = tuple(it for it in earlier(self._link, self.text) if it not in self._since)
        if lies_over(reading, self.text, before):
            return True
        # Others' may also be later than this one, and have all of it.
        is_later = self._link.lineage.is_later
        own = (*before, *self._since, *self._link.saves.written_over, self.text)
        kept = self._kept_before()
        others = tuple(it for it in kept if it not in own and not is_later(it, self.text))
        is_over = bool(others) and lies_over(reading, self.text, others)
        return is_over and bool(NotebookText(self.text).gone_in(reading))


def put_back(link: NotebookLink, kept: KeptTexts, found: notebook_file.Snapshot, text: str) -> bool:
    """Put back `text` where Livebook has written what was `found` over it; whether that was done.

    What any of ours has kept since goes back in its place where that has all of it: its own writer
    may not see what has become of it.
    """
    after, until_then = kept.written_around(link.path, text)
    own = NotebookText(text)
    before = (*earlier(link, text), *until_then)

    def has_all(newer: str) -> bool:
        # Somebody may have found late what Livebook made of an earlier text.
        reading = NotebookText(newer)
        return not own.gone_in(reading) and not lies_over(reading, text, before)

    wanted = next(filter(has_all, after), text)
    is_done = notebook_file.put_back(link.path, found, _bytes(wanted), None)
    if is_done and link.lineage.note_put_back(NotebookText(found.text or ""), wanted):
        link.known = found
    return is_done


def not_taken(link: NotebookLink) -> str | None:
    """What the editor saved last, where the session has not taken it as far as anybody knows, and
    another try must see to it; None where that is nothing.
    """
    is_waiting = link.is_away or link.state is State.FAILED
    if not (is_waiting and link.saves and link.known) or link.known.text != link.saves[-1]:
        return None
    return link.saves[-1]


def moves_session(link: NotebookLink, reading: NotebookText) -> bool:
    """Whether a sync changes the session, so that Livebook writes the file; True where unknown."""
    return link.held is None or link.held.canonical != reading.canonical


def is_written_once(link: NotebookLink, reading: NotebookText) -> bool:
    """Whether nobody but Livebook may have written what was sent since it was."""
    is_replaced = link.pinned.is_another or link.pinned.is_replaced(reading.text)
    return link.saved_s < link.sent_s and not is_replaced


def may_come_late(link: NotebookLink, patience: float = 0.0) -> bool:
    """Whether a write-back of what was sent last, which takes `patience` seconds at the most, may
    still be on its way.
    """
    since_s = clock.monotonic_s() - link.sent_s
    return link.awaits_write_back and since_s < _LATE_S + patience


def held_text(link: NotebookLink) -> str | None:
    """What is held back from the session, be it what the editor saved or what others have written;
    None where nothing is, or it isn't known what.
    """
    if link.state is not State.HELD:
        return None
    if link.merge is not None:
        return link.merge.ours.text
    return link.source.text if link.source is not None else None


def put_held_back(link: NotebookLink, found: notebook_file.Snapshot) -> bool:
    """Put back what is held where Livebook has written what was `found` over it, with the time that
    the editor knows of it; whether that was done.
    """
    text, known = held_text(link), link.known
    if text is None:
        return False
    mtime_ns = known.version.mtime_ns if known and known.text == text else None
    is_done = notebook_file.put_back(link.path, found, _bytes(text), mtime_ns)
    if is_done and link.lineage.note_put_back(NotebookText(found.text or ""), text):
        link.known = found
    return is_done


def holds_session(link: NotebookLink, found: NotebookText) -> bool:
    """Whether the file has, in place of a text that is held back, just what the session holds."""
    text, held = held_text(link), link.held
    if text is None or held is None or text == found.text:
        return False
    return found.is_form_of(held)


def lies_over_held(link: NotebookLink, kept: KeptTexts, found: NotebookText) -> bool:
    """Whether Livebook, which still had to save its session, has done so over a text that is held
    back from that.
    """
    text, held = held_text(link), link.held
    if text is None or held is None or text == found.text:
        return False
    if holds_session(link, found):
        # Others may give back what they had replaced themselves, or bring something new.
        is_late = link.awaits_write_back and text == link.editors_text
        is_newer = is_late and found.text in kept.written_around(link.path, text)[0]
        return (is_late and not is_newer) or not _had(link, kept, found)
    return is_mixed(found.text, text, held.canonical)


def _had(link: NotebookLink, kept: KeptTexts, found: NotebookText) -> bool:
    """Whether the file has had this before, so that others may have brought it back, also over what
    was put back in its place.
    """
    common = link.common
    is_shared = common is not None and found.is_form_of(NotebookText(common.text))
    has_passed = link.lineage.has_passed(found.text)
    return is_shared or has_passed or kept.was_written(link.path, found.text)


def tell_loss(link: NotebookLink, save: str, reading: NotebookText) -> None:
    """Tell what of a `save` the file, which was just read, lacks by somebody else's work, until it
    has that again or the editor saves another text.
    """
    link.lost_save = NotebookText(save)
    review_loss(link, reading)


def notice_loss(link: NotebookLink, reading: NotebookText) -> None:
    """The same of what the editor saved a moment ago, where somebody has written the file since:
    a session that was closed may do so late, and has not seen it.
    """
    if not link.saves or clock.monotonic_s() - link.saved_s >= RECENT_S:
        return
    save = link.saves[-1]
    # What was there before the save others may change on purpose.
    added = _lines(NotebookText(save)) - _lines(NotebookText(link.saved_over or ""))
    if added - _lines(reading) and not link.lineage.has_merged(save):
        tell_loss(link, save, reading)


def review_loss(link: NotebookLink, reading: NotebookText) -> None:
    """Tell what of the save that was lost is still lost."""
    if link.lost_save is not None:
        gone = link.lost_save.gone_in(reading)
        if not gone and link.state is State.HELD:
            gone = _dropped(link.lost_save, reading)
        if _lines(link.lost_save) <= _lines(reading):
            # Another cell, or one with more in it, has all of that.
            gone = ()
        link.stand(_LOSS, (findings.overwritten(gone),) if gone else ())
        if not gone:
            link.lost_save = None


def tell_gone(link: NotebookLink, finding: findings.Finding) -> None:
    """Tell of something that is gone, be it by somebody's will, until the editor saves."""
    link.stand(_LOSS, (finding,))


def _dropped(save: NotebookText, reading: NotebookText) -> tuple[Gone, ...]:
    """What Livebook has dropped of a save, though that was held back for it: of that no notebook
    says anything once it is imported.
    """
    left = {it.code for it in reading.hazards}
    return tuple(Gone("what was held back", it.span) for it in save.hazards if it.code not in left)


def forget_loss(link: NotebookLink) -> None:
    """The editor has saved again, after it was told."""
    link.lost_save = None
    link.stand(_LOSS, ())


def _lines(text: NotebookText) -> set[str]:
    return {line.strip() for line in text.body.splitlines()}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
