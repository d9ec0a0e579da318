"""How a notebook stands, by the words of a terminal: its commands and options, not an editor's."""

from __future__ import annotations

from livebook_ls.cli.terminal import in_terminal_words
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.telling.findings import Finding, Mend

# How a user agrees to what is lost; what would crash can't be agreed to.
_AGREEING = {
    Mend.SYNC_ANYWAY: "`livebook-ls sync --anyway` sends it.",
    Mend.OPEN_ANYWAY: "`livebook-ls open --anyway` opens it all the same.",
}


def told_of(link: NotebookLink) -> str:
    """How a notebook stands."""
    return told(link.findings[0]) if link.findings else in_terminal_words(link.headline)


def told(finding: Finding) -> str:
    """A finding, with the command that agrees to what is lost where that is possible."""
    agreeing = next((_AGREEING[it] for it in finding.mends if it in _AGREEING), "")
    return f"{in_terminal_words(finding.sentence)} {agreeing}".rstrip()
