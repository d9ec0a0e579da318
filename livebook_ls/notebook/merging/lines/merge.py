"""Three versions of a list of lines made one: one-sided changes are taken, others clash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from livebook_ls.notebook.merging.lines.difference import Hunk, hunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Lines that both sides changed, each in its own way.

    `ours_start` and `theirs_start` count the lines before it on either side.
    """

    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    base: tuple[str, ...]
    ours_start: int
    theirs_start: int


MergedLines: TypeAlias = "list[str | Clash]"


@dataclass(slots=True)
class _Region:
    """A stretch of the base that was changed, with the same stretch on both sides."""

    start: int
    end: int
    ours: list[Hunk]
    theirs: list[Hunk]


def merge_lines(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> MergedLines:
    """The merged lines in order, with a clash wherever both sides changed the same.

    Where both only added lines, and one of them all that the other did, that is no clash: what is
    alike is one change, and the rest one side's alone. Without a base nobody knows who added what.
    """
    merged: MergedLines = []
    is_known = any(base)
    at = ours_shift = theirs_shift = 0
    for region in _regions(hunks(base, ours), hunks(base, theirs)):
        merged += base[at : region.start]
        our_growth, their_growth = _growth(region.ours), _growth(region.theirs)
        our_start, their_start = region.start + ours_shift, region.start + theirs_shift
        clash = Clash(
            ours=tuple(ours[our_start : region.end + ours_shift + our_growth]),
            theirs=tuple(theirs[their_start : region.end + theirs_shift + their_growth]),
            base=tuple(base[region.start : region.end]),
            ours_start=our_start,
            theirs_start=their_start,
        )
        merged += _decided(clash, _richer(clash) if is_known else None)
        at = region.end
        ours_shift += our_growth
        theirs_shift += their_growth
    return merged + list(base[at:])


def _regions(ours: list[Hunk], theirs: list[Hunk]) -> list[_Region]:
    """The changes of both sides in order; those that meet are one."""
    found: list[_Region] = []
    both = sorted([(hunk, True) for hunk in ours] + [(hunk, False) for hunk in theirs])
    for hunk, is_ours in both:
        if found and _meet(found[-1], hunk, is_ours=is_ours):
            region = found[-1]
            region.end = max(region.end, hunk.end)
        else:
            region = _Region(hunk.start, hunk.end, [], [])
            found.append(region)
        (region.ours if is_ours else region.theirs).append(hunk)
    return found


def _meet(region: _Region, hunk: Hunk, *, is_ours: bool) -> bool:
    if hunk.start != region.end:
        return hunk.start < region.end
    # Two sides that each changed lines of their own, one right below the other, do not meet. Where
    # lines came in between, nobody can say in which order they should stand.
    others = region.theirs if is_ours else region.ours
    before = [*region.ours, *region.theirs]
    return not others or not all(map(_is_in_place, [*before, hunk]))


def _is_in_place(hunk: Hunk) -> bool:
    """Whether as many lines came as went, or all went."""
    went, came = hunk.end - hunk.start, hunk.new_end - hunk.new_start
    return went > 0 and came in (0, went)


def _growth(changes: list[Hunk]) -> int:
    return sum((it.new_end - it.new_start) - (it.end - it.start) for it in changes)


def _decided(clash: Clash, richer: Sequence[str] | None) -> MergedLines:
    if richer is not None:
        return list(richer)
    if clash.ours == clash.theirs or clash.theirs == clash.base:
        return list(clash.ours)
    if clash.ours == clash.base:
        return list(clash.theirs)
    return list(_refined(clash))


def _richer(clash: Clash) -> Sequence[str] | None:
    """The side that has all lines of the other, which has all of the base, but for blank ones where
    that has added nothing else; None where there is none.
    """
    less, more = sorted((clash.ours, clash.theirs), key=lambda it: (len(_said(it)), len(it)))
    if not (_is_within(clash.base, less) and _is_within(clash.base, more)):
        return None
    is_said = _is_within(less, more) or _said(less) == _said(clash.base)
    return more if is_said else None


def _said(lines: Sequence[str]) -> list[str]:
    """The lines that aren't blank."""
    return [line for line in lines if line.strip()]


def _is_within(lines: Sequence[str], others: Sequence[str]) -> bool:
    """Whether all lines are among the others, in their order."""
    rest = iter(others)
    return all(line in rest for line in lines)


def _refined(clash: Clash) -> Iterator[str | Clash]:
    """The clash without what both sides say alike inside it."""
    at = 0
    for hunk in _hunks_either_way(clash.ours, clash.theirs):
        yield from clash.ours[at : hunk.start]
        yield Clash(
            ours=clash.ours[hunk.start : hunk.end],
            theirs=clash.theirs[hunk.new_start : hunk.new_end],
            base=clash.base,
            ours_start=clash.ours_start + hunk.start,
            theirs_start=clash.theirs_start + hunk.new_start,
        )
        at = hunk.end
    yield from clash.ours[at:]


def _hunks_either_way(ours: tuple[str, ...], theirs: tuple[str, ...]) -> list[Hunk]:
    """The hunks, the same whichever side is called ours."""
    if ours <= theirs:
        return hunks(ours, theirs)
    return [
        Hunk(start=it.new_start, end=it.new_end, new_start=it.start, new_end=it.end)
        for it in hunks(theirs, ours)
    ]
