"""What only Livebook itself can say of stamps: nothing is opened for it.

Livebook says of a stamp that it is valid or that it isn't; whose fault that is, it can't say. A
stamp that was valid here before was broken by an edit. One that never was, in a text that nobody
has touched since it was committed, was made on another Livebook, whose key is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling import stamps
from livebook_ls.sync.telling.findings import Finding


class StampStanding(Enum):
    """How a text's stamp stands with this Livebook; a text without one is in order."""

    VALID = "valid"
    EDITED = "edited since it was stamped here"
    ELSEWHERE = "made on another Livebook"
    UNTOLD = "can't be told"


@dataclass(frozen=True, slots=True)
class Verified:
    """How the text's stamp stands, and whether Livebook would write its body so.

    `is_canonical` says nothing (None) of a text that was edited since it was stamped: it will be
    written anew once it is stamped.
    """

    standing: StampStanding
    is_canonical: bool | None


async def verify(talk: Talk, link: NotebookLink, reading: NotebookText) -> Verified:
    """Ask Livebook about a text that it can read. Raises its errors (`livebook.errors`)."""
    standing = await stamp_standing(talk, link, reading)
    if standing is StampStanding.EDITED:
        return Verified(standing, None)
    # The body is asked for: with a valid stamp a text would come back as it is.
    form = await talk.restamp(link, reading.body, reading.body)
    written = await talk.think(lambda: NotebookText(form).body if form is not None else None)
    return Verified(standing, written == reading.body)


async def stamp_standing(talk: Talk, link: NotebookLink, reading: NotebookText) -> StampStanding:
    """How the text's stamp stands. Raises Livebook's errors (`livebook.errors`)."""
    if await talk.is_stamp_valid(link, reading):
        return StampStanding.VALID
    if link.stamped is not None:
        return StampStanding.EDITED
    committed = await talk.committed(link)
    before = None if committed is None else await talk.think(lambda: NotebookText(committed))
    if before is None or not before.has_stamp:
        return StampStanding.UNTOLD
    if before.text == reading.text or not await talk.is_stamp_valid(link, before):
        return StampStanding.ELSEWHERE
    return StampStanding.EDITED


def finding_of(standing: StampStanding) -> Finding | None:
    """What is told of it; None where all is in order."""
    match standing:
        case StampStanding.VALID:
            return None
        case StampStanding.EDITED:
            return stamps.stamp_stale()
        case StampStanding.ELSEWHERE:
            return stamps.stamp_elsewhere()
        case StampStanding.UNTOLD:
            return stamps.stamp_untold()
