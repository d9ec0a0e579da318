"""How fast notebooks are merged, with size; and how merges of many random triples compare to git's.

`python benchmarks/merge.py` measures; `python benchmarks/merge.py 20000 FOLDER` merges so many
triples of random edits of the notebooks below FOLDER, says what git made of them, and tests what
holds of every merge: swapping the sides changes nothing, merging with oneself neither, nothing is
lost or twice, and the result is a sound notebook. The kinds in which git's result is not what
people meant are in docs/merging.md.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from livebook_ls.notebook.merging.lines.markers import read_markers
from livebook_ls.notebook.merging.merge import Merged, merge
from livebook_ls.notebook.merging.sides import Sides
from livebook_ls.notebook.pieces.cutting import cut
from tests.notebook.merging.claims import (
    lost_by_choosing,
    returned_or_missing,
    size_of_conflicts,
    size_of_marked,
)
from tests.notebook.merging.random_edits import Editing
from tests.notebook.merging.test_properties import Triple, assert_holds

_CELL = """
Some text about step {0}, of a line or two as paragraphs in a notebook have them.

```elixir
step{0} =
  1..{0}
  |> Enum.map(fn it -> it * {0} end)
  |> Enum.sum()
```

<!-- livebook:{{"output":true}} -->

```
{0}
```
"""


def main() -> None:
    """Measure, or compare with git."""
    if len(sys.argv) > 1:
        compare_with_git(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        measure()


def measure() -> None:
    """Print how long merges take."""
    for cells in (250, 500, 1_000, 2_000, 4_000):
        base = notebook(cells)
        random = Random(cells)
        ours, theirs = (Editing(base, random).edited(40) for _ in range(2))
        best = min(timed(base, ours, theirs) for _ in range(3))
        print(f"{cells:>6} cells, 40 edits on either side: {best:.2f} s")
        wholly = notebook(cells, first=cells)
        print(f"{cells:>6} cells, nothing in common:       {timed(base, base + 'x', wholly):.2f} s")


def timed(base: str, ours: str, theirs: str) -> float:
    """The CPU time of one merge, in seconds."""
    start = time.process_time()
    merge(base, ours, theirs)
    return time.process_time() - start


def notebook(cells: int, first: int = 0) -> str:
    """A notebook with so many cells, half of them code with an output."""
    parts = ["# Steps\n"]
    for number in range(first, first + cells // 2):
        if number % 10 == 0:
            parts.append(f"\n## Section {number}\n")
        parts.append(_CELL.format(number))
    return "".join(parts)


def compare_with_git(count: int, folder: Path) -> None:
    """Print how often what came of random triples, and the seeds of those not to be."""
    texts = [it.read_text(encoding="utf-8") for it in sorted(folder.rglob("*.livemd"))]
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        for seed in range(count):
            random = Random(seed)
            base = Editing(random.choice(texts), random).edited(0)
            ours = Editing(base, random).edited(random.randint(1, 4))
            theirs = Editing(base, random).edited(random.randint(1, 4))
            is_clean, by_git = git_merge(base, ours, theirs, Path(place))
            what = judge((base, ours, theirs), merge(base, ours, theirs), by_git, is_clean=is_clean)
            found[what] += 1
            if what.startswith("!"):
                print(seed, what, flush=True)
            broken = broken_promise(Triple(base, ours, theirs))
            found[broken] += 1
            if broken.startswith("!"):
                print(seed, broken, flush=True)
            if seed % 1_000 == 999:
                print(f"{seed + 1} of {count}", file=sys.stderr, flush=True)
    for what, times in found.most_common():
        print(f"{times:>6} {what}")


def broken_promise(triple: Triple) -> str:
    """Whether what holds of every merge holds of this one."""
    try:
        assert_holds(triple)
    except AssertionError as error:
        return f"! breaks a promise: {str(error)[:200]!r}"
    return "with all that merges promise"


def judge(triple: tuple[str, str, str], merged: Merged, by_git: str, *, is_clean: bool) -> str:
    """How a merge stands to git's of the same triple."""
    if merged.is_clean:
        return "clean, as git's" if is_clean else "clean, where git has conflicts"
    sides = Sides(*map(cut, triple))
    if is_clean:
        wrong = returned_or_missing(sides, cut(by_git))
        return (
            f"conflicts, where git's result {wrong}" if wrong else "! conflicts where git has none"
        )
    if size_of_conflicts(merged) <= size_of_marked(by_git):
        return "conflicts no larger than git's"
    marked = read_markers(by_git)
    wrong = lost_by_choosing(sides, marked) if marked else "can't be read"
    return f"larger conflicts, where git's {wrong}" if wrong else "! conflicts larger than git's"


def git_merge(base: str, ours: str, theirs: str, folder: Path) -> tuple[bool, str]:
    """Whether git has no conflicts, and its text."""
    for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_bytes(text.encode())
    done = subprocess.run(
        ["git", "merge-file", "-p", "ours", "base", "theirs"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0, done.stdout.decode()


if __name__ == "__main__":
    main()
