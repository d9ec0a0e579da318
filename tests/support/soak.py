"""Random days of ten editors on a hundred notebooks: `python -m tests.support.soak MINUTES [SEED]`.

Livebook restarts now and then, and two of the servers. At the end it says what the other servers
took at the beginning, in the middle and at the end, and whether that was flat; 1 where it wasn't,
or where a word of a save is neither in its file nor kept.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.sessions.session import Timing
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from tests.support.command import PROGRAM
from tests.support.flatness import Sample, problems, table

TEXT = "# Note\n\n## One\n\n```elixir\n1\n```\n\n## Words\n\nwords\n"
SERVER = (*PROGRAM, "--stdio")
SETTINGS = {"languageHelp": False, "openOnDidOpen": "always", "canonicalOnSave": "never"}
_WORD = re.compile(r"word-\d+")
_MOST_OPEN = 6
_MOST_WORDS = 40
_PAUSE_S = (0.3, 1.2)
_RESTART_EVERY_S = 12.0
_REST_S = 90.0


class Day:
    """One editor's day on its own notebooks."""

    def __init__(
        self, number: int, paths: list[Path], environ: Mapping[str, str], seed: int
    ) -> None:
        self.number = number
        self.paths = paths
        self._environ = environ
        self._chance = random.Random(seed * 1000 + number)  # noqa: S311 — a test's dice
        self._words: dict[Path, list[str]] = {it: [] for it in paths}
        self._open: dict[Path, str] = {}
        self.acts = 0
        self.problem = ""
        self.editor = self._started()
        self._turn = threading.Lock()

    def run(self, is_over: threading.Event) -> None:
        """Work until it is over."""
        while not is_over.wait(self._chance.uniform(*_PAUSE_S)):
            with self._turn:
                self._act(self._chance.choice(self.paths))
            self.acts += 1

    def restart(self) -> None:
        """Kill the server, or end it in order, and start another."""
        with self._turn:
            if self._chance.random() < 0.5:
                self.editor.process.kill()
            self.editor.close()
            self._open.clear()
            self.editor = self._started()

    def sample(self) -> Sample:
        """What the server takes just now, and has taken."""
        return Sample.of(self.editor.process.pid, self.acts)

    def lost(self) -> list[str]:
        """The words of saves that are neither in their file nor offered back by name."""
        return [
            f"{word} of {path.name}"
            for path, words in self._words.items()
            for word in set(words) - self._found(path)
        ]

    def _found(self, path: Path) -> set[str]:
        kept = KeptTexts(StateFolder(self._environ))
        texts = (path.read_text(encoding="utf-8"), *map(kept.text, kept.versions(str(path))))
        return set(_WORD.findall("\n".join(it for it in texts if it)))

    def _started(self) -> Editor:
        return Editor(SERVER, environ=self._environ, settings=SETTINGS)

    def _act(self, path: Path) -> None:
        """Open a notebook, or go on with it: a word more, and a save."""
        if path not in self._open:
            if "## Words" not in path.read_text(encoding="utf-8"):
                # Livebook is just writing it.
                return
            while len(self._open) >= _MOST_OPEN:
                self.editor.close_document(self._open.pop(next(iter(self._open))))
            self._open[path] = self.editor.open(path)
        text = self.editor.texts[self._open[path]]
        words = self._words[path]
        if len(words) > _MOST_WORDS:
            # Some are deleted on purpose, so that notebooks stay as long as they are.
            gone, words[:] = words[: _MOST_WORDS // 2], words[_MOST_WORDS // 2 :]
            text = "\n\n".join(it for it in text.split("\n\n") if it.strip() not in gone)
        word = f"word-{self.number}{self.acts:06}"
        self.editor.save(self._open[path], path, f"{text.rstrip()}\n\n{word}\n")
        words.append(word)


def run(seconds: float, seed: int, editors: int = 10, notebooks: int = 100) -> list[str]:
    """Let the days pass, and say what they took; what was wrong."""
    with tempfile.TemporaryDirectory() as name, _livebook() as livebook:
        folder = Path(name)
        environ = dict(os.environ) | {
            "LIVEBOOK_URL": livebook.url,
            "XDG_STATE_HOME": str(folder / "state"),
        }
        days = [
            Day(it, _notebooks(folder, it, notebooks // editors), environ, seed)
            for it in range(editors)
        ]
        samples = _pass(days, livebook, seconds, random.Random(seed))  # noqa: S311
        lost = _lost_after_rest(days)
        for day in days:
            day.editor.close()
    print("\n".join(table(samples)))
    print(f"{sum(it.acts for it in days)} saves, {len(lost)} words lost")
    return [*(f"lost: {it}" for it in lost), *problems(samples)]


def _pass(
    days: list[Day], livebook: StandIn, seconds: float, chance: random.Random
) -> dict[str, list[Sample]]:
    """Let time pass; samples of the servers that are not restarted, after each third."""
    is_over = threading.Event()
    threads = [threading.Thread(target=it.run, args=(is_over,)) for it in days]
    for thread in threads:
        thread.start()
    steady = days[2:] if len(days) > 2 else days
    samples: dict[str, list[Sample]] = {f"server {it.number}": [] for it in steady}
    for _ in range(3):
        until_s = time.monotonic() + seconds / 3
        while (left_s := until_s - time.monotonic()) > 0:
            time.sleep(min(left_s, _RESTART_EVERY_S))
            if left_s > _RESTART_EVERY_S:
                _disturb(days, livebook, chance)
        for day in steady:
            samples[f"server {day.number}"].append(day.sample())
    is_over.set()
    for thread in threads:
        thread.join()
    return samples


def _disturb(days: list[Day], livebook: StandIn, chance: random.Random) -> None:
    """Restart Livebook, or one of the first two servers."""
    if chance.random() < 0.5:
        livebook.restart()
    else:
        chance.choice(days[:2]).restart()


def _lost_after_rest(days: list[Day]) -> list[str]:
    """What is in no file once nothing is under way any more; a file may still be put back."""
    until_s = time.monotonic() + _REST_S
    while (lost := [word for day in days for word in day.lost()]) and time.monotonic() < until_s:
        time.sleep(0.5)
    return lost


@contextlib.contextmanager
def _livebook() -> Iterator[StandIn]:
    with StandIn(StandInSettings(timing=Timing(autosave_s=5.0, save_s=0.005))) as livebook:
        yield livebook


def _notebooks(folder: Path, number: int, count: int) -> list[Path]:
    place = folder / f"notes-{number}"
    place.mkdir()
    paths = [place / f"n{it}.livemd" for it in range(count)]
    for path in paths:
        path.write_text(TEXT, encoding="utf-8")
    return paths


def main(minutes: float, seed: int = 7) -> int:
    """Soak for so long; 1 where something was wrong."""
    wrong = run(minutes * 60, seed)
    print(*(wrong or ["flat, and nothing was lost"]), sep="\n")
    return min(1, len(wrong))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), *map(int, sys.argv[2:])))
