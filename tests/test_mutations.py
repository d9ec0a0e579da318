"""What `scripts/mutate` does to a module: something else each time, that is still Python."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.mutations import Mutation, mutations_of
from tests.support.places import ROOT

MODULE = ROOT / "livebook_ls" / "sync" / "latest_only.py"


def test_every_change_is_another_program_and_is_taken_back(tmp_path: Path) -> None:
    copy = tmp_path / MODULE.relative_to(ROOT)
    copy.parent.mkdir(parents=True)
    shutil.copy(MODULE, copy)
    content = MODULE.read_bytes()
    found = list(mutations_of(MODULE))
    for it in found:
        assert it.apply(tmp_path) == content
        changed = copy.read_bytes()
        compile(changed, copy, "exec")
        assert changed != content
        copy.write_bytes(content)

    assert len(found) > 20


def test_a_change_is_told_in_one_line() -> None:
    told = Mutation("a.py", 2, 0, "a\n        == 1", "(a != 1)")

    assert str(told) == "a.py:2: a == 1 → (a != 1)"
