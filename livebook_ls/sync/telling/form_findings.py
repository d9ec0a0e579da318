"""Why a notebook is not brought into Livebook's form."""

from __future__ import annotations

from livebook_ls.notebook.syncing.content_difference import Gone
from livebook_ls.sync.telling.findings import Finding, FindingSeverity


def form_loses(gone: tuple[Gone, ...]) -> Finding:
    """Livebook's form lacks something that the text says."""
    return Finding(
        code="form-loses",
        severity=FindingSeverity.WARNING,
        sentence=f"Livebook's form of this notebook would lose {gone[0].what}; it was left alone.",
        span=gone[0].span,
    )


def form_unsettled() -> Finding:
    """Livebook would write its own form in yet another form."""
    return Finding(
        code="form-loses",
        severity=FindingSeverity.WARNING,
        sentence="Livebook would rewrite its own form of this notebook again; it was left alone.",
    )
