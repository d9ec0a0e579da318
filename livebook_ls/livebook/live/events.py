"""What a joined session tells its owner, as it happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.live.diffs import Flash


@dataclass(frozen=True, slots=True)
class CellsChanged:
    """These cells have another state, text, markers or outputs, whoever caused it, or are new or
    gone; the session's `notebook` has them as they are now. Empty where only their order, their
    sections or the runtime changed.
    """

    cell_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReplacedText:
    """A cell's text just before a sync, with all that was typed until then, and what it is since;
    None where the sync has taken the cell away.
    """

    before: str = field(repr=False)
    now: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class TextsReplaced:
    """A sync has put other texts in the place of these, or taken their cells away."""

    texts: tuple[ReplacedText, ...]


@dataclass(frozen=True, slots=True)
class NotebookEdited:
    """Somebody types in a cell, or the notebook has got other cells, also by a sync."""


@dataclass(frozen=True, slots=True)
class FlashShown:
    """Livebook shows a message: the only place where it tells why a runtime or a process died."""

    flash: Flash


@dataclass(frozen=True, slots=True)
class ConnectionDown:
    """Nothing is known of the session from now on; the connection is made again by itself."""


@dataclass(frozen=True, slots=True)
class UnseenChanges:
    """How often a cell's text was changed while nothing was told, and whether it `is_another` now;
    `text` is what it is then.
    """

    text: str = field(repr=False)
    is_another: bool
    count: int


@dataclass(frozen=True, slots=True)
class ConnectionBack:
    """The session was joined again: everything was read anew, and what happened meanwhile is not
    told one by one. Something was last told at `heard_s`, by the clock's seconds; of cells that
    have had changes since, there are their numbers.
    """

    heard_s: float = float("-inf")
    unseen: tuple[UnseenChanges, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """Nothing more will come, and nothing can be asked: `reason` says why, as a user reads it."""

    reason: LivebookError


LiveEvent: TypeAlias = (
    "CellsChanged | TextsReplaced | NotebookEdited | FlashShown"
    " | ConnectionDown | ConnectionBack | SessionEnded"
)
