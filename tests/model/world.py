"""A world for one history: people, their files, a Livebook, and our processes in between."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from unittest import mock

from livebook_ls import clock
from livebook_ls.agents import hook_sync
from livebook_ls.livebook.http import transport
from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.settings import OpenOnDidOpen, Settings
from livebook_ls.standin.settings import Access
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.sync.telling.findings import Finding
from tests.model.agenda import Agenda, AgendaClock
from tests.model.blocks import with_block, without_block
from tests.model.chronicle import PEOPLE, Chronicle
from tests.model.editor import Editor, Told, Writing
from tests.model.oracle import Oracle
from tests.model.process import Locks, Process
from tests.model.turned_livebook import URL, TurnedConnections, TurnedLivebook
from tests.model.words import Words, words_in

START = "# Note\n\n## One\n\n```elixir\n:one\n```\n\nsome prose\n\n## Two\n\n```elixir\n:two\n```\n"
HALF_TYPED = '\n<!-- livebook:{"branch_parent_index":} -->\n\n## Half typed\n'
# A file system in memory, where there is one: histories are many.
_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 — a folder below it
_LOOK_EVERY_S = 0.06
_HOOK_S = 1.6
_SEEN_AFTER_S = 1.0
_UNSEEN_S = 0.06
_QUIET_S = 4.0
_AT_REST_S = 12.0


class World:
    """What can happen in it are its methods; `end` says what was lost."""

    def __init__(self, seed: int, settings: Settings, access: Access | None = None) -> None:
        self.chance = random.Random(seed)  # noqa: S311 — a world's dice
        self.agenda = Agenda()
        self._settings = settings
        self._open = contextlib.ExitStack()
        self.folder = Path(tempfile.mkdtemp(dir=_MEMORY)).resolve()
        self._open.callback(shutil.rmtree, self.folder, ignore_errors=True)
        (self.folder / "notes").mkdir()
        self.path = self.folder / "notes" / "n.livemd"
        self.environ = {
            "LIVEBOOK_URL": URL,
            "HOME": str(self.folder),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "PATH": os.environ.get("PATH", ""),
        }
        self.words = Words()
        self._open.enter_context(clock.using(AgendaClock(self.agenda)))
        self.chronicle = Chronicle(self.agenda)
        self.chronicle.follow(self.path)
        self._locks = Locks(self.chronicle.look)
        self.chronicle.look_at_work = self._locks.look
        self.livebook = TurnedLivebook(self.agenda, self.chance, self.chronicle, access or Access())
        self._open.enter_context(mock.patch.object(fcntl, "flock", self._locks.flock))
        self._open.enter_context(mock.patch.object(transport, "Connections", self._connections))
        self._processes: list[Process] = []
        self.oracle = Oracle(self)
        self.told_by_others: list[Told] = []
        self.chronicle.write(self.path, START.encode())
        self._texts = [START]
        self.editors = [self._editor(self.path)]
        self._watch: tuple[Process, Notebooks] | None = None

    def _connections(self, *_: object) -> TurnedConnections:
        return TurnedConnections(self.livebook)

    # What people do.

    def type(self, editor: Editor, place: int, kind: str, *, looks_first: bool = True) -> None:
        """Type a word no one has typed before, somewhere in the buffer."""
        if looks_first:
            editor.notice()
        editor.buffer = with_block(editor.buffer, place, kind, self.words.new())

    def delete(self, editor: Editor, place: int) -> None:
        """Delete a paragraph or a cell on purpose."""
        editor.notice()
        editor.buffer, gone = without_block(editor.buffer, place)
        self.oracle.release(gone)

    def save(
        self,
        editor: Editor,
        writing: Writing = Writing.IN_PLACE,
        may_write: Callable[[], bool] = lambda: True,
    ) -> None:
        """Save the buffer, whatever has become of the file, and tell the server; `may_write` is
        asked right before.
        """
        if editor.process.is_dead:
            return
        before = self._words_of_file()
        text = editor.save(writing, may_write)
        if text is None:
            return
        self.oracle.give_up((before | self._just_written()) - words_in(text))
        self._texts.append(text)
        self.oracle.save(editor, words_in(text))

    def edit_in_browser(self, place: int, kind: str) -> None:
        """Type a word in Livebook's own page."""
        session = self.livebook.session(self.path)
        if session is None:
            return
        word = self.words.new()
        if self.livebook.edit(self.path, with_block(session.view.text, place, kind, word)):
            self.chronicle.note(f"people: {word} in the browser")
            self.agenda.later(_SEEN_AFTER_S, lambda: self._see_in_browser(word))

    def check_out(self, which: int, *, adds: bool) -> None:
        """Put an earlier text in the file's place, as git does."""
        text = self._texts[which % len(self._texts)]
        if HALF_TYPED in text:
            # As for a save of it.
            self.wait(_QUIET_S)
        if adds:
            text = with_block(text, which, "prose", self.words.new())
        self.oracle.give_up(self._words_of_file() - words_in(text))
        self.chronicle.replace(self.path, text.encode())
        self._promise_soon(text)

    def save_half_typed(self, editor: Editor) -> None:
        """Save what Livebook's importer would raise on, when nothing else is under way: what was
        told to read the file a moment before reads that, and nobody can hold it back.
        """
        self.wait(_QUIET_S)
        if editor.process.is_dead or not self._is_quiet():
            return
        editor.notice()
        editor.buffer += HALF_TYPED
        # While the server is asked before, another one may have begun.
        self.save(editor, may_write=self._is_quiet)
        self.wait(_QUIET_S)
        editor.buffer = editor.buffer.replace(HALF_TYPED, "")
        self.save(editor)

    def _is_quiet(self) -> bool:
        session = self.livebook.session(self.path)
        return session is None or session.is_quiet

    def script(self, place: int, pieces_s: float | None = None) -> None:
        """Add a word to the file, as programs do: at once, or emptied first."""
        if self.path.exists() and (text := self.path.read_text(encoding="utf-8")):
            if pieces_s is not None:
                self.chronicle.write(self.path, b"")
                self.wait(pieces_s)
            text = with_block(text, place, "prose", self.words.new())
            self.chronicle.write(self.path, text.encode())
            self._promise_soon(text)

    def rename(self, editor: Editor) -> None:
        """Give the notebook another name in the editor; others lose sight of it."""
        if self.path.exists() and editor.path == self.path and not editor.process.is_dead:
            new = self.path.with_name(f"n{len(self.oracle.paths)}.livemd")
            self.oracle.paths.append(new)
            self.chronicle.follow(new)
            with self.chronicle.writing(PEOPLE):
                editor.rename(new)
            self.path = new

    def remove(self) -> None:
        """Delete the file."""
        self.oracle.give_up(self._words_of_file())
        with self.chronicle.writing(PEOPLE):
            self.path.unlink(missing_ok=True)

    def settle(self, editor: Editor, take: Take | None) -> None:
        """Choose a side where a save and the browser's edits are in conflict, or have those merged
        that wait for a word.
        """
        if not editor.process.is_dead:
            path, notebooks = str(editor.path), editor.notebooks
            editor.process.begin(notebooks.take(path, take) if take else notebooks.merge(path))
            self.wait(0.0)

    def ask(self, editor: Editor, request: str) -> None:
        """Use one of the commands that bring a notebook into its session."""
        if not editor.process.is_dead:
            editor.process.begin(getattr(editor.notebooks, request)(str(editor.path)))
            self.wait(0.0)

    # What becomes of programs.

    def open_second(self) -> None:
        """Open the notebook in a second editor."""
        if len(self.editors) < 2:
            self.editors.append(self._editor(self.path))

    def kill(self, editor: Editor) -> None:
        """End a server in the middle of anything; the editor starts another."""
        self.oracle.note_kill(editor)
        editor.process.kill()
        self._restart(editor)

    def end_in_order(self, editor: Editor) -> None:
        """End a server as editors do, and start another."""
        self.oracle.note_end(editor)
        if not editor.process.is_dead:
            editor.end()
        self._restart(editor)

    def hook(self, place: int) -> None:
        """Have an agent edit the file, with our hook before and after that."""
        process, path = self._process("hook"), str(self.path)
        settings, environ = self._settings, self.environ
        process.finish(hook_sync.prepare([path], settings, environ, _HOOK_S))
        before = self.path.read_text(encoding="utf-8") if self.path.exists() else None
        self.script(place)
        done = process.finish(hook_sync.follow({path: before}, settings, environ, _HOOK_S))
        for it in done or ():
            self._hear(path, it.findings)
        process.kill()

    def watch(self) -> None:
        """Start `watch`, or kill it."""
        if self._watch is not None:
            self._watch[0].kill()
            self._watch = None
            return
        process = self._process("watch")
        made: list[Notebooks] = []
        mode = OpenOnDidOpen.NEVER
        settings = Settings(open_on_did_open=mode, two_step_sync=self._settings.two_step_sync)

        def hear(link: NotebookLink) -> None:
            self._hear(link.path, link.findings)

        process.tell(lambda: made.append(Notebooks(settings, self.environ, hear)))
        self.agenda.run(0.0)
        self._watch = process, made[0]
        seen = notebook_file.version(str(self.path))

        def look() -> None:
            nonlocal seen
            if process.is_dead:
                return
            now = notebook_file.version(str(self.path))
            if now not in (seen, None):
                process.tell(made[0].follow, str(self.path))
            seen = now
            self.agenda.later(_LOOK_EVERY_S, look)

        look()

    def restart_livebook(self, away_s: float) -> None:
        """Kill Livebook, and start it again after a while."""
        self.oracle.note_livebook_end()
        self.livebook.stop()
        self.wait(away_s)
        self.livebook.start()

    def close_session(self) -> None:
        """Close the session in the browser."""
        if (session := self.livebook.session(self.path)) and self.livebook.is_up:
            session.close()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.agenda.run(seconds)

    def close(self) -> None:
        """End the world."""
        for process in self._processes:
            process.kill()
        self._open.close()
        with _unheard():
            for process in self._processes:
                process.bury()

    def rest(self) -> None:
        """Let all be well again, with somebody there to see to it, and wait until nothing is under
        way any more.
        """
        self.livebook.faults = type(self.livebook.faults)()
        self.livebook.pace.slowness = 1.0
        for editor in self.editors:
            if editor.path == self.path and not editor.is_open:
                editor.open()
        self.wait(_AT_REST_S)

    def _words_of_file(self) -> set[str]:
        return words_in(self.path.read_text(encoding="utf-8")) if self.path.exists() else set()

    def _just_written(self) -> set[str]:
        """What came into the file so shortly before a save that nobody can have seen it."""
        since_s = self.agenda.now_s - _UNSEEN_S
        changes = [it for it in self.chronicle.changes if it.at_s >= since_s]
        return {word for it in changes for word in words_in(it.after.decode("utf-8", "replace"))}

    def _promise_soon(self, text: str) -> None:
        """What others write counts once it has stood there for a while, seen by a server."""
        path = self.path

        def look() -> None:
            is_there = path.exists() and path.read_text(encoding="utf-8") == text
            if is_there and self.livebook.is_well and self.editors[0].is_open:
                self.oracle.find(words_in(text))

        self.agenda.later(_SEEN_AFTER_S, look)

    def _hear(self, path: str, findings: Iterable[Finding]) -> None:
        codes = tuple(it.code for it in findings)
        self.told_by_others.append(Told(self.agenda.now_s, path, codes))

    def _see_in_browser(self, word: str) -> None:
        held = words_in("\n".join(self.livebook.held_texts()))
        if word in held and self.livebook.is_well and self.editors[0].is_open:
            self.oracle.see_in_browser(word)

    def _editor(self, path: Path) -> Editor:
        name = f"server {len(self.oracle.editors)}"
        editor = Editor(
            path, lambda: self._process(name), self._settings, self.environ, self.chronicle
        )
        self.oracle.editors.append(editor)
        return editor

    def _restart(self, editor: Editor) -> None:
        editor.path, editor.is_open = self.path, False
        editor.begin()

    def _process(self, name: str) -> Process:
        process = Process(name, self.agenda, self._locks, self.chance)
        self._processes.append(process)
        return process


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """What the dead still complain of is not heard."""
    before, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        yield
    finally:
        sys.unraisablehook = before
