"""How often what must hold of anything is tried: a few times every day, often where there is time.

`LIVEBOOK_LS_EXAMPLES=many` is the latter, as in CI; hypothesis draws others each time.
"""

from __future__ import annotations

import os

from hypothesis import settings

_IS_LONG = os.environ.get("LIVEBOOK_LS_EXAMPLES") == "many"
_EVERY_DAY = 5


def tried(often: int) -> settings:
    """Of so many examples a part each day."""
    return settings(max_examples=often if _IS_LONG else often // _EVERY_DAY, deadline=None)
