"""Whatever of ours is killed while it writes: no file is cut, empty, or of another kind."""

from __future__ import annotations

import pytest

from tests.support import write_kills


@pytest.mark.slow
def test_killed_programs_leave_whole_files_which_the_next_finishes() -> None:
    assert write_kills.main(42) == 0
