"""Random histories of a notebook beside a real Livebook: is every word that was saved still there?

`python -m tests.support.real_histories HISTORIES URL [SEED]`. Each is twenty steps of one person in
an editor and another in the browser, a script, git, and ends of the server in the middle of things,
in real time. At the end each word must be in the file, in the session or among the versions that
can be had back, unless somebody deleted it; and the session must live.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from tests.model.blocks import with_block, without_block
from tests.model.words import Words, words_in
from tests.support.editing_places import TEXT, Places
from tests.support.typing_browser import TypingBrowser

_STEPS = 20
_PAUSES_S = (0.0, 0.0, 0.003, 0.03, 0.1, 0.3, 1.0, 3.0)
_KINDS = ("prose", "code", "section")
_KEY_S = 0.01
# A message is read in this time, or dies with whom it was for.
_READ_WITHIN_S = 0.3
# What was written by others and stood there for so long was seen.
_SEEN_AFTER_S = 1.0
_AT_REST_S = 12.0


class History:
    """One notebook, and what happens to it."""

    def __init__(self, path: Path, url: str, state: Path, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 — a test's dice
        self.path = path
        path.write_text(TEXT, encoding="utf-8")
        self.places = Places(path, url, state)
        self.places.open()
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.browser = TypingBrowser(read_address(url, "this script"), self.places.session_path)
        self._in_browser(self.browser.join())
        self.words = Words()
        self.texts = [TEXT]
        self.asked: dict[str, str] = {}
        self.released: set[str] = set()
        self._saved: list[tuple[float, str]] = []
        self.steps: list[str] = []

    def go_on(self) -> None:
        """Do something that people or programs do any day."""
        act: Callable[[], object] = self.chance.choice(
            [self.save] * 5
            + [self.type_in_browser] * 4
            + [self.delete, self.kill, self.leave]
            + [self.script] * 2
            + [self.check_out]
        )
        self.steps.append(act.__name__)
        act()
        time.sleep(self.chance.choice(_PAUSES_S))

    def save(self) -> None:
        """Type a word in the editor, mostly into what the file has by now, and save."""
        if self.chance.random() < 0.8:
            self.places.take_over()
        text, word = self._buffer, self.words.new()
        place, kind = self.chance.randrange(12), self.chance.choice(_KINDS)
        self.places.editor.change(self.places.uri, with_block(text, place, kind, word))
        self._save()

    def delete(self) -> None:
        """Delete a paragraph or a cell in the editor on purpose, and save."""
        self.places.take_over()
        text, gone = without_block(self._buffer, self.chance.randrange(12))
        self.released |= gone
        self.places.editor.change(self.places.uri, text)
        self._save()

    def type_in_browser(self) -> None:
        """Type a word at the end of a cell in the browser."""
        word = self.words.new()
        cell = self.chance.choice(self.browser.cells)
        self._in_browser(self.browser.type(cell, f"\n# {word}", _KEY_S))
        self._ask_later(word, lambda: self._held())

    def script(self) -> None:
        """Have a program add a word to the file."""
        if text := self._file():
            word = self.words.new()
            self.path.write_text(with_block(text, 3, "prose", word), encoding="utf-8")
            self._ask_later(word, self._file)

    def check_out(self) -> None:
        """Put an earlier text in the file's place, as git does."""
        text = self.chance.choice(self.texts)
        self._give_up(self._file(), text)
        beside = self.path.with_suffix(".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.path)

    def kill(self) -> None:
        """End the server in the middle of anything, and start another."""
        self.places.editor.process.kill()
        # Else it would be asked to end, and nobody of ours be there for as long as that takes.
        self.places.editor.process.wait()
        now_s = time.monotonic()
        for at_s, word in self._saved:
            if now_s - at_s < _READ_WITHIN_S:
                self.asked.pop(word, None)
        self._start_again()

    def leave(self) -> None:
        """Close the editor, and start it again."""
        self.places.editor.close_document(self.places.uri)
        self._start_again()

    def problems(self) -> list[str]:
        """What is wrong once nothing is under way any more."""
        time.sleep(_AT_REST_S)
        kept = KeptTexts(StateFolder(self.places.environ))
        texts = [self._file(), self._held(), *self.places.editor.texts.values()]
        texts += [kept.text(it) or "" for it in kept.versions(str(self.path))]
        told = self.places.editor.diagnostics.get(self.places.uri, [])
        texts += [it["message"] for it in told]
        lost = self.asked.keys() - self.released - words_in("\n".join(texts))
        wrong = [f"lost: {it} of {self.asked[it]}" for it in sorted(lost)]
        if self.places.livebook.open(str(self.path)) != self.places.session_path:
            wrong.append("the session was killed")
        state = (self.places.editor.status(self.places.uri) or {"state": "nothing"})["state"]
        file, held = words_in(self._file()), words_in(self._held())
        if state in ("inSync", "reformatted") and file != held:
            wrong.append(f"told {state}: file {file - held}, session {held - file}")
        return wrong

    def close(self) -> None:
        """End all that was begun."""
        self._in_browser(self.browser.leave())
        self.places.editor.close()
        self.places.livebook.close()
        self.loop.call_soon_threadsafe(self.loop.stop)

    @property
    def _buffer(self) -> str:
        return self.places.editor.texts[self.places.uri]

    def _save(self) -> None:
        before = self._file()
        self.places.save()
        text = self.places.saved
        self._give_up(before, text)
        self.texts.append(text)
        now_s = time.monotonic()
        for word in words_in(text) - self.asked.keys():
            self.asked[word] = "a save"
            self._saved.append((now_s, word))

    def _give_up(self, before: str, text: str) -> None:
        """Somebody writes over the file: what was not saved by an editor is theirs to lose."""
        gone = words_in(before) - words_in(text)
        self.released |= {it for it in gone if self.asked.get(it) != "a save"}

    def _ask_later(self, word: str, where: Callable[[], str]) -> None:
        def look() -> None:
            if word in words_in(where()):
                self.asked.setdefault(word, "others")

        timer = threading.Timer(_SEEN_AFTER_S, look)
        timer.daemon = True
        timer.start()

    def _start_again(self) -> None:
        self.places.editor.close()
        self.places.start()
        self.places.uri = self.places.editor.open(self.path)
        self.places.saved, self.places.mtime_ns = self._buffer, self.path.stat().st_mtime_ns

    def _file(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def _held(self) -> str:
        return self.places.livebook.export(self.places.session_path, 5.0) or ""

    def _in_browser(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(30)  # type: ignore[arg-type]


def main() -> int:
    """Try so many; 1 where one went wrong."""
    histories, url = int(sys.argv[1]), sys.argv[2]
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    is_wrong = False
    for seed in range(first, first + histories):
        with tempfile.TemporaryDirectory() as folder:
            history = History(Path(folder) / "note.livemd", url, Path(folder) / "state", seed)
            try:
                for _ in range(_STEPS):
                    history.go_on()
                problems = history.problems()
            finally:
                history.close()
        print(f"{seed}: {problems or 'nothing is lost'}", flush=True)
        if problems:
            is_wrong = True
            print("   " + ", ".join(history.steps))
    return 1 if is_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
