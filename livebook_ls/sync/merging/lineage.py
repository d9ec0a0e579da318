"""What a merge starts from: the text that both the editor's and the session's go out from.

The file may have got another text meanwhile, from Livebook or by a merge of ours. Until the editor
is seen to hold that, what it saves still goes out from what it had before.
"""

from __future__ import annotations

import contextlib
from collections import deque
from dataclasses import replace

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.lineage_texts import LoadedText, MadeText, PromisedText, SavedText
from livebook_ls.sync.telling.findings import Finding

# Livebook's form of an earlier one may still come late.
_KEPT_MERGES = 10
# Of what is typed in some ten milliseconds.
_KEPT_LATELY = 4
# Of that, and what the file was seen to have.
_KEPT_LOADED = 8


class Lineage:
    """Of one notebook. Without a `base` nothing is known of what both have in common."""

    def __init__(self) -> None:
        self.base: NotebookText | None = None
        self.made: MadeText | None = None
        # What the file had until something was put back, and what that was: the editor may have
        # taken it over, as long as it has not saved since.
        self._passing: deque[tuple[NotebookText, str]] = deque(maxlen=_KEPT_MERGES)
        # What the editor had lately: it may also have been quicker than who put back.
        self._lately: deque[str] = deque(maxlen=_KEPT_LATELY)
        # What the editor has loaded, as long as nobody knows whether that was the session's.
        self.loaded: str | None = None
        self._promised: PromisedText | None = None
        # What is told of it once it is saved.
        self._came_in: tuple[Finding, ...] = ()
        # What was merged and what it was made of, the newest last, until the editor has it.
        self._merged: deque[tuple[str, str]] = deque(maxlen=_KEPT_MERGES)
        # What the session had brought into the file, likewise.
        self._brought: deque[str] = deque(maxlen=_KEPT_MERGES)
        # What the editor has saved and nobody has sent yet, and what each goes out from; the newest
        # last.
        self._unsent: deque[SavedText] = deque(maxlen=_KEPT_MERGES)
        # The same of what it has dropped: it has loaded what the session wrote over that.
        self.dropped: tuple[SavedText, ...] = ()
        # What it may have loaded so, as long as nobody knows whose that was, and what it dropped.
        self.loaded_over: tuple[LoadedText, ...] = ()
        # Bases that have come about since the last sync.
        self._since_sync: deque[NotebookText] = deque(maxlen=_KEPT_MERGES)
        # What it was after the last sync, and before.
        self._synced: NotebookText | None = None
        self._before: tuple[NotebookText | None, MadeText | None] = (None, None)

    def base_of(self, text: str) -> NotebookText | None:
        """What a merge of this text with the session's starts from."""
        if made := self._base_of_made(text):
            return made
        return next((base for saved, base in reversed(self._unsent) if saved == text), self.base)

    def is_since_sync(self, base: NotebookText) -> bool:
        """Whether this base has come about since the last sync: it goes out from what that made of
        the session, with what was put back there.
        """
        return any(it is base for it in tuple(self._since_sync))

    def is_made(self, text: str) -> bool:
        """Whether the file has this text by somebody else than its editor."""
        return self.made is not None and self.made.text == text

    def has_merged(self, saved: str) -> bool:
        """Whether a merge was made of what the editor had saved, which it doesn't have yet."""
        return any(it == saved for _, it in self._merged)

    def is_of_session(self, text: str) -> bool:
        """Whether this text is the session's own, or was merged with that, and the editor doesn't
        have it yet.
        """
        return text in self._brought or any(it == text for it, _ in self._merged)

    def made_of(self, merged: str) -> str | None:
        """What the editor had saved, and this was made of, as long as it doesn't have that."""
        return next((saved for it, saved in self._merged if it == merged), None)

    def is_later(self, text: str, saved: str) -> bool:
        """Whether this text was made of what the editor had saved."""
        return (text, saved) in tuple(self._merged)

    def promise(self, text: str, base: NotebookText, note: Finding) -> None:
        """An editor was told to save this text, which has all of the session's."""
        self._promised = PromisedText(text, base, note)
        self._since_sync.append(base)

    def note_put_back(self, found: NotebookText, text: str) -> bool:
        """The file has `text` again, which its editor saved, and no longer what was `found`;
        whether that is what the editor goes out from by now.
        """
        self._passing.append((found, text))
        return found.text in self._lately and self._has_passing(found.text)

    def has_passed(self, text: str) -> bool:
        """Whether the file had this until something was put back, and nobody has saved since."""
        return any(it.text == text for it, _ in tuple(self._passing))

    def editor_has(self, text: str) -> bool:
        """The editor holds this text; whether that is what the file had got meanwhile, or had for a
        while.
        """
        self._lately.append(text)
        self.dropped = tuple(it for it in self.dropped if it[0] != text)
        if self.made is None or self.made.text != text:
            return self._has_passing(text)
        if self._is_newest(text):
            # It has all of that, and is sent for it.
            self._unsent[-1] = text, self.made.base
        self.base, self.made, self.loaded = self.made.base, None, None
        self.loaded_over = tuple(it for it in self.loaded_over if not it.is_sent)
        self._merged.clear()
        if not self._unsent:
            self._brought.clear()
        return True

    def take_in(self, text: str) -> None:
        """The editor's buffer was made of this, too, which the file has, or had a moment ago."""
        if not self.editor_has(text) and text in self._brought:
            self.base = NotebookText(text)

    def load_over(self, text: str) -> None:
        """The editor may have loaded this text, which lay over what it had saved; or else it has
        just saved that.
        """
        if self._unsent:
            self._load_over(LoadedText(text, *self._unsent[-1], is_seen=True))

    @property
    def has_dropped(self) -> bool:
        """Whether the editor may have dropped what it had saved, and nobody has sent yet."""
        return bool(self.dropped or self.loaded_over)

    def settle_loaded_over(self, loaded: LoadedText | None) -> None:
        """What the editor has loaded is this one, and the session's; None where it is none."""
        self.loaded_over = ()
        if loaded is not None:
            if not loaded.is_sent:
                self._drop((loaded.saved, loaded.base))
            if self.base in (loaded.base, self._synced):
                self.start_from(NotebookText(loaded.text))

    def settle_loaded(self, base: NotebookText | None) -> None:
        """What the editor has loaded is the session's, `base`; or else nothing that both have."""
        self.loaded = None
        if base is not None:
            self.start_from(base)

    def start_from(self, base: NotebookText | None) -> None:
        """Both go out from this, as far as anybody knows; also what was saved while that was not
        known yet.
        """
        self.recall(base)
        self.made = None
        if base is not None:
            self._since_sync.append(base)

    def recall(self, base: NotebookText | None) -> None:
        """Both went out from this when one of ours last knew; the same holds of what was saved."""
        before = self.base

        unsent = ((text, base if it is before else it) for text, it in self._unsent)
        self._unsent = deque(unsent, _KEPT_MERGES)
        self.base = base

    def rebase(self, session: NotebookText) -> None:
        """The session holds this; that it lacks some of what was sent is no work of people's. What
        the file has by others than its editor was made of more, and goes out from it too.
        """
        self.base = session
        if self.made is not None:
            self.made = replace(self.made, base=session)

    def note_save(self, text: str, *, is_told: bool = False) -> None:
        """The editor has saved this text, and may take over the file's before that is sent. Where
        the person `is_told` that the save before has not arrived, what it drops of that is meant.
        """
        if is_told:
            self.dropped = self.loaded_over = ()
        elif self._unsent:
            # What it has just saved the file has by that.
            self.loaded_over = tuple(
                replace(it, is_seen=it.is_seen and it.text != text) for it in self.loaded_over
            )
            self._load_over(*(LoadedText(it, *self._unsent[-1]) for it in self._lately))
        self._take_promised(text)
        self._unsent.append((text, self._base_of_made(text) or self.base))
        self._passing.clear()
        self._lately.clear()

    def saved(self, text: str) -> tuple[Finding, ...]:
        """The editor has saved this text; what is told of that."""
        self._take_promised(text)
        self.editor_has(text)
        note, self._came_in, self._promised = self._came_in, (), None
        return note

    def make(self, text: str, base: NotebookText, out_of: str) -> None:
        """The file got a text that was made of what its editor had saved and of the session's."""
        self.made = MadeText(text, base, out_of)
        self._since_sync.append(base)
        if text != out_of:
            self._merged.append((text, out_of))

    def bring(self, text: str) -> None:
        """The file has a text that is the session's, and not its editor's."""
        self._brought.append(text)

    def found(self, text: str, base: NotebookText, editors: str | None) -> None:
        """The file has this text, and its session `base`; its editor has what it had before."""
        self._since_sync.append(base)
        if text == editors:
            self.base, self.made, self.loaded = base, None, None
        else:
            self.made = MadeText(text, base)
            self.bring(text)

    def opened(self, file: NotebookText, editors: str) -> None:
        """A session was opened with the file, in which nobody was before: what its editor has typed
        until then goes out from that, too, unless more is known of it.
        """
        self.found(file.text, file, editors)
        if self.base is None:
            self.recall(file)

    def synced(self, sent: str, file: str, session: NotebookText, editors: str | None) -> None:
        """The session has read what was `sent` and holds `session`; the file has `file` by now.

        `editors` is what the editor has; None where there is no editor.
        """
        self._before = self.base, self.made
        self._since_sync.clear()
        self._forget_dropped(sent)
        if self._is_newest(sent):
            self._unsent.clear()
        made, self.made, self.loaded = self.made, None, None
        out_of = None
        if editors is None or sent == editors:
            self.base = session
        elif made is not None and made.text == sent and made.out_of == editors:
            self.base, out_of = NotebookText(editors), editors
        if editors is not None and file != editors:
            self.made = MadeText(file, session, out_of)
        self._synced = self.base

    def not_synced(self) -> None:
        """The session has not read what was sent after all; nor does what was saved since go out
        from that.
        """
        base, self.made = self._before
        if self.base is self._synced:
            self.recall(base)

    def _has_passing(self, text: str) -> bool:
        """Whether the file had this text for a while, from which the editor goes out by now."""
        found = next((it for it in self._passing if it[0].text == text), None)
        if found is None or self.base is None:
            return False
        passed, put_back = found
        # The next save lacks what was put back, without anybody having deleted it.
        self.made = self.made or MadeText(put_back, self.base)
        self.base = passed
        if self._unsent:
            self._drop(self._unsent[-1])
        with contextlib.suppress(ValueError):  # Who puts back is no event of the loop's.
            self._passing.remove(found)
        return True

    def _take_promised(self, text: str) -> None:
        """The editor has saved this text: with all of the session's, where it was told to save that
        it has what the file had got, too.
        """
        promised = self._promised
        if promised is not None and promised.text == text:
            self.base, self.made, self._promised = promised.base, None, None
            self._came_in = (promised.note,)

    def _base_of_made(self, text: str) -> NotebookText | None:
        """What a text goes out from that the file has, or the editor was told to save."""
        made = (it for it in (self.made, self._promised) if it is not None)
        return next((it.base for it in made if it.text == text), None)

    def _is_newest(self, sent: str) -> bool:
        """Whether what was sent is what the editor has saved last."""
        return bool(self._unsent) and self._has(sent, self._unsent[-1][0])

    def _has(self, sent: str, saved: str) -> bool:
        return sent == saved or self.is_later(sent, saved)

    def _forget_dropped(self, sent: str) -> None:
        """The session has read what was `sent`: the save that is, and with the newest all before
        it, of which was seen to what is dropped.
        """
        is_newest = self._is_newest(sent)
        left = (it for it in self.dropped if not is_newest and not self._has(sent, it[0]))
        self.dropped = tuple(left)
        over = (
            replace(it, is_sent=it.is_sent or is_newest or self._has(sent, it.saved))
            for it in self.loaded_over
        )
        # What the editor may have had by itself goes out from that save.
        self.loaded_over = tuple(it for it in over if it.is_seen or not it.is_sent)

    def _load_over(self, *loaded: LoadedText) -> None:
        self.loaded_over = (*self.loaded_over, *loaded)[-_KEPT_LOADED:]

    def _drop(self, saved: SavedText) -> None:
        if saved not in self.dropped:
            self.dropped = (*self.dropped, saved)
