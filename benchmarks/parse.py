"""How fast notebooks are read: against another Markdown parser, with size, and per keystroke.

Run it as `python benchmarks/parse.py`; every figure is the best of several runs, in CPU time.
"""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from markdown_it import MarkdownIt

from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.hazards.finding import find_hazards
from livebook_ls.notebook.importing.importer import build_notebook, parse, read_document
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

SECTION = """## Section {0}

Some text with `code` and **bold** words in it, that goes on for a line or two,
as paragraphs in a notebook do, with a [link](https://example.com/x).

* first item
* second item with `code`
  * nested one

<!-- livebook:{{"reevaluate_automatically":true}} -->

```elixir
x = {0}
Enum.map(1..10, fn i ->
  i * x
end)
```

"""
MEGABYTE = 1_000_000
GROWING = {
    "nested quotes": lambda size: ">" * size + "`",
    "deep list": lambda size: "".join("  " * i + "- `x\n" for i in range(int(size**0.5))),
    "unclosed comments": lambda size: "<!-- x\n" * (size // 7),
    "one long line": lambda size: "x " * (size // 2),
    "a run of #": lambda size: "#" * size,
    "a run of *": lambda size: "* " * (size // 2) + "x",
    "a run of backticks": lambda size: "`x" * (size // 2),
    "a run of [": lambda size: "[[" * (size // 2) + "|",
    "unclosed tags": lambda size: "<div>\n" * (size // 6),
    "many small lists": lambda size: "- a\n+ b\n" * (size // 8),
    "deep JSON": lambda size: "<!-- livebook:" + "[" * (size // 2) + "]" * (size // 2) + " -->",
}


def main() -> None:
    """Print all figures."""
    title, section = "# T\n\n", SECTION.format(1)
    text = title + "".join(SECTION.format(i) for i in range(MEGABYTE // len(section)))
    print(f"one notebook of {len(text):,} characters")
    other = best(lambda: MarkdownIt("commonmark").parse(text), 2)
    blocks = best(lambda: only_blocks(text), 3)
    ours = best(lambda: parse(text), 7)
    print(f"  read here                    {ours:8.1f} ms")
    print(f"  markdown-it-py, blocks only  {blocks:8.1f} ms, {blocks / ours:.1f} times as long")
    print(f"  markdown-it-py, all          {other:8.1f} ms, {other / ours:.1f} times as long")
    keystrokes(text)
    print("four times the input takes so many times as long")
    for name, grow in GROWING.items():
        small, large = cost(grow(25_000)), cost(grow(100_000))
        print(f"  {name:28} {large / small:8.1f}   ({large:.1f} ms)")


def keystrokes(text: str) -> None:
    """Print what a keystroke costs, with the notebook and its hazards read anew."""
    draft = Draft(Source(text))
    _ = draft.notebook, draft.hazards
    for name, at in (("top", 10), ("middle", len(text) // 2), ("end", len(text) - 2)):

        def press(at: int = at) -> None:
            changed = draft.replaced(at, at, "x")
            _ = changed.notebook, changed.hazards

        print(f"  a keystroke at the {name:9} {best(press, 9):8.1f} ms")


def only_blocks(text: str) -> None:
    """Only the block rules of the other parser."""
    parser = MarkdownIt("commonmark")
    parser.block.parse(text, parser, {}, [])


def cost(text: str) -> float:
    """What it costs to read a text with its hazards."""
    return best(lambda: everything(text), 3)


def everything(text: str) -> None:
    """Blocks, notebook and hazards."""
    document = read_document(Source(text))
    find_hazards(document, build_notebook(document))


def best(run: Callable[[], object], times: int) -> float:
    """The shortest of several runs, in milliseconds of CPU time."""
    shortest = float("inf")
    for _ in range(times):
        gc.collect()
        start = time.process_time()
        run()
        shortest = min(shortest, time.process_time() - start)
    return shortest * 1000


if __name__ == "__main__":
    main()
