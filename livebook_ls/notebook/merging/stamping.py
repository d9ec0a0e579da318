"""The stamp of a merged text: one that fits, or one that is said not to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from livebook_ls.notebook.merging.sides import Sides
    from livebook_ls.notebook.pieces.cutting import Pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A text and its stamp, empty without one.

    `is_stale` if that was made for another text, or was left out since it would do harm there.
    """

    body: str
    stamp: str
    is_stale: bool

    @property
    def text(self) -> str:
        """All of it."""
        return self.body + self.stamp


def stamped(text: str, sides: Sides) -> Stamped:
    """The text with the stamp of the side that it equals, or else with one that is stale.

    A stale stamp stays: what was signed with it, such as the names of secrets, is asked of
    Livebook by it when the notebook is stamped anew.
    """
    same = [it for it in (sides.ours, sides.theirs) if text.rstrip() == _body(it).rstrip()]
    if same:
        # Where both sides say the same, the new stamp counts.
        old = sides.base.stamp
        side = max(same, key=lambda it: (it.stamp not in ("", old), it.stamp, _body(it)))
        return Stamped(body=_body(side), stamp=side.stamp, is_stale=False)
    stamp = _merged_stamp(sides)
    if not stamp:
        return Stamped(body=text, stamp="", is_stale=False)
    body = f"{text.rstrip()}\n\n"
    if _failures(body + stamp) > _failures(text):
        # Livebook raises on a stamp whose offset now falls inside a character.
        return Stamped(body=text, stamp="", is_stale=True)
    return Stamped(body=body, stamp=stamp, is_stale=True)


def _failures(text: str) -> int:
    return len(Draft(Source(text)).notebook.failures)


def _merged_stamp(sides: Sides) -> str:
    """The stamp that one side has changed; where both have, either, since neither fits."""
    base, ours, theirs = sides.base.stamp, sides.ours.stamp, sides.theirs.stamp
    if theirs in (ours, base):
        return ours
    return theirs if ours == base else max(ours, theirs)


def _body(pieces: Pieces) -> str:
    return pieces.text.removesuffix(pieces.stamp)
