"""The arguments with which git calls an external diff (`man git`, GIT_EXTERNAL_DIFF)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

# A name, then each version's file, blob and mode; of a renamed one the new name and what changed.
_PLAIN, _RENAMED = 7, 9


@dataclass(frozen=True, slots=True)
class GitCall:
    """A notebook's name and its versions; none where its merge is not settled."""

    name: str
    versions: tuple[str, str] | None


def as_git_calls(arguments: Sequence[str]) -> GitCall | None:
    """What git wants to be shown; None where a person calls."""
    if len(arguments) in (_PLAIN, _RENAMED):
        name = arguments[0] if len(arguments) == _PLAIN else arguments[-2]
        return GitCall(name, (arguments[1], arguments[4]))
    if len(arguments) == 1 and "GIT_DIFF_PATH_COUNTER" in os.environ:
        return GitCall(arguments[0], None)
    return None
