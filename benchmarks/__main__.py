"""All figures in one run, ours beside its peers': `scripts/bench`, which writes `README.md` here.

With `--compare REV` that revision takes the peers' place, so that what a change made slower shows.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks import growth, saving, starting
from benchmarks.measuring import Measure, Rounds, table
from benchmarks.processes import figures, wall_ms

_HERE = Path(__file__).parent
_PAGE = _HERE / "README.md"
_BEGIN, _END = "<!-- figures -->\n", "<!-- end of figures -->\n"
_READING = {
    "1 MB read, with all that is told of it": "ms CPU",
    "a keystroke in 1 MB": "ms CPU",
    "99 of 100 keystrokes within": "ms CPU",
}
_CHECKING = {"`check` of 1,000 notebooks": "ms"}
_NOTHING = {starting.NOTHING: "ms"}
Suite = Callable[[int, Path | None], list[Measure]]


def main() -> int:
    """Measure, print, and write the table where peers were measured."""
    options = _options()
    suites = {it: SUITES[it] for it in options.only or SUITES}
    with _tree(options.compare) as tree:
        measures: list[Measure] = []
        for name, suite in suites.items():
            print(f"{name} …", file=sys.stderr, flush=True)
            measures += suite(options.rounds, tree)
    page = table(measures)
    if options.compare is None and (options.only is None or "growth" in options.only):
        print("growth …", file=sys.stderr, flush=True)
        page = "\n".join([page, "", *growth.lines(64 if options.long else 8)])
    print(page)
    if options.compare is None and options.only is None:
        _write(page)
    return 0


def _starts(rounds: int, tree: Path | None) -> list[Measure]:
    turns = starting.rounds(tree)
    turns.run(rounds)
    return turns.measures(starting.UNITS)


def _programs(rounds: int, tree: Path | None) -> list[Measure]:
    def ours(where: Path | None) -> dict[str, float]:
        return dict(figures("program", where))

    acts = {"livebook-ls": partial(ours, None)}
    if tree is not None:
        acts["before"] = partial(ours, tree)
    else:
        nothing = (sys.executable, "-c", "pass")
        acts["python -c pass"] = lambda: {starting.NOTHING: wall_ms(*nothing)}
    turns = Rounds(acts)
    turns.run(rounds)
    return turns.measures(_NOTHING)


def _saves(rounds: int, tree: Path | None) -> list[Measure]:
    measures = []
    for kind in saving.SAVES:
        with saving.Saving(tree) as saves:
            turns = saves.rounds(kind)
            turns.run(rounds * 2)
            measures += turns.measures({kind.figure: "ms"})
    return measures


def _readings(rounds: int, tree: Path | None) -> list[Measure]:
    acts = {"livebook-ls": partial(figures, "reading")}
    if tree is not None:
        acts["before"] = partial(figures, "reading", tree)
    else:
        acts["markdown-it-py"] = partial(figures, "other_parser")
    turns = Rounds(acts)
    turns.run(max(rounds // 2, 3))
    return turns.measures(_READING)


def _checks(rounds: int, tree: Path | None) -> list[Measure]:
    with tempfile.TemporaryDirectory() as folder:
        acts = {"livebook-ls": partial(figures, "checking", None, folder)}
        if tree is not None:
            acts["before"] = partial(figures, "checking", tree, folder)
        else:
            acts["reading the files alone"] = partial(figures, "files", None, folder)
        turns = Rounds(acts)
        turns.run(max(rounds // 2, 3))
        return turns.measures(_CHECKING)


SUITES: dict[str, Suite] = {
    "starts": _starts,
    "programs": _programs,
    "saves": _saves,
    "readings": _readings,
    "checks": _checks,
}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each is measured")
    parser.add_argument("--compare", metavar="REV", help="beside this revision, not beside peers")
    parser.add_argument(
        "--only", action="append", choices=[*SUITES, "growth"], help="only this; may be repeated"
    )
    parser.add_argument("--long", action="store_true", help="growth up to 64 MB")
    options = parser.parse_args()
    if options.only:
        options.only = [it for it in options.only if it in SUITES] or ["growth"]
        if options.only == ["growth"]:
            SUITES["growth"] = lambda *_: []
    return options


@contextmanager
def _tree(revision: str | None) -> Iterator[Path | None]:
    """The files of a revision in a folder of their own, for as long as they are needed."""
    if revision is None:
        yield None
        return
    git = shutil.which("git") or "git"
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "tree.tar"
        command = [git, "-C", str(_HERE.parent), "archive", "-o", str(archive), revision]
        subprocess.run(command, check=True)  # noqa: S603 — the user's git, a revision of this
        tree = Path(folder) / "tree"
        shutil.unpack_archive(archive, tree, filter="data")
        yield tree


def _write(page: str) -> None:
    """Put the figures into their place on the page."""
    text = _PAGE.read_text("utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}."
    _PAGE.write_text(f"{before}{_BEGIN}\n{machine}\n\n{page}\n\n{_END}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
