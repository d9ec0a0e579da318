"""Words as both sides of `both_places` type them: each as a comment, on a line of its own."""

from __future__ import annotations


def has_once(text: str, word: str) -> bool:
    """Whether a text has a word as it was typed, with nothing lost before or behind it."""
    return f"{text}\n".count(f"\n# {word}\n") == 1
