"""Programs of ours, killed while they write: `python -m tests.support.write_kills [TIMES [SEED]]`.

After each death the file is whole, what it was or what it was to become, with the mode, owner and
links that it had; and whoever comes next brings it to its end.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import stat
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.sessions.session import Timing
from tests.support import step_kills
from tests.support.command import PROGRAM
from tests.support.git import commit_all

_MODE = 0o640
# From the first sign of writing, which is looked for this often.
_LOOK_EVERY_S = 0.0002
_AFTER_SIGN_S = 0.004
_LONGEST_S = 60.0
_CELLS = 400
_STEPS = "a server or a hook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One command in a folder: what it is called with, and the file that it writes."""

    arguments: tuple[str, ...]
    file: Path


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was found: its bytes, and all that must stay."""

    data: bytes | None
    mode: int = 0
    owner: tuple[int, int] = (0, 0)
    links: int = 0

    @classmethod
    def at(cls, path: Path) -> Seen:
        """The file as it is now."""
        if not path.exists():
            return cls(None)
        status = path.stat()
        return cls(
            path.read_bytes(),
            stat.S_IMODE(status.st_mode),
            (status.st_uid, status.st_gid),
            status.st_nlink,
        )


def notebook(word: str, cells: int = _CELLS) -> str:
    """A long notebook that is in Livebook's form but for its lists."""
    parts = ["# Note", "## One"]
    for number in range(cells):
        parts += [f"```elixir\n{word}_{number} = {number}\n```", f"- {word} {number}"]
    return "\n\n".join(parts) + "\n"


def _format(folder: Path, _: StandIn) -> Case:
    return Case(arguments=("format", "--quiet"), file=_written(folder, notebook("word")))


def _check(folder: Path, _: StandIn) -> Case:
    text = notebook("word").replace("- word 7\n", "```elixir\n# never closed")
    return Case(arguments=("check", "--fix"), file=_written(folder, "\ufeff" + text))


def _restamp(folder: Path, livebook: StandIn) -> Case:
    stamped = livebook.stamp(notebook("word"))
    path = _written(folder, stamped)
    commit_all(folder)
    return Case(
        arguments=("restamp", "--quiet"),
        file=_written(folder, stamped.replace("word_7 = 7", "word_7 = 8"), path.name),
    )


def _merge(folder: Path, _: StandIn) -> Case:
    names = ("base", "ours", "theirs")
    words = ("word", "word = 1\n\nword", "word")
    for name, word in zip(names, words, strict=True):
        (folder / f"{name}.livemd").write_text(notebook(word), encoding="utf-8")
    out = _written(folder, notebook("old"))
    files = tuple(f"{it}.livemd" for it in names)
    return Case(arguments=("merge", "-o", out.name, *files), file=out)


def _export(folder: Path, _: StandIn) -> Case:
    (folder / "in.livemd").write_text(notebook("word"), encoding="utf-8")
    out = _written(folder, notebook("old"), "out.exs")
    return Case(arguments=("export", "--to", "exs", "-o", out.name, "in.livemd"), file=out)


def _install(folder: Path, _: StandIn) -> Case:
    (folder / ".claude").mkdir(exist_ok=True)
    allowed = [f"Bash(x{it})" for it in range(5000)]
    theirs = json.dumps({"permissions": {"allow": allowed}})
    out = _written(folder, theirs, ".claude/settings.json")
    return Case(arguments=("hook", "--install", "claude"), file=out)


ACTS: dict[str, Callable[[Path, StandIn], Case]] = {
    "format": _format,
    "check --fix": _check,
    "restamp": _restamp,
    "merge -o": _merge,
    "export -o": _export,
    "hook --install": _install,
}


