"""Paragraphs, cells and sections put into a notebook's text, and taken out of it."""

from __future__ import annotations

from tests.model.words import words_in

# So much more in a cell is not left to Livebook's comparison.
_MUCH = "much " * 1000


def with_block(text: str, place: int, kind: str, word: str) -> str:
    """The text with a paragraph, a cell or a section more, behind its title, or much more in one of
    its cells.
    """
    blocks = text.rstrip("\n").split("\n\n")
    cells = [at for at, it in enumerate(blocks) if it.startswith("```elixir\n")]
    if kind == "much" and cells:
        at = cells[place % len(cells)]
        code = blocks[at].removesuffix("\n```")
        blocks[at] = f"{code}\n# {word} {_MUCH}\n```"
        return "\n\n".join(blocks) + "\n"
    new = {
        "prose": word,
        "much": word,
        "code": f"```elixir\n{word} = 1\n```",
        "section": f"## {word}\n\n```elixir\n:cell\n```",
    }[kind]
    at = 1 + place % len(blocks)
    if kind != "section":
        # Before the first section stands nothing but what Livebook keeps there.
        at = max(at, min(2, len(blocks)))
    return "\n\n".join([*blocks[:at], new, *blocks[at:]]) + "\n"


def without_block(text: str, place: int) -> tuple[str, set[str]]:
    """The text with a paragraph or cell less, and the words that went with it."""
    blocks = text.rstrip("\n").split("\n\n")
    if len(blocks) < 3:
        return text, set()
    at = 1 + place % (len(blocks) - 1)
    if blocks[at].startswith("#"):
        return text, set()
    return "\n\n".join([*blocks[:at], *blocks[at + 1 :]]) + "\n", words_in(blocks[at])
