"""Two editors, `watch` and a script on one notebook: is every word in file and session at the end?

`python -m tests.support.many_writers SECONDS [URL]`; without an address, against the stand-in.
Each takes the file as it is, adds a word and writes it, one at a time: what is lost is not theirs.

Promised is each text that an editor has told of as saved, and each that stood in the file for a
moment: Livebook's write-back may land over a script's text in the very instant in which that is
written, where nobody can have seen it. So the script looks, as a careful one does, whether its word
is there a moment later, and else adds it once more.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.support.command import PROGRAM

TEXT = "# Note\n\n## One\n\n```elixir\n1\n```\n\n## Words\n\nwords\n"
_WORD = re.compile(r"word-\d+")
_MOMENT_S = 0.02
# Livebook empties the file before it writes it.
_EMPTY_FOR_S = 2.0


class Writers:
    """Those who write, and the words that they have written."""

    def __init__(self, path: Path, url: str, state: Path) -> None:
        self.path = path
        self.environ = dict(os.environ) | {"LIVEBOOK_URL": url, "XDG_STATE_HOME": str(state)}
        self.words: list[str] = []
        self.missed: list[str] = []
        self.turn = threading.Lock()
        self.is_over = threading.Event()

    def add(self, write: Callable[[str], object]) -> None:
        """Add a word to the file as it is."""
        with self.turn:
            word = f"word-{len(self.words)}"
            if self._write(word, write):
                self.words.append(word)

    def add_surely(self, write: Callable[[str], object]) -> None:
        """The same, and once more where it isn't there a moment later."""
        with self.turn:
            word = f"word-{len(self.words)}"
            while self._write(word, write):
                time.sleep(_MOMENT_S)
                if word in _WORD.findall(self._text()):
                    self.words.append(word)
                    return

    def _write(self, word: str, write: Callable[[str], object]) -> bool:
        """Write the file with a word more; not where it has been wiped, which is told once."""
        text = self._text()
        if "## Words" not in text:
            if not self.missed:
                print(f"wiped after {len(self.words)} words: {text!r}", flush=True)
            self.missed.append(text)
            return False
        write(f"{text.rstrip()}\n\n{word}\n")
        return True

    def _text(self) -> str:
        """The file as it is once nobody is just writing it."""
        until_s = time.monotonic() + _EMPTY_FOR_S
        while "## Words" not in (text := self.path.read_text(encoding="utf-8")):
            if time.monotonic() > until_s:
                break
            time.sleep(_MOMENT_S / 10)
        return text

    def script(self, chance: random.Random) -> None:
        """Rewrite the file as scripts do, in bursts."""

        def write(text: str) -> None:
            self.path.write_text(text, encoding="utf-8")

        while not self.is_over.wait(chance.choice((0.1, 0.1, 0.1, 0.5, 2.0))):
            self.add_surely(write)

    def edit(self, chance: random.Random) -> None:
        """Save as an editor does that follows its file."""
        with Editor((*PROGRAM, "--stdio"), environ=self.environ) as editor:
            uri = editor.open(self.path)
            while not self.is_over.wait(chance.choice((0.2, 0.5, 1.0, 3.0))):
                self.add(lambda text: editor.save(uri, self.path, text))
            # What was told last is told to somebody who is still there.
            time.sleep(10)
            print("told last:", editor.status(uri)["state"], editor.status(uri)["sentence"])


def main(seconds: float, url: str) -> int:
    """Let all write for a while; 1 where a word is missing anywhere."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notes" / "n.livemd"
        path.parent.mkdir()
        path.write_text(TEXT, encoding="utf-8")
        writers = Writers(path, url, Path(folder) / "state")
        livebook = Livebook(read_address(url, "the command line"))
        session = livebook.open(str(path))
        watch = subprocess.Popen(
            (*PROGRAM, "watch", "--quiet", str(path.parent)), env=writers.environ
        )
        threads = [
            threading.Thread(target=act, args=(random.Random(seed),))  # noqa: S311 — a test's dice
            for seed, act in enumerate((writers.script, writers.edit, writers.edit))
        ]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        writers.is_over.set()
        for thread in threads:
            thread.join()
        watch.terminate()
        watch.wait()
        on_disk = path.read_text(encoding="utf-8")
        held = livebook.export(session, 10.0) or ""
        livebook.close()
    missing = {
        name: [it for it in writers.words if it not in _WORD.findall(text)]
        for name, text in (("file", on_disk), ("session", held))
    }
    print(f"{len(writers.words)} words, missing: {missing}")
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(main(float(sys.argv[1]), sys.argv[2]))
    with StandIn() as stand_in:
        sys.exit(main(float(sys.argv[1]), stand_in.url))
