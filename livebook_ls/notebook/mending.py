"""A text with every quick fix applied that takes nothing away.

A fix is taken only where it is proven: what it replaces is still said by what stands there then,
no other hazard comes of it, and the notebook says all that it said before.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from livebook_ls.notebook.hazard import Hazard, QuickFix, Severity, apply_fix
from livebook_ls.notebook.inspection import Inspected, inspect_unwritten
from livebook_ls.notebook.syncing.content_difference import gone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.source import Source

# Words, and characters but for those that only Markdown's form is made of.
_SAID = re.compile(r"\w+|[^\s\w\[\]():<>\"'\ufeff-]")
_LABEL = re.compile(r"\s*\[([^\]]*)\]:")
# These make cells and sections of what Livebook would take for something else.
_LINK = "link-definition"
_REGROUPING = frozenset(
    ("byte-order-mark", "front-matter", _LINK, "comment-tail", "indented-heading")
)
_BROKEN = frozenset((Severity.CRASH, Severity.WIPE))
_LONE_BREAK = re.compile(r"(?<!\r)\n")
# No notebook has so many; a fix that comes back again and again would not end.
_MOST_FIXES = 10_000


@dataclass(frozen=True, slots=True)
class Fixed:
    """A hazard that is mended, in the text in which it stood then."""

    hazard: Hazard
    source: Source


@dataclass(frozen=True, slots=True)
class Mended:
    """The text afterwards, and what was mended in it, in order."""

    text: str
    fixed: tuple[Fixed, ...]


def mend(text: str) -> Mended:
    """The text with all safe fixes, until there are no more."""
    fixed: list[Fixed] = []
    before = _inspected(text)
    while len(fixed) < _MOST_FIXES:
        step = next(_steps(before), None)
        if step is None:
            break
        hazards, after = step
        fixed += [Fixed(hazard, before.source) for hazard in hazards]
        before = after
    return Mended(before.source.text, tuple(fixed))


def _steps(before: Inspected) -> Iterator[tuple[list[Hazard], Inspected]]:
    """What can be mended next; links may have many definitions, which are mended together."""
    links = [it for it in before.hazards if it.code == _LINK and it.fix is not None]
    if len(links) > 1 and (after := _mended_by(before, links)) is not None:
        yield links, after
    for hazard in before.hazards:
        if (after := _mended_by(before, [hazard])) is not None:
            yield [hazard], after


def _mended_by(before: Inspected, hazards: list[Hazard]) -> Inspected | None:
    """The notebook after the fixes of hazards of one kind, where that is proven to be safe."""
    text = before.source.text
    fix = _joined(hazards)
    if fix is None or not _keeps_words(text, hazards, fix):
        return None
    hazard = hazards[0]
    after = _inspected(apply_fix(text, _with_breaks_of(text, fix)))
    left = _counted(after)
    was = _counted(before)
    if left - was or not was - left:
        return None
    is_regrouped = hazard.severity in _BROKEN or hazard.code in _REGROUPING
    if not is_regrouped and gone(before.notebook, after.notebook):
        return None
    return after


def _joined(hazards: list[Hazard]) -> QuickFix | None:
    """The fixes of several hazards as one; None where there are none, or they overlap."""
    fixes = [it.fix for it in hazards if it.fix is not None]
    changes = sorted(
        {change for fix in fixes for change in fix.replacements}, key=lambda it: it.span
    )
    if not fixes or any(it.span.end > below.span.start for it, below in pairwise(changes)):
        return None
    return QuickFix(fixes[0].title, tuple(changes))


def _keeps_words(text: str, hazards: list[Hazard], fix: QuickFix) -> bool:
    """Whether all that is replaced is said by what comes in its place."""
    old = "\n".join(text[it.span.start : it.span.end] for it in fix.replacements)
    lost = _said(old) - _said("\n".join(it.text for it in fix.replacements))
    if hazards[0].code != _LINK:
        return not lost
    # A link with its address needs no label.
    labels = [_LABEL.match(text, it.span.start) for it in hazards]
    return all(labels) and not set(lost) - {
        word for it in labels if it is not None for word in _said(it[1])
    }


def _said(text: str) -> Counter[str]:
    return Counter(_SAID.findall(html.unescape(text).lower()))


def _with_breaks_of(text: str, fix: QuickFix) -> QuickFix:
    """The fix with the text's own line breaks."""
    if "\r\n" not in text or _LONE_BREAK.search(text):
        return fix
    return QuickFix(
        fix.title,
        tuple(replace(it, text=_LONE_BREAK.sub("\r\n", it.text)) for it in fix.replacements),
    )


def _counted(inspected: Inspected) -> Counter[str]:
    return Counter(hazard.code for hazard in inspected.hazards)


def _inspected(text: str) -> Inspected:
    return inspect_unwritten(text.encode("utf-8", "surrogatepass"))
