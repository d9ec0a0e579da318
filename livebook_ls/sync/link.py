"""One notebook and its session: what we know of both, and the state that people are shown."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum
from itertools import chain

from livebook_ls import clock
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.notebook.source import Source
from livebook_ls.sync.disk.complete_read import loads_as
from livebook_ls.sync.disk.motion import Motion
from livebook_ls.sync.disk.notebook_file import Snapshot, Version
from livebook_ls.sync.disk.pinned_file import PinnedFile
from livebook_ls.sync.guarding.buffer_reading import BufferReading
from livebook_ls.sync.guarding.guard import Consent
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import CommonText
from livebook_ls.sync.merging.held_merge import HeldMerge
from livebook_ls.sync.merging.lineage import Lineage
from livebook_ls.sync.merging.recent_saves import RecentSaves
from livebook_ls.sync.merging.swallowed import Swallowed
from livebook_ls.sync.telling import session_findings
from livebook_ls.sync.telling.findings import Finding

_KEPT_SENT = 10
RECENT_S = 12.0  # What Livebook writes late over a save is surely seen by then.
_SAVE_TAKES_S = 2.0  # From an editor's word that it will save, and waits, to its word that it did.
RELOAD_S = 1.0  # From a close to an open, where an editor loads a file anew.


class State(Enum):
    """Where a notebook stands; the values are those of the `livebook/status` notification."""

    LOOKING = "looking"
    DETACHED = "detached"
    OPENING = "opening"
    SYNCING = "syncing"
    IN_SYNC = "inSync"
    REFORMATTED = "reformatted"
    CHANGED = "changed"
    DIFFERS = "differs"
    HELD = "held"
    DIED = "died"
    NOT_RUNNING = "notRunning"
    REFUSED = "refused"
    FAILED = "failed"


# What was asked for was done, and there is a session.
SETTLED = frozenset({State.IN_SYNC, State.REFORMATTED, State.CHANGED})
UNDER_WAY = frozenset({State.LOOKING, State.OPENING, State.SYNCING})
ARRIVED = SETTLED | {State.DIFFERS}

_SENTENCES = {
    State.LOOKING: "Looking for Livebook …",
    State.DETACHED: "No session in Livebook.",
    State.OPENING: "Opening in Livebook …",
    State.SYNCING: "Syncing to Livebook …",
    State.IN_SYNC: "In sync with Livebook{at}.",
    State.REFORMATTED: "In sync; Livebook brought the file into its own form.",
    State.CHANGED: "In sync; Livebook changed what the file says.",
    State.DIFFERS: "The session in Livebook differs from this file.",
    State.HELD: "Held back, so that nothing is lost.",
    State.DIED: "Livebook's session has ended.",
    State.NOT_RUNNING: "Livebook is not running.",
    State.REFUSED: "Livebook does not take syncs.",
    State.FAILED: "Not in sync with Livebook.",
}


class NotebookLink:
    """A notebook's state. Lives on the event loop; `lock` keeps its operations in a row."""

    def __init__(self, path: str, on_change: Callable[[NotebookLink], None]) -> None:
        self.path = path
        # The file that the path leads to, and is known; its session's Livebook, and its name there.
        self.real: str | None = None
        self.home: Endpoint | None = None
        self.file: str | None = None
        self.is_one_of_several = False
        # What must be known before `url` is followed in a browser, where that was asked.
        self.login: Finding | None = None
        self.lock, self.buffer = asyncio.Lock(), BufferReading()
        self.state = State.LOOKING
        self.findings: tuple[Finding, ...] = ()
        # What is to be told whatever the state is, by who tells it; part of the findings.
        self._standing: dict[str, tuple[Finding, ...]] = {}
        self.session_path: str | None = None
        self.url: str | None = None
        # A session of this notebook was seen while we run: it gets another one when that is gone.
        # Whether it was opened by us, and not found.
        self.was_attached = self.was_opened_here = False
        # No editor of ours has the file: what is on disk is what was saved, and nobody asked for
        # a session, so that one which is gone isn't opened again.
        self.follows_disk = False
        # The file as the editor last loaded or saved it, by its bytes and its time.
        self.known: Snapshot | None = None
        # The file as we last accounted for it; any other version is somebody's change.
        self.version: Version | None = None
        # What the session is known to hold; and what it was only seen to, which may be the same.
        self.held: NotebookText | None = None
        self.seen: NotebookText | None = None
        # The former of a session that is gone, in conflict with what is held until that is settled.
        self.left: NotebookText | None = None
        # The text that it was last known to share with the file, by us or another process.
        self.common: CommonText | None = None
        # What a merge of the editor's and the session's starts from, and what was typed in the
        # browser while a sync was on its way.
        self.lineage, self.swallowed = Lineage(), Swallowed()
        # A merge that waits for a person's choice; the save is held until then.
        self.merge: HeldMerge | None = None
        # What a merge brought in, until a state was told with it.
        self.came_in: tuple[Finding, ...] = ()
        # The session was read again after a merge, and merged with once more.
        self.is_reopened = False
        # Others' changes of the file, and the file itself until what was sent of it is settled.
        self.motion, self.pinned = Motion(), PinnedFile()
        # What it held when people had edited it in the browser, before the last sync.
        self.browser: NotebookText | None = None
        # Its export took so long that saves should not wait for another until then.
        self.slow_until_s = float("-inf")
        # Livebook doesn't let us see what it holds.
        self.hides_session = False
        # The last text whose stamp was valid.
        self.stamped: str | None = None
        # Digests of texts whose stamps were found not to be valid: an answer that stays.
        self.unsigned: set[str] = set()
        # Its session was opened on the user's word without the stamp that the file had.
        self.has_given_up_stamp = False
        # A save that is neither in the file nor in the session any more.
        self.lost_save: NotebookText | None = None
        # What was saved here, the newest last, for “Restore my version”.
        self.saves = RecentSaves()
        # What was sent: Livebook's form of an earlier one may land over a later save.
        self.sent: deque[str] = deque(maxlen=_KEPT_SENT)
        self.consent = Consent()
        # What the guard had to say of the text last looked at, beside the state itself.
        self.notes: tuple[Finding, ...] = ()
        # The text that the findings' places are in; the editor's may be another by now.
        self.source: Source | None = None
        # When a text was last sent, by `time.monotonic`.
        self.sent_s = float("-inf")
        # When Livebook saves a session that was opened here for the first time, by the same clock.
        self.first_save_s: float | None = None
        # Livebook was not seen to write it back in time, although it must; and a text over which it
        # had written was put back, which is yet to be told.
        self.awaits_write_back = self.was_put_back = False
        # When its editor said that it has saved, and what was not sent yet first, by the same.
        self.saved_s, self.unsent_since_s = float("-inf"), float("inf")
        # What its editor had before the last saves, or an agent's file before the last edit.
        self.saved_over: str | None = None
        # When an editor that was about to write has surely done so, and when it closed the file.
        self._saved_by_s = self._closed_s = float("-inf")
        # Nothing else was sent since the session was opened or found, or it was a timer that saved
        # while somebody types: the file stays as it is.
        self.keeps_form = self._is_saved_by_timer = False
        # The file as Livebook rewrote it, for editors that don't reload by themselves.
        self.rewritten: Snapshot | None = None
        # What failed may go well another time.
        self.tries_again = False
        self._on_change = on_change

    @property
    def sentence(self) -> str:
        """The state in one sentence: the first finding's, or the state's own."""
        return self.findings[0].sentence if self.findings else self.headline

    @property
    def headline(self) -> str:
        """The state itself, in a few words."""
        at = f" at {self.home.url}" if self.home and self.is_one_of_several else ""
        return _SENTENCES[self.state].format(at=at)

    @property
    def has_session(self) -> bool:
        """Whether a session is known."""
        return self.session_path is not None

    @property
    def is_waiting(self) -> bool:
        """Whether trying again may help, with nothing saved or asked for."""
        return self.is_away or (self.state is State.FAILED and self.tries_again)

    @property
    def is_away(self) -> bool:
        """Whether the other side is missing, so that looking again may help."""
        return self.state in (State.NOT_RUNNING, State.REFUSED)

    def enter(self, state: State, *findings: Finding) -> None:
        """Be in `state` from now on, with these findings in place of the former."""
        if state not in UNDER_WAY:
            self.came_in = tuple(it for it in self.came_in if it not in findings)
        findings = (*findings, *chain.from_iterable(self._standing.values()))
        if (state, findings) != (self.state, self.findings):
            self.state, self.findings = state, findings
            self._on_change(self)

    def stand(self, matter: str, findings: tuple[Finding, ...]) -> None:
        """Tell these of a matter beside what each state tells, from now on."""
        before = self._standing.get(matter, ())
        if findings != before:
            told = {*chain.from_iterable(self._standing.values())}
            own = [it for it in self.findings if it not in told]
            self._standing[matter] = findings
            self.enter(self.state, *own)

    def begin_anew(self) -> None:
        """Its name leads to another file, of which nothing is known, nor of a session."""
        own = self.lock, self.buffer, self.follows_disk, self.lineage.loaded
        self.pinned.release()
        NotebookLink.__init__(self, self.path, self._on_change)
        self.lock, self.buffer, self.follows_disk, self.lineage.loaded = own
        self._on_change(self)

    def lose_file(self) -> None:
        """Its file is gone: what was said of its text is over."""
        self.notes, self.version, self.tries_again = (), None, False
        if self.has_session:
            self.enter(State.FAILED, session_findings.file_gone(self.url))
        else:
            self.enter(State.DETACHED)

    def begin(self, state: State) -> None:
        """Tell that something is under way; trouble that is shown stays until it comes out well."""
        if not self.is_away and self.state is not State.FAILED:
            self.enter(state, *self.notes)

    def attach(self, session_path: str, url: str) -> None:
        """Remember the session; `enter` tells of it."""
        self.session_path, self.url = session_path, url
        self.was_opened_here, self.left = False, None
        self.slow_until_s = float("-inf")
        self.was_attached = True

    @property
    def is_slow_to_show(self) -> bool:
        """Whether the session was just seen to take long for its export."""
        return clock.monotonic_s() < self.slow_until_s

    @property
    def is_being_saved(self) -> bool:
        """Whether the editor may be writing the file right now, as far as it told us."""
        return clock.monotonic_s() < self._saved_by_s

    def will_be_saved(self, *, is_by_timer: bool) -> None:
        """The editor is going to write the file."""
        self._saved_by_s = clock.monotonic_s() + _SAVE_TAKES_S
        self._is_saved_by_timer = is_by_timer

    def was_saved(self, text: str | None) -> None:
        """The editor has written the file, with this text as far as it says so."""
        if clock.monotonic_s() - self.saved_s >= RECENT_S:
            self.saved_over = self.saves[-1] if self.saves else self.editors_text
        self._saved_by_s, self.saved_s = float("-inf"), clock.monotonic_s()
        self.unsent_since_s = min(self.unsent_since_s, self.saved_s)
        if text is not None:
            self.saves.append(text)
            self.lineage.note_save(text, is_told=self.state not in SETTLED | UNDER_WAY)

    @property
    def is_loaded_anew(self) -> bool:
        """Whether it was closed only a moment ago, in peace with its session."""
        is_just_closed = clock.monotonic_s() - self._closed_s < RELOAD_S
        return is_just_closed and self.has_session and self.state in SETTLED | UNDER_WAY

    def forget_buffer(self) -> None:
        """Its editor has closed it."""
        self.buffer.forget()
        self._closed_s = clock.monotonic_s()

    @property
    def editors_text(self) -> str | None:
        """What its editor is known to have; None where no editor has the file."""
        return self.known.text if self.known and not self.follows_disk else None

    def note_editor_has(self, text: str) -> None:
        """The editor holds this text: it may have taken over what the file got meanwhile."""
        if self.lineage.editor_has(text) and self.version is not None:
            self.known = Snapshot.of(text, self.version)

    def note_loaded(self, text: str) -> None:
        """The editor has just loaded this text, which the file may have no longer."""
        self.lineage.loaded = text
        self.note_editor_has(text)
        self.known = self.as_loaded(self.known) if self.known else None

    def as_loaded(self, found: Snapshot) -> Snapshot:
        """What the editor has of its file that is `found`: somebody may have written it since."""
        loaded = self.lineage.loaded
        if loaded is None or found.text is None or loads_as(found.text, loaded):
            return found
        return Snapshot.of(loaded, (self.known or found).version)

    def note_sent(self, text: str) -> None:
        """Remember what Livebook is told to read, and when: its form of it may come late."""
        is_sent_again = bool(self.sent) and self.sent[-1] == text
        self.keeps_form = (self.keeps_form and is_sent_again) or self._is_saved_by_timer
        self.sent.append(text)
        self.sent_s, self.unsent_since_s = clock.monotonic_s(), float("inf")
        # Whatever is told to read its file saves it after that.
        self.first_save_s = None

    def note_opened(self, reading: NotebookText) -> None:
        """Remember what a session was opened with: Livebook writes it back with its first save."""
        self.held, self.browser = reading, None
        self.lineage.opened(reading, self.editors_text or reading.text)
        self.was_opened_here = True
        self.note_sent(reading.text)
        self.keeps_form = True
        self.awaits_write_back = reading.autosaves
        self.first_save_s = self.sent_s + (reading.autosave_s or 0.0)

    def detach(self) -> None:
        """Forget the session, but not that there was one, nor what is to be decided of it."""
        self.left = (self.held or self.left) if self.merge else None
        self.session_path = self.url = self.held = self.seen = self.browser = None
