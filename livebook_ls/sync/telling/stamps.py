"""What is told about a notebook's stamp: Livebook's signature, which hides secrets and access."""

from __future__ import annotations

from livebook_ls.sync.telling.findings import Finding, FindingSeverity, Mend


def stamp_stale() -> Finding:
    """No source that we know has a valid stamp, so that none can be made."""
    return Finding(
        code="stamp-stale",
        severity=FindingSeverity.WARNING,
        sentence="This notebook's stamp is no longer valid: its secrets, file access and app "
        "password are lost to Livebook. “Restamp” signs it anew from its last valid version.",
        mends=(Mend.RESTAMP,),
    )


def stamp_elsewhere() -> Finding:
    """Nobody here broke the stamp: it signs for another Livebook."""
    return Finding(
        code="stamp-elsewhere",
        severity=FindingSeverity.INFORMATION,
        sentence="This notebook was stamped on another Livebook, which alone can read what the "
        "stamp hides. Nothing is wrong; opening the notebook here would take the stamp away.",
    )


def stamp_untold() -> Finding:
    """Livebook doesn't know the stamp, and nothing says whether it ever did."""
    return Finding(
        code="stamp-untold",
        severity=FindingSeverity.INFORMATION,
        sentence="This Livebook doesn't know this notebook's stamp: it was made on another one, "
        "or the text was edited since. Opening the notebook here would take the stamp away.",
    )


def open_drops_stamp() -> Finding:
    """A session would write the file without the stamp that it can't read."""
    return Finding(
        code="open-drops-stamp",
        severity=FindingSeverity.WARNING,
        sentence="Opening this notebook would take its stamp out of the file within seconds, and "
        "with it the secrets, file access and app password that it hides: this Livebook can't "
        "read it. The text with the stamp is kept where you open it anyway.",
        mends=(Mend.OPEN_ANYWAY,),
    )


def is_about_stamp(finding: Finding) -> bool:
    """Whether a finding says that the stamp is not valid here."""
    return finding in (stamp_stale(), stamp_elsewhere(), stamp_untold())
