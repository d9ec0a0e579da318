"""After a sync: wait for Livebook's write-back, put the file back as the editor knows it, and see
whether the session lived and what became of the text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from livebook_ls import clock
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.written_over import lies_over
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.merging.session_edits import is_passed

_FIRST_PAUSE_S = 0.002
# Livebook usually writes in this time, also over what somebody has saved a moment before.
_DENSELY_FOR_S = 0.06
_SLOWER = 1.2
_LONGEST_PAUSE_S = 0.02
# Livebook's write-back comes 3 to 25 ms after a sync of a small notebook, 1.9 s after one of
# 3,000 cells; its cost grows faster than the number of cells.
_PATIENCE_S = 0.25
_PATIENCE_PER_CELL_S = 0.001
_PATIENCE_PER_CELL_2_S = 2e-7
_LONGEST_PATIENCE_S = 20.0
QUIET_S = 0.015
_MOST_LOOKS = 1500
_BEFORE_FIRST_SAVE_S = 0.05
_FIRST_SAVE_TAKES_S = 0.3
_LATE_FOR_S = 2.0
_LATEST_S = 5.0
_LOOK_AGAIN_S = 0.1


class Aftermath(Enum):
    """What the file is, compared with what was saved."""

    SAME = "the same notebook, perhaps in Livebook's form or with another stamp"
    OVERWRITTEN = "Livebook's form of an earlier save"
    CHANGED = "something else"


@dataclass(frozen=True, slots=True)
class Seen:
    """The file as it was found, and its text read."""

    snapshot: notebook_file.Snapshot
    reading: NotebookText


def patience_s(reading: NotebookText) -> float:
    """How long a write-back of this notebook may take, in seconds."""
    cells = reading.cell_count
    expected = _PATIENCE_S + cells * _PATIENCE_PER_CELL_S + cells**2 * _PATIENCE_PER_CELL_2_S
    return min(expected, _LONGEST_PATIENCE_S)


@dataclass(frozen=True, slots=True)
class WriteBack:
    """The file as it was found at the end; `read` is what Livebook has read, as far as its form
    shows that. Of others' texts, as far as they were seen: `overwritten` is the last one before
    Livebook's `form` came to lie over it, `newest` the last one over that, and `others` are all.
    """

    found: notebook_file.Snapshot
    read: NotebookText
    form: notebook_file.Snapshot | None = None
    overwritten: notebook_file.Snapshot | None = None
    newest: notebook_file.Snapshot | None = None
    others: tuple[notebook_file.Snapshot, ...] = ()


async def _never() -> bool:
    return False


def _nothing(_: str, __: notebook_file.Snapshot) -> None:
    return None


async def write_back(
    path: str,
    saved: notebook_file.Snapshot,
    sent: NotebookText,
    patience: float,
    is_due: Callable[[], Awaitable[bool]] = _never,
    on_same: Callable[[str, notebook_file.Snapshot], object] = _nothing,
) -> WriteBack:
    """The file once Livebook has written its form of what was `sent`, else as it is at the end.

    The editor's next save may come before: then Livebook's form still comes, over it, and another
    sync before that would let Livebook read a file that it is just writing. A save that came before
    Livebook had read the file is read in place of what was sent, and comes back over the one after
    it: where somebody has written, it is waited for as long as it `is_due`. Where the file has just
    what was saved once more, `on_same` is told. Raises OSError where it is gone.
    """
    began = clock.monotonic_s()
    pause = _FIRST_PAUSE_S
    seen = saved
    passing = _Passing(saved, sent)
    while True:
        since = clock.monotonic_s() - began
        if since >= patience:
            if passing.newest is None or since > _LATEST_S or not await is_due():
                break
            patience += _LOOK_AGAIN_S
        if notebook_file.version(path) != seen.version:
            for it in await until_quiet(path):
                seen = it
                passing.take(it)
                if it.data == saved.data:
                    on_same(path, it)
            if (written := passing.written_back(seen)) is not None:
                return written
            continue
        # Over what others write it may lie only until they write again.
        await clock.sleep(pause if passing.newest is None else _FIRST_PAUSE_S)
        if since > _DENSELY_FOR_S:
            pause = min(pause * _SLOWER, _LONGEST_PAUSE_S)
    return WriteBack(seen, sent, newest=passing.newest, others=tuple(passing.others))


class _Passing:
    """What a file had, one after the other, while a write-back was waited for."""

    def __init__(self, saved: notebook_file.Snapshot, sent: NotebookText) -> None:
        self._saved = saved
        self._sent = sent
        # Others' texts, of which those before the last may be in no file any more.
        self.others: list[notebook_file.Snapshot] = []
        # The same, since Livebook was told to read and since it has written.
        self._before: list[tuple[notebook_file.Snapshot, NotebookText]] = []
        self._after: list[notebook_file.Snapshot] = []
        self._form: tuple[notebook_file.Snapshot, NotebookText] | None = None

    @property
    def newest(self) -> notebook_file.Snapshot | None:
        """The last one."""
        return self._after[-1] if self._after else self._overwritten

    @property
    def _overwritten(self) -> notebook_file.Snapshot | None:
        return self._before[-1][0] if self._before else None

    def written_back(self, found: notebook_file.Snapshot) -> WriteBack | None:
        """What has come of the file, which is as it was `found`, once Livebook has written it."""
        if self._form is None:
            return None
        form, read = self._form
        newest = self._after[-1] if self._after else None
        return WriteBack(found, read, form, self._overwritten, newest, tuple(self.others))

    def take(self, found: notebook_file.Snapshot) -> None:
        """See what the file has now."""
        if found.text is None:
            return
        text = NotebookText(found.text)
        # It may have read each that was there but the last, which it would write back unseen.
        candidates = [self._sent, *(it for _, it in self._before[:-1])]
        read = next((it for it in candidates if text.is_form_of(it)), None)
        if read is not None:
            self._form, self._after = (found, read), []
        elif not self._is_known(found, candidates):
            self.others.append(found)
            if self._form is None:
                self._before.append((found, text))
            else:
                self._after.append(found)

    def _is_known(self, found: notebook_file.Snapshot, candidates: Iterable[NotebookText]) -> bool:
        """Whether it is what was there before, or nothing but a beginning of Livebook's form."""
        last = self.newest or self._saved
        if found.data in (self._saved.data, last.data):
            return True
        text = found.text or ""
        forms = [form for it in candidates for form in (it.canonical, it.body)]
        return any(
            it.startswith(text) or text.startswith(it.rstrip("\n") + "\n\n<!--") for it in forms
        )


