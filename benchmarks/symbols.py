"""How long the search for symbols takes over thousands of notebooks, over the protocol.

Run it as `python benchmarks/symbols.py [FOLDER]`: over the notebooks in FOLDER, else over 5,000 of
ten cells each. Milliseconds of one run; the first search reads all notebooks, those behind it are
warm.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from livebook_ls.standin.editor import Editor

NOTEBOOKS, ROUNDS = 5_000, 20
QUERIES = ("section 7", "value", "mod", "", "nothing that there is")
CELL = "\n```elixir\ndefmodule Mod{n}.Part{m} do\n  def value{m}, do: {n}\nend\n```\n"


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as state:
        if len(sys.argv) > 1:
            report(Path(sys.argv[1]), state)
        else:
            with tempfile.TemporaryDirectory() as folder:
                write(Path(folder))
                report(Path(folder), state)


def write(folder: Path) -> None:
    """Notebooks of four sections and ten cells."""
    for n in range(NOTEBOOKS):
        cells = [CELL.format(n=n, m=m) for m in range(10)]
        for at in (8, 5, 2, 0):
            cells.insert(
                at, f"\n## Section {n}.{at}\n\nSee [another](n{n // 2}.livemd#section-1).\n"
            )
        path = folder / f"{n % 50}" / f"n{n}.livemd"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"# Note {n}\n{''.join(cells)}", encoding="utf-8")


def report(folder: Path, state: str) -> None:
    """The first search, then warm ones."""
    environ = os.environ | {"LIVEBOOK_URL": "http://127.0.0.1:9", "XDG_STATE_HOME": state}
    command = (sys.executable, "-m", "livebook_ls", "--stdio")
    with Editor(command, environ=environ, folder=folder) as editor:
        print(f"first search {searched(editor, 'note'):.0f}")
        for query in QUERIES:
            took = sorted(searched(editor, query) for _ in range(ROUNDS))
            median, p95 = statistics.median(took), took[int(ROUNDS * 0.95) - 1]
            print(f"{query or '(all)':24} median {median:7.1f}  p95 {p95:7.1f}")


def searched(editor: Editor, query: str) -> float:
    """How long an answer takes, in milliseconds."""
    began = time.perf_counter()
    editor.request("workspace/symbol", {"query": query})
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
