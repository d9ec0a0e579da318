"""Words as both sides of `both_places` type them: each as a comment, on a line of its own."""

from __future__ import annotations

from collections.abc import Collection


def has_once(text: str, word: str) -> bool:
    """Whether a text has a word as it was typed, with nothing lost before or behind it."""
    return f"{text}\n".count(f"\n# {word}\n") == 1


def strays(text: str, before: str, words: Collection[str]) -> list[str]:
    """Lines of a text that were neither there before nor typed, as halves of words are."""
    known = {*before.split("\n"), *(f"# {it}" for it in words)}
    return [it for it in text.split("\n") if it not in known]
