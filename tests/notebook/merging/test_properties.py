"""What holds of every merge, over random edits of notebooks of our own and of public ones."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.notebook.merging.conflict import Conflict, ConflictKind, Take
from livebook_ls.notebook.merging.lines.markers import read_markers
from livebook_ls.notebook.merging.merge import merge
from livebook_ls.notebook.merging.plain_text import without_outputs
from livebook_ls.notebook.merging.proof.completeness import keeps_words
from livebook_ls.notebook.merging.proof.soundness import adds_hazards
from livebook_ls.notebook.merging.sides import Sides
from livebook_ls.notebook.pieces.cutting import cut
from tests.notebook.merging.claims import returned_or_missing
from tests.notebook.merging.random_edits import Editing
from tests.notebook.merging.test_merge import BASE, META, SMART
from tests.support.examples import tried
from tests.support.places import SHARED

WILD = SHARED / "wild"
BRANCHES = BASE.replace("## Two", '<!-- livebook:{"branch_parent_index":0} -->\n\n## Two')
OWN = (BASE, META, SMART, BRANCHES, BASE + BASE.replace("# Title\n", "## More\n"), "", "# T\n")


class Triple(NamedTuple):
    """Three versions of a notebook."""

    base: str
    ours: str
    theirs: str

    @property
    def sides(self) -> Sides:
        return Sides(*map(cut, self))


def triple(text: str, seed: int) -> Triple:
    random = Random(seed)  # noqa: S311 — edits, not secrets
    base = Editing(text, random).edited(random.randint(0, 3))
    return Triple(base, *(Editing(base, random).edited(random.randint(0, 4)) for _ in range(2)))


TRIPLES = st.builds(triple, st.sampled_from(OWN), st.integers(0, 2**32))


@given(TRIPLES)
@tried(200)
def test_every_merge_holds_what_merges_promise(it: Triple) -> None:
    assert_holds(it)


@pytest.mark.slow
@pytest.mark.skipif(not WILD.is_dir(), reason="the public notebooks are not here")
@pytest.mark.parametrize("part", range(8))
def test_merges_of_public_notebooks_hold_what_merges_promise(part: int) -> None:
    texts = [it.read_text(encoding="utf-8") for it in sorted(WILD.rglob("*.livemd"))[part::8]]
    for seed in range(250):
        assert_holds(triple(texts[seed % len(texts)], seed))


def assert_holds(it: Triple) -> None:
    merged, mirrored = merge(*it), merge(it.base, it.theirs, it.ours)
    assert merge(it.base, it.ours, it.ours).text == it.ours
    assert merge(it.base, it.ours, it.base).text == it.ours
    # A section's name is that of ours, where a piece has moved on one side.
    assert [replace(mirror(it), section="") for it in merged.conflicts] == [
        replace(it, section="") for it in mirrored.conflicts
    ]
    for take, other in ((Take.MINE, Take.THEIRS), (Take.THEIRS, Take.MINE)):
        assert merged.resolved_all(take) == mirrored.resolved_all(other)
        assert_keeps(it, merged.resolved_all(take).text, take if merged.conflicts else None)
    if merged.is_clean and it.base not in it[1:] and it.ours != it.theirs:
        assert returned_or_missing(it.sides, cut(merged.text)) == ""
    if not merged.is_clean:
        assert_markers_tell_the_sides(it)
    for conflict in merged.conflicts:
        for text, place, said in (
            (it.ours, conflict.span, conflict.ours),
            (it.theirs, conflict.theirs_span, conflict.theirs),
        ):
            # What is left of a deleted section is one conflict, also where it lies scattered.
            rest = iter(text[slice(*place)].split("\n"))
            assert all(line in rest for line in said.split("\n") if line)


def assert_keeps(it: Triple, text: str, take: Take | None) -> None:
    sides = it.sides
    assert not adds_hazards(cut(text), (sides.ours, sides.theirs))
    assert keeps_words(sides, cut(text), take)


def assert_markers_tell_the_sides(it: Triple) -> None:
    merged = merge(*it)
    read = read_markers(merged.marked({}))

    assert read is not None
    for take, side in ((Take.MINE, read.ours), (Take.THEIRS, read.theirs)):
        body = without_outputs(merged.resolved_all(take).body).rstrip()
        assert without_outputs(side).startswith(body)
    assert merged.marked(dict.fromkeys(range(len(merged.conflicts)), Take.MINE)).count("<<<<") == 0


def mirror(it: Conflict) -> Conflict:
    kinds = {
        ConflictKind.DELETED_BY_US: ConflictKind.DELETED_BY_THEM,
        ConflictKind.DELETED_BY_THEM: ConflictKind.DELETED_BY_US,
    }
    return Conflict(
        kind=kinds.get(it.kind, it.kind),
        ours=it.theirs,
        theirs=it.ours,
        base=it.base,
        span=it.theirs_span,
        theirs_span=it.span,
        section=it.section,
        can_keep_both=it.can_keep_both,
    )
