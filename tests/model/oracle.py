"""What must hold of a history, by the words that were typed and the bytes that are found.

It knows nothing of what the product thinks: only files, sessions, the list of versions that can be
had back, and the sentences that people were told.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.link import State
from livebook_ls.sync.telling.merge_findings import MERGED
from tests.model.chronicle import LIVEBOOK, PEOPLE, Change
from tests.model.words import words_in

if TYPE_CHECKING:
    from tests.model.editor import Editor
    from tests.model.world import World

_WRITTEN = frozenset({"save-put-back", "save-overwritten", MERGED})
# A message is read in this time, or dies with whom it was for.
_READ_WITHIN_S = 0.01
_IN_BROWSER = "the browser"
_WELL = frozenset({State.IN_SYNC, State.REFORMATTED})


class Oracle:
    """Asked at a history's end: `problems` names what is wrong, one line each."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.paths = [world.path]
        self.editors: list[Editor] = []
        self._promised: dict[str, str] = {}
        self._released: set[str] = set()
        self._told: dict[str, list[tuple[float, str]]] = {}
        # The last save: whose, where, its words, and how many changes there were by then.
        self._last: tuple[Editor, Path, set[str], int] | None = None

    def save(self, editor: Editor, words: set[str]) -> None:
        """An editor has told its server of a save with these."""
        now_s = self._world.agenda.now_s
        self._last = editor, editor.path, words, len(self._world.chronicle.changes)
        for word in words - self._promised.keys():
            self._promised[word] = "a save"
            self._told.setdefault(editor.process.name, []).append((now_s, word))

    def find(self, words: set[str]) -> None:
        """A server has seen these in the file, of whomever they are."""
        for word in words - self._promised.keys():
            self._promised[word] = "a file"

    def give_up(self, words: set[str]) -> None:
        """Somebody wrote a text without these: what was not told as saved is theirs to lose."""
        self._released |= {it for it in words if self._promised.get(it) != "a save"}

    def see_in_browser(self, word: str) -> None:
        """This was typed in the browser a while ago, and a session has it."""
        self._promised.setdefault(word, _IN_BROWSER)

    def release(self, words: set[str]) -> None:
        """These were deleted by a person."""
        self._released |= words

    def note_kill(self, editor: Editor) -> None:
        """A server is killed: what it was told in that moment nobody has read."""
        self.note_end(editor)
        now_s = self._world.agenda.now_s
        told = self._told.pop(editor.process.name, [])
        for word in [word for at_s, word in told if now_s - at_s < _READ_WITHIN_S]:
            del self._promised[word]

    def note_end(self, editor: Editor) -> None:
        """A server ends, and with it what it would have put back."""
        if self._last is not None and self._last[0] is editor:
            self._last = None

    def note_livebook_end(self) -> None:
        """Livebook ends, and with it what only its sessions hold."""
        for word in [it for it, origin in self._promised.items() if origin == _IN_BROWSER]:
            del self._promised[word]

    def problems(self) -> list[str]:
        """All that is wrong."""
        return [
            *self._lost(),
            *self._killed(),
            *self._disagreeing(),
            *self._overwritten(),
            *self._silent(),
            *self._raised(),
        ]

    def _lost(self) -> list[str]:
        found = words_in("\n".join(self.offered()))
        asked = self._promised.keys() - self._released
        return [f"lost: {it} of {self._promised[it]}" for it in sorted(asked - found)]

    def _killed(self) -> list[str]:
        return [f"session killed: {it}" for it in self._world.livebook.crashed]

    def _disagreeing(self) -> list[str]:
        """Where people are told that all is well, file and session say the same."""
        wrong = []
        for editor in self._world.editors:
            link = editor.link
            if link is None or link.state not in _WELL or not editor.path.exists():
                continue
            session = self._world.livebook.session(editor.path)
            file = words_in(editor.path.read_text(encoding="utf-8"))
            held = words_in(session.view.text) if session else set()
            if session is None:
                wrong.append("told in sync, and there is no session")
            elif file != held:
                wrong.append(
                    f"told in sync: file {sorted(file - held)}, session {sorted(held - file)}"
                )
        return wrong

    def _overwritten(self) -> list[str]:
        """Where only Livebook can have written over the last save, it has not, or that is told."""
        if self._last is None:
            return []
        editor, path, words, before = self._last
        since = self._world.chronicle.changes[before:]
        if any(it.path == path and it.by == PEOPLE for it in since) or not path.exists():
            return []
        link = editor.link
        if link is None or editor.path != path or link.state not in _WELL or link.findings:
            return []
        gone = words - words_in(path.read_text(encoding="utf-8")) - self._released
        return [f"a save was written over, and nothing is said: {sorted(gone)}"] if gone else []

    def _silent(self) -> list[str]:
        """Whoever of ours writes a text that never stood there before takes it away again, or says
        so.
        """
        # Under any of its names, where people gave the notebook another.
        by_any_name: set[bytes] = set()
        stood = dict.fromkeys(self.paths, by_any_name)
        wrong = []
        changes = self._world.chronicle.changes
        for number, change in enumerate(changes):
            known = stood.setdefault(change.path, set())
            known.add(change.before)
            is_ours = change.by not in (PEOPLE, LIVEBOOK)
            if (
                is_ours
                and change.after not in known
                and not self._is_over(change, changes[number:])
            ):
                wrong.append(f"written without a word: {change}")
            known.add(change.after)
        return wrong

    def _is_over(self, change: Change, later: list[Change]) -> bool:
        """Whether what one of ours wrote was told, or was there only until it was written over."""
        # Also where the file was moved by then: no name comes twice.
        names = self.paths[self.paths.index(change.path) :]
        its = [it for it in later[1:] if it.path in names]
        if any(it.after == change.before for it in its):
            return True
        if any(it.by == PEOPLE and it.after != change.after for it in its):
            return True
        by_servers = (told for editor in self.editors for told in editor.told)
        return any(
            told.at_s >= change.at_s and told.path == str(change.path) and _WRITTEN & {*told.codes}
            for told in (*by_servers, *self._world.told_by_others)
        )

    def _raised(self) -> list[str]:
        return [
            f"raised: {problem.get('exception', problem)!r}"
            for process in self._world._processes
            for problem in process.loop.problems
        ]

    def offered(self) -> list[str]:
        """The texts in which a word may be."""
        world = self._world
        texts = [it.read_text(encoding="utf-8") for it in self.paths if it.exists()]
        texts += world.livebook.held_texts()
        kept = KeptTexts(StateFolder(world.environ))
        for path in self.paths:
            texts += [kept.text(it) or "" for it in kept.versions(str(path))]
        for editor in world.editors:
            if link := editor.link:
                texts += [*link.saves, *(it.sentence for it in link.findings)]
        return texts
