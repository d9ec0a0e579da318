"""Livebook's form of a text, for a save after which Livebook has nothing left to rewrite.

Livebook itself makes it (`/dev/restamp`), and our own model proves that nothing is lost by it. Any
doubt means no form: a save without it is as good as before, only not as quiet.
"""

from __future__ import annotations

from dataclasses import dataclass

from livebook_ls.notebook.hazard import Severity as Danger
from livebook_ls.notebook.markdown.parser_version import ParserVersion
from livebook_ls.sync.canonical.stamp_verification import (
    StampStanding,
    finding_of,
    stamp_standing,
)
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling import findings, form_findings, stamps
from livebook_ls.sync.telling.findings import Finding

# With these the form would lose something, or can't be made.
_NEVER_FORMED = frozenset({Danger.CRASH, Danger.UNSAVABLE, Danger.WIPE})
_IN_THE_WAY = _NEVER_FORMED | {Danger.DROP}
_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Form:
    """Livebook's form of a text, or why there is none."""

    text: str | None
    why_not: Finding | None = None


async def canonical_form(talk: Talk, link: NotebookLink, text: str, timeout_s: float) -> Form:
    """`text` as Livebook would write it back, freshly stamped where it has or had a stamp.

    Raises what Livebook's errors raise (`livebook.errors`).
    """
    parser = await talk.parser_for(link, text)
    seen = link.buffer.reading_of(text, parser)
    reading = await talk.think(lambda: _modelled(seen))
    if (obstacle := _obstacle(reading, _IN_THE_WAY)) is not None:
        return obstacle
    if link.has_given_up_stamp and not await talk.is_stamp_valid(link, reading):
        # Its session writes the file without that stamp; the buffer's must not put it back.
        reading = await talk.think(lambda: _read(reading.body, parser))
    form = await _proven(talk, link, reading, await talk.stamped_sources(link), timeout_s)
    if form.text is not None and NotebookText(form.text).has_stamp:
        link.stamped = form.text
    return form


async def form_from(talk: Talk, link: NotebookLink, text: str, old: str) -> Form:
    """`text` as Livebook would write it back, with what the stamp of `old` holds."""
    parser = await talk.parser_for(link, text)
    reading = await talk.think(lambda: _read(text, parser))
    if (obstacle := _obstacle(reading, _IN_THE_WAY)) is not None:
        return obstacle
    return await _proven(
        talk, link, reading, [text, old] if reading.has_stamp else [old], _TIMEOUT_S
    )


async def lossy_form_from(talk: Talk, link: NotebookLink, text: str, old: str) -> Form:
    """The same, also where words or form are lost by it; never where cells would be."""
    parser = await talk.parser_for(link, text)
    reading = await talk.think(lambda: _read(text, parser))
    if (obstacle := _obstacle(reading, _NEVER_FORMED)) is not None:
        return obstacle
    sources = [text, old] if reading.has_stamp else [old]
    new = await _restamped(talk, link, reading, sources, _TIMEOUT_S)
    return Form(new, stamps.stamp_stale() if new is None else None)


def _obstacle(reading: NotebookText, dangers: frozenset[Danger]) -> Form | None:
    """No form, because of one of these dangers in the text."""
    found = next((it for it in reading.hazards if it.severity in dangers), None)
    return None if found is None else Form(None, findings.of_hazard(found, is_held=False))


async def _proven(
    talk: Talk, link: NotebookLink, reading: NotebookText, sources: list[str], timeout_s: float
) -> Form:
    new = await _restamped(talk, link, reading, sources, timeout_s)
    if new is None:
        return await _unstamped(talk, link, reading, timeout_s)
    after = await talk.think(lambda: _read(new, reading.parser))
    gone = await talk.think(lambda: reading.gone_in(after))
    if gone:
        return Form(None, form_findings.form_loses(gone))
    if not await talk.think(lambda: after.is_canonical):
        return Form(None, form_findings.form_unsettled())
    return Form(new)


async def _unstamped(
    talk: Talk, link: NotebookLink, reading: NotebookText, timeout_s: float
) -> Form:
    """A text without a valid stamp: fine as it is where Livebook would write its body so."""
    standing = await stamp_standing(talk, link, reading)
    if standing is not StampStanding.EDITED:
        body = await talk.restamp(link, reading.body, reading.body, timeout_s)
        if body == reading.body:
            return Form(reading.text)
    return Form(None, finding_of(standing))


async def _restamped(
    talk: Talk, link: NotebookLink, reading: NotebookText, sources: list[str], timeout_s: float
) -> str | None:
    if not reading.has_stamp:
        # Without any stamp the text itself is a valid old source.
        sources = [it for it in sources if NotebookText(it).has_stamp] or [reading.text]
    for old in sources:
        new = await talk.restamp(link, old, reading.text, timeout_s)
        if new is not None:
            return new
    return None


def _read(text: str, parser: ParserVersion | None) -> NotebookText:
    """A reading whose model is worked out already."""
    return _modelled(NotebookText(text, parser))


def _modelled(reading: NotebookText) -> NotebookText:
    assert reading.hazards is not None  # noqa: S101 — asks for the model
    return reading
