"""Each Elixir of this machine, started once for all tests of the room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.elixirs import ELIXIRS, Asked


@pytest.fixture(scope="session", params=ELIXIRS)
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    somebody = Asked(request.param)
    yield somebody
    somebody.close()
