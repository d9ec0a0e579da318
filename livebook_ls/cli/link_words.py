"""How a notebook stands, by the words of a terminal: its commands and options, not an editor's."""

from __future__ import annotations

from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.telling.command_words import in_terminal_words
from livebook_ls.sync.telling.findings import Finding, Mend
from livebook_ls.sync.telling.running_findings import ENDS_RUN

# Nobody stays to put it back.
_UNTIL_THEN = "Its session may save over the file by then: `livebook-ls restore` lists what it had."
# What would crash can't be agreed to.
_AGREED_TO = frozenset({Mend.SYNC_ANYWAY, Mend.OPEN_ANYWAY})
# What is lost beside what the text itself has that Livebook doesn't keep.
_LOST = frozenset({"content-changed", "browser-overwritten", "stamp-stale"})


def told_of(link: NotebookLink) -> str:
    """How a notebook stands."""
    if not link.findings:
        return in_terminal_words(link.headline)
    return told(link.findings[0], link)


def line_of(finding: Finding, link: NotebookLink) -> int | None:
    """The line of what is told, from 1; None where it has no place in the file."""
    if finding.span is None or link.source is None:
        return None
    return link.source.line_at(finding.span.start) + 1


def place_of(file: str, finding: Finding | None, link: NotebookLink) -> str:
    """`FILE:LINE` of what is told, as far as it has a place in the file."""
    line = line_of(finding, link) if finding is not None else None
    return file if line is None else f"{file}:{line}"


def is_agreed_loss(finding: Finding) -> bool:
    """Whether who says `--anyway` has agreed to what is told of a notebook that has arrived."""
    return finding.is_in_text or finding.code in _LOST


def told(finding: Finding, link: NotebookLink) -> str:
    """A finding, with the command that agrees to what is lost where that is possible."""
    sentence = in_terminal_words(finding.sentence)
    if finding.code in ENDS_RUN and not link.follows_disk:
        sentence = f"{sentence} {_UNTIL_THEN}"
    if _AGREED_TO.isdisjoint(finding.mends):
        return sentence
    command = "sync --anyway` sends it" if link.has_session else "open --anyway` opens it"
    return f"{sentence} `livebook-ls {command} all the same."
