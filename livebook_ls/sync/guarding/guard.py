"""May this text be sent, and what must be told first: pure, from hazards, forecast and consent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from livebook_ls.notebook.hazard import Hazard
from livebook_ls.notebook.hazard import Severity as Danger
from livebook_ls.notebook.syncing.file_losses import Lost
from livebook_ls.settings import Guard
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.sync_losses import Foresight
from livebook_ls.sync.telling import findings, session_findings
from livebook_ls.sync.telling.findings import Finding, FindingSeverity

_NEVER_SENT = frozenset({Danger.CRASH, Danger.UNSAVABLE})
_OUTPUTS = "outputs"
# Of what Livebook drops, this is text that somebody wrote; the rest is form, or made by Livebook.
_OWN_TEXT = frozenset(
    {
        "link-definition",
        "front-matter",
        "attribute-list",
        "comment-tail",
        "unexpected-line",
        "lost-words",
        "leading-comments",
        "byte-order-mark",
    }
)


@dataclass(slots=True)
class Consent:
    """What the user agreed to lose: one text, by its digest, or whatever this notebook loses."""

    once: str | None = None
    for_notebook: bool = False

    def covers(self, text: str) -> bool:
        """Whether the user has agreed to send `text`."""
        return self.for_notebook or (self.once is not None and self.once == digest(text))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the text is held back, what is told either way, and what a sync of it would do, as
    far as its session is known.
    """

    is_held: bool
    findings: tuple[Finding, ...]
    foresight: Foresight | None = None


def judge(
    reading: NotebookText,
    foresight: Foresight | None,
    guard: Guard,
    consent: Consent,
    url: str | None,
) -> Verdict:
    """May Livebook read this text? `foresight` is None where nothing is known of its session, which
    is at `url`.
    """
    agreed = consent.covers(reading.text)
    held = [it for it in reading.hazards if _holds(it, guard, agreed=agreed)]
    told = [it for it in reading.hazards if it not in held]
    if foresight is not None and foresight.keeps_outputs:
        # That the session goes on keeping them is told by what a sync does not change.
        told = [it for it in told if it.code != _OUTPUTS]
    lost = list(_losses(foresight, url)) if foresight is not None and not held else []
    is_held = bool(held) or (
        not agreed and any(it.severity is FindingSeverity.ERROR for it in lost)
    )
    if agreed:
        lost = [findings.quietly(it) for it in lost]
    return Verdict(
        is_held,
        (
            *(findings.of_hazard(it, is_held=True) for it in held),
            *lost,
            *(findings.of_hazard(it, is_held=False) for it in told),
        ),
        foresight,
    )


def digest(text: str) -> str:
    """A short name for a text, so that consent needn't keep it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _holds(hazard: Hazard, guard: Guard, *, agreed: bool) -> bool:
    if hazard.severity in _NEVER_SENT:
        return True
    if agreed or guard is Guard.CRASH_ONLY:
        return False
    if hazard.severity is Danger.WIPE:
        return True
    if hazard.severity is Danger.DROP:
        return guard is Guard.STRICT or hazard.code in _OWN_TEXT
    return False


def _losses(foresight: Foresight, url: str | None) -> Iterator[Finding]:
    forecast = foresight.forecast
    if forecast.raises is not None:
        yield findings.would_end_session()
    if forecast.losses and not foresight.has_sections:
        yield session_findings.no_section_in_session(url)
        return
    losses = forecast.losses
    if foresight.keeps_outputs:
        losses = tuple(it for it in losses if it.what is not Lost.OUTPUTS)
    for loss in losses:
        yield findings.of_loss(loss, can_be_split=foresight.halfway is not None)
    if forecast.leftovers:
        yield findings.left_over(forecast.leftovers)
    if forecast.ignored_metadata:
        yield findings.metadata_ignored(forecast.ignored_metadata)