def hold_up(path: str, saved: notebook_file.Snapshot, sent: NotebookText, seconds: float) -> None:
    """Hold up this thread until Livebook has written its form of what was `sent`, but no longer."""
    until_s = clock.monotonic_s() + seconds
    while clock.monotonic_s() < until_s:
        clock.pause(_LONGEST_PAUSE_S)
        found = notebook_file.read(path)
        text = found.text
        is_other = found.version != saved.version and text is not None
        if is_other and NotebookText(text or "").is_form_of(sent):
            return


async def let_pass(link: NotebookLink) -> None:
    """Let a write-back pass that is on its way, or the first save of a session where it is due now.

    Told to read a file that it is writing itself, Livebook would take the half of it for all.
    """
    until_s = _passes_by_s(link)
    before = notebook_file.version(link.path)
    while clock.monotonic_s() < until_s:
        await clock.sleep(_LONGEST_PAUSE_S)
        if notebook_file.version(link.path) not in (before, None):
            text = (await until_quiet(link.path))[-1].text
            if text is not None and NotebookText(text).is_form_of(NotebookText(link.sent[-1])):
                break


def _passes_by_s(link: NotebookLink) -> float:
    """When what Livebook still has to write is surely written; long ago where that is nothing."""
    if not link.awaits_write_back:
        return float("-inf")
    if link.first_save_s is None:
        # Not seen in time, as on a busy machine; where Livebook can't write at all, it never comes.
        is_written = link.held is not None and link.held.autosaves
        return link.sent_s + _LATE_FOR_S if is_written else float("-inf")
    is_due = clock.monotonic_s() > link.first_save_s - _BEFORE_FIRST_SAVE_S
    return link.first_save_s + _FIRST_SAVE_TAKES_S if is_due else float("-inf")


