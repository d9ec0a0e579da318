"""Sessions that have read a file which was just being written: how what they save is known."""

from __future__ import annotations

from dataclasses import dataclass

from livebook_ls import clock
from livebook_ls.sync.exchange.write_back import Aftermath
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk

# A session that was sent something in this time may have lost all at that.
_WIPED_WITHIN_S = 20.0


async def is_wiped(
    talk: Talk, link: NotebookLink, found: NotebookText, before: NotebookText
) -> bool:
    """Whether the file that was `before` is what its session saved once it had lost all of it.

    Such a session has read a file that was just being written. Somebody may also have left
    only the title on purpose: then the session holds more, where it is shown, or nothing was
    sent to it lately.
    """
    if not await talk.think(lambda: _is_bare(found, before)):
        return False
    # However long that takes: it is never asked lightly.
    link.slow_until_s = float("-inf")
    session = await talk.session_text(link)
    if session is not None:
        return not session.notebook.sections
    return clock.monotonic_s() - link.sent_s < _WIPED_WITHIN_S


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found after a sync: overwritten with less than was saved, which nobody agreed to;
    or written by somebody else than Livebook; or neither.
    """

    aftermath: Aftermath
    is_torn: bool = False
    is_others: bool = False


async def judge(
    talk: Talk, link: NotebookLink, reading: NotebookText, after: NotebookText, aftermath: Aftermath
) -> Judged:
    """Who has written what was found `after` a sync of `reading`.

    An earlier save's write-back may have come late, or the session have read a file that was
    just being written. Livebook writes in place, and its own form only.
    """
    if aftermath is not Aftermath.CHANGED:
        return Judged(aftermath, is_torn=aftermath is Aftermath.OVERWRITTEN)
    is_replaced = link.pinned.is_replaced(reading.text)
    if is_replaced or not await talk.think(lambda: after.is_canonical):
        return Judged(aftermath, is_others=True)
    held = link.held

    def has_lost() -> bool:
        # Loaded with the first session that is compared.
        from livebook_ls.notebook.syncing.forecast import comes_to

        if all(it.is_output for it in reading.gone_in(after)):
            return False
        return held is None or not comes_to(held.body, reading.body, after.body)

    if link.consent.covers(reading.text) or not await talk.think(has_lost):
        return Judged(aftermath)
    session = await talk.session_text(link)
    if session is not None and await talk.think(lambda: _has_read_all(session, reading, after)):
        return Judged(aftermath, is_others=True)
    return Judged(aftermath, is_torn=True)


def _has_read_all(session: NotebookText, reading: NotebookText, after: NotebookText) -> bool:
    """Whether the session has what was sent, and so has not written what was found after that."""
    return session.says_same(reading) and not after.says_same(reading)


def _is_bare(found: NotebookText, before: NotebookText) -> bool:
    """Whether this is Livebook's form of a session without any section, where `before` had some.

    A session that has read an empty file holds nothing else, and can be given no section by a sync.
    """
    has_none = not found.notebook.sections and bool(before.notebook.sections)
    return has_none and found.is_form_of(NotebookText(found.canonical))
