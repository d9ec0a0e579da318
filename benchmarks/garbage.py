"""Garbage is looked for as in the server, which does so seldom: reading leaves none in a circle."""

from __future__ import annotations

import gc

# As in `livebook_ls/lsp/serving/pipe.py`.
_YOUNG_OBJECTS = 20_000


def look_as_the_server_does() -> None:
    """Leave what was loaded alone from now on, and let many objects come before a look."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)
