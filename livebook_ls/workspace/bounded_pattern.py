"""A line of `.gitignore` as a pattern that takes no longer than its line and the path are long.

Where a line has several wildcards, Python tries every way to share a name among them, which may
take minutes. All but the last need only the first way that fits: if any way leads on, it does.
"""

from __future__ import annotations

import re

from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

# What pathspec writes for `*` within a name, for `**/` at the beginning, and for `/**` in between.
_STAR = "[^/]*"
_LEADING = "^(?:.+/)?"
_BETWEEN = "(?:/.+)?"
_ONE = "[^/]"
_ESCAPED = re.compile(r"\\.", re.DOTALL)


class BoundedPattern(GitIgnoreSpecPattern):
    """Matches what git's own rules say, as `GitIgnoreSpecPattern` does."""

    __slots__ = ()

    @classmethod
    def pattern_to_regex(cls, pattern: str) -> tuple[str | None, bool | None]:  # type: ignore[override]
        """The pattern as a regular expression, and whether it leaves out or takes back."""
        regex, include = super().pattern_to_regex(pattern)
        return (None if regex is None else bounded(regex)), include


def bounded(regex: str) -> str:
    """The same language, without going back on what has matched."""
    first, *others = map(_stars, regex.split(_BETWEEN))
    if not others:
        return first
    if first.startswith(_LEADING):
        first = f"^(?>(?:.+?/)??{first.removeprefix(_LEADING)}(?=/))"
    inner = "".join(f"(?>(?:/.+?)??{part}(?=/))" for part in others[:-1])
    return first + inner + _BETWEEN + others[-1]


def _stars(regex: str) -> str:
    """Names' own wildcards: the last one of each name is the one that may still grow."""
    first, *others = regex.split(_STAR)
    made = first
    for number, part in enumerate(others):
        is_last = number == len(others) - 1 or _ends_name(part)
        made += f"{_STAR}{part}" if is_last else f"(?>{_STAR}?{part})"
    return made


def _ends_name(part: str) -> bool:
    plain = _ESCAPED.sub("", part).replace(_ONE, "")
    return "/" in plain or "(" in plain
