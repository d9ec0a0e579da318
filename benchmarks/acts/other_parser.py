"""Prints what another Markdown parser takes for the same notebook, in CPU time."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))

from markdown_it import MarkdownIt

from benchmarks.texts import usual


def main() -> None:
    """Measure and print; to that parser a keystroke is the whole text again."""
    text, parser = usual(1_000_000), MarkdownIt("commonmark")
    parser.parse(usual(20_000))
    began = time.process_time()
    parser.parse(text)
    took_ms = (time.process_time() - began) * 1000
    names = ("1 MB read, with all that is told of it", "a keystroke in 1 MB")
    print(json.dumps(dict.fromkeys(names, took_ms)))


if __name__ == "__main__":
    main()
