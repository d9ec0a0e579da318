"""The notebooks that every editor is tried with, and what each must show of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).parent / "notebooks"
# Livebook would write it otherwise, and lose nothing of it.
LOOSE = "# Loose\n\n## Section\n\n- one\n\n```elixir\nx = 0\n```\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A notebook, and what is to be seen of it; lines are counted from 0.

    `outline` has the level before each name; `folds` the first and the last line; `diagnostics`
    what the text alone says, by its code and line; `fix` is the quick fix at the first of them,
    which makes the text `mended`.
    """

    file: str
    outline: tuple[tuple[int, str], ...]
    folds: tuple[tuple[int, int], ...]
    diagnostics: tuple[tuple[str, int], ...] = ()
    fix: str = ""
    mended: str = ""

    @property
    def text(self) -> str:
        """The notebook as it is opened."""
        return (NOTEBOOKS / self.file).read_text(encoding="utf-8")

    def put_into(self, folder: Path) -> Path:
        """A copy of the notebook to work on."""
        path = folder / self.file
        path.write_text(self.text, encoding="utf-8")
        return path

    def seen(self) -> dict[str, Any]:
        """What `read_seen` must find."""
        return {
            "outline": list(self.outline),
            "folds": list(self.folds),
            "diagnostics": list(self.diagnostics),
        }


def read_seen(told: Mapping[str, Any]) -> dict[str, Any]:
    """What an editor told as JSON: the same names with lists of pairs."""
    return {name: [tuple(pair) for pair in told[name]] for name in told}


TOUR = Truth(
    file="tour.livemd",
    outline=(
        (0, "A tour"),
        (1, "Setup"),
        (1, "Adding up"),
        (2, "Numbers first."),
        (2, "total = 1 + 1"),
        (1, "Words"),
        (2, "Nothing to run here."),
    ),
    folds=((4, 6), (8, 21), (12, 15), (17, 21), (23, 25)),
)

BRANCHES = Truth(
    file="branches.livemd",
    outline=(
        (0, "Größe 🎉"),
        (1, "Main"),
        (2, 'size = byte_size("😀")'),
        (2, "Size + 1."),
        (2, "On a branch"),
        (3, "Smart cell: Remote (Kino.SmartCell)"),
        (3, "one"),
    ),
    folds=((4, 15), (8, 11), (13, 15), (19, 28), (23, 25)),
)

UNCLOSED = Truth(
    file="unclosed.livemd",
    outline=((0, "Unclosed"), (1, "First"), (2, "total = 1 + 1")),
    folds=((2, 9), (4, 9)),
    diagnostics=(("unclosed-fence", 4),),
    fix="Close the code block",
    mended="""# Unclosed

## First

```elixir
total = 1 + 1
```

## Second

The end.
""",
)

ALL = (TOUR, BRANCHES, UNCLOSED)

# Code that leads from one cell to another; `Geo.` stands in line 18, where one goes on typing.
HELPED = Truth(file="helped.livemd", outline=(), folds=())