def unmoved(link: NotebookLink, seen: notebook_file.Snapshot) -> NotebookText | None:
    """The text that the editor knows, where Livebook wrote only another stamp.

    Since an open, and after a save by a timer, also where it wrote only its own form: somebody
    looks at the notebook, and may have typed on, of which no editor would let go.
    """
    if link.known is None or link.known.text is None or seen.text is None:
        return None
    before, now = NotebookText(link.known.text), NotebookText(seen.text)
    if before.has_stamp and now.has_stamp and before.body == now.body:
        return before
    is_form = before.has_stamp == now.has_stamp and now.is_form_of(before)
    return before if link.keeps_form and is_form and before.says_same(now) else None


async def keep_file(
    link: NotebookLink,
    seen: notebook_file.Snapshot,
    unmoved: NotebookText | None,
    is_valid: Callable[[NotebookText], Awaitable[bool]],
) -> notebook_file.Snapshot:
    """Put back what the editor knows, where only the file's time moved, or it is still the
    `unmoved` text and its stamp is valid.

    Helix refuses the next save and Neovim asks before it when the time has moved, also where the
    bytes are the same. Livebook leaves a file alone that was put back. Returns the file as it is
    then.
    """
    known = link.known
    if known is None or known.version == seen.version:
        return seen
    mtime_ns = known.version.mtime_ns
    if seen.data == known.data:
        is_done = notebook_file.put_time_back(link.path, seen, mtime_ns)
    elif unmoved is not None and await is_valid(unmoved):
        is_done = notebook_file.put_back(link.path, seen, known.data, mtime_ns)
    else:
        return seen
    now = notebook_file.version(link.path)
    return notebook_file.Snapshot(known.data, now) if is_done and now else seen


def put_time_back(
    path: str, known: notebook_file.Snapshot, other: NotebookText, typed: Collection[str] = ()
) -> bool:
    """Give the file the time that its editor has `known`, where the `other` text has all that it
    says by now; whether that was done. Raises OSError.
    """
    found = notebook_file.read(path)
    base, file = NotebookText(known.text or ""), NotebookText(found.text or "")
    if not is_passed(file, other, base, typed):
        return False
    return notebook_file.put_time_back(path, found, known.version.mtime_ns)


def compare(saved: NotebookText, found: NotebookText, earlier: tuple[str, ...]) -> Aftermath:
    """What `found` is to what was `saved`; `earlier` are the saves before it."""
    if found.text == saved.text or found.is_form_of(saved):
        return Aftermath.SAME
    if lies_over(found, saved.text, earlier):
        return Aftermath.OVERWRITTEN
    is_same = not saved.gone_in(found) and not found.gone_in(saved)
    return Aftermath.SAME if is_same and found.is_canonical else Aftermath.CHANGED


async def until_quiet(path: str) -> list[notebook_file.Snapshot]:
    """The file as it passes by until nobody has written it for a moment, and as it is then;
    Livebook writes in several pieces.
    """
    seen = [notebook_file.read(path)]
    quiet_since = clock.monotonic_s()
    for _ in range(_MOST_LOOKS):
        await clock.sleep(_FIRST_PAUSE_S)
        if notebook_file.version(path) != seen[-1].version:
            seen.append(notebook_file.read(path))
            quiet_since = clock.monotonic_s()
        elif seen[-1].data and clock.monotonic_s() - quiet_since >= QUIET_S:
            break
    return seen
