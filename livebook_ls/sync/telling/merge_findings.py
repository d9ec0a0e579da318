"""What is told of a save and the browser's edits: made one, to be decided, or not to be seen."""

from __future__ import annotations

from livebook_ls.notebook.merging.conflict import Conflict, ConflictKind
from livebook_ls.notebook.syncing.content_difference import Gone
from livebook_ls.sync.telling.findings import Finding, FindingSeverity, Mend, named

MERGED, CONFLICT = "merged", "browser-conflict"
# Said once, and not of each notebook: it is Livebook's doing.
NOT_SHOWN = (
    "Livebook doesn't show what its sessions hold, so that a save can't be merged with what was "
    "just edited in the browser. With its token in livebook.url or livebook.token it does."
)
_CONFLICTS = {
    ConflictKind.LINES: "you and the browser changed these lines differently",
    ConflictKind.CELLS: "you and the browser have other cells here",
    ConflictKind.DELETED_BY_US: "you deleted here what the browser changed",
    ConflictKind.DELETED_BY_THEM: "the browser deleted what you changed",
    ConflictKind.NAME: "you and the browser gave this other names",
    ConflictKind.METADATA: "you and the browser changed these attributes differently",
}
_SHOWN = 40  # Characters of a cell's first line.
_SIDES = (Mend.TAKE_MINE, Mend.TAKE_BROWSERS)
_ALL_SIDES = (Mend.TAKE_ALL_MINE, Mend.TAKE_ALL_BROWSERS, Mend.TAKE_ALL_BOTH)


def came_in(parts: tuple[Gone, ...]) -> Finding:
    """The browser's edits are in the file now; `parts` are what the save lacked."""
    which = f": {named(parts)}" if parts else ""
    return Finding(
        code=MERGED,
        severity=FindingSeverity.INFORMATION,
        sentence=f"What was edited in the browser was merged into this file{which}.",
    )


def conflict(name: str, it: Conflict, number: int, left: int) -> Finding:
    """A conflict, by the name under which it is settled, and its `number` among those `left`."""
    where = f" in “{it.section}”" if it.section else ""
    which = f" (conflict {number} of {left})" if left > 1 else ""
    sides = (*_SIDES, *((Mend.TAKE_BOTH,) if it.can_keep_both else ()))
    choice = "mine, the browser's, or both" if it.can_keep_both else "mine or the browser's"
    return Finding(
        code=CONFLICT,
        severity=FindingSeverity.ERROR,
        sentence=f"The save is held back{which}: {_CONFLICTS[it.kind]}{where}. Take {choice}.",
        span=it.span,
        mends=(*sides, *(_ALL_SIDES if left > 1 else ()), Mend.SHOW_BROWSERS),
        about=name,
        outlives_text=True,
    )


def offered(parts: tuple[Gone, ...]) -> Finding:
    """The session was edited in the browser, and merging waits for a word."""
    which = f" ({named(parts)})" if parts else ""
    return Finding(
        code="browser-edited",
        severity=FindingSeverity.WARNING,
        sentence=f"The session was edited in the browser meanwhile{which}, so that this save is "
        "held back. Merge, or sync anyway: that replaces what the browser has.",
        mends=(Mend.MERGE, Mend.SYNC_ANYWAY, Mend.SHOW_BROWSERS),
    )


def unseen(texts: tuple[str, ...]) -> Finding:
    """Syncs have replaced what was typed in cells that have these texts, and nobody has seen it."""
    lines = [next(iter(it.strip().splitlines()), "")[:_SHOWN] for it in texts]
    which = f"“{lines[0]}”" if lines[0] else "an empty cell"
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    return Finding(
        code="browser-unseen",
        severity=FindingSeverity.WARNING,
        sentence="The connection to the session was interrupted while a save went there, and what "
        f"somebody just typed in the browser was replaced before it was seen: look at {which}"
        f"{more} there, and type it again.",
    )


def heading_gone() -> Finding:
    """A sync has taken a heading out of a Text cell, which no file could have had."""
    return Finding(
        code="browser-heading",
        severity=FindingSeverity.WARNING,
        sentence="A heading was typed into a Text cell in the browser. Livebook writes none of the "
        "first two levels into files, so that this save has taken it from the page. “Restore an "
        "Earlier Version” has its text: make a section of it in Livebook, or write “###” there.",
    )


def settled_elsewhere() -> Finding:
    """A side was taken where there is no conflict, or none any more."""
    return Finding(
        code="settled-elsewhere",
        severity=FindingSeverity.INFORMATION,
        sentence="Nothing was taken: there is no conflict here any more. Where another editor or a "
        "command has settled it, the file has what was chosen there, and “Restore an Earlier "
        "Version” has both sides.",
    )


def not_written() -> Finding:
    """The merged text could not be put into the file."""
    return Finding(
        code="merge-not-written",
        severity=FindingSeverity.ERROR,
        sentence="The session was edited in the browser, and the merged text can't be written into "
        "the file. Nothing was synced: save again once the file can be written.",
        mends=(Mend.TRY_AGAIN, Mend.SHOW_BROWSERS),
    )