def _written(folder: Path, text: str, name: str = "n.livemd") -> Path:
    """A file with this text, and with whatever of links it has."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    path.chmod(_MODE)
    return path


class Kills:
    """Kills in one folder, and what went wrong."""

    def __init__(self, folder: Path, livebook: StandIn, chance: random.Random) -> None:
        self._folder = folder
        self._livebook = livebook
        self._chance = chance
        self._environ = dict(os.environ) | {
            "LIVEBOOK_URL": livebook.url,
            "XDG_STATE_HOME": str(folder / "state"),
            "HOME": str(folder),
        }
        self.outcomes: Counter[str] = Counter()

    def kill(self, act: str) -> str:
        """Kill one command at a random moment; what was wrong then, else nothing."""
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        case = ACTS[act](folder, self._livebook)
        if self._chance.random() < 0.3:
            os.link(case.file, case.file.with_name("other-name"))
        before = Seen.at(case.file)
        process = self._start(case, folder)
        if self._chance.random() < 0.2:
            time.sleep(self._chance.uniform(0.0, 0.6))
        else:
            self._await_sign(process, case)
            time.sleep(self._chance.uniform(0.0, _AFTER_SIGN_S))
        process.kill()
        is_killed = process.wait() < 0
        dead = Seen.at(case.file)
        for left in folder.rglob(".livebook-ls.*"):
            # Of what is younger somebody may yet be about to say that it is theirs.
            os.utime(left, (0, 0))
        self._start(case, folder).wait(_LONGEST_S)
        after = Seen.at(case.file)
        kind = "too late" if not is_killed else "before" if dead == before else "after"
        self.outcomes[f"{act}: {kind}"] += 1
        return _problem(before, dead, after, folder)

    def _start(self, case: Case, folder: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            (*PROGRAM, *case.arguments),
            cwd=folder,
            env=self._environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _await_sign(self, process: subprocess.Popen[bytes], case: Case) -> None:
        """Wait until a file comes or changes beside the one that is to be written."""
        place = case.file.parent
        before = _signs(place)
        until_s = time.monotonic() + _LONGEST_S
        while process.poll() is None and time.monotonic() < until_s:
            if _signs(place) != before:
                return
            time.sleep(_LOOK_EVERY_S)


def _signs(folder: Path) -> tuple[int, ...]:
    times = [folder.stat().st_mtime_ns]
    for it in os.scandir(folder):
        # What is written beside the file may just be taking its place.
        with contextlib.suppress(FileNotFoundError):
            times.append(it.stat().st_mtime_ns)
    return tuple(sorted(times))


def _problem(before: Seen, dead: Seen, after: Seen, folder: Path) -> str:
    if dead.data not in (before.data, after.data):
        return f"neither one nor the other: {len(dead.data or b'')} bytes"
    kept = (before.mode, before.owner, before.links)
    if any((it.mode, it.owner, it.links) != kept for it in (dead, after)):
        return f"mode, owner, links: {kept}, {dead.mode, dead.owner, dead.links}"
    if after.data == before.data:
        return "whoever came next has not written it"
    left = [it.name for it in folder.rglob(".livebook-ls.*")]
    return f"left behind: {left}" if left else ""


def main(times: int, seed: int = 7) -> int:
    """Kill so often, and say what went wrong how often."""
    chance, wrong = random.Random(seed), Counter[str]()  # noqa: S311 — a test's dice
    timing = Timing(autosave_s=600, save_s=0.005)
    with (
        StandIn(StandInSettings(timing=timing)) as livebook,
        tempfile.TemporaryDirectory() as folder,
    ):
        kills = Kills(Path(folder), livebook, chance)
        for number in range(times):
            act = [*ACTS, _STEPS][number % (len(ACTS) + 1)]
            if problem := step_kills.kill_once(chance) if act == _STEPS else kills.kill(act):
                wrong[f"{act}: {problem}"] += 1
                print(number, act, problem, flush=True)
    for name, count in sorted(kills.outcomes.items()):
        print(f"{count:4} {name}")
    print(f"{times} kills, {sum(wrong.values())} went wrong")
    return min(1, len(wrong))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:] or ("500",))))
