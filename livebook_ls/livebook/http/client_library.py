"""httpx, loaded without its command line, which nobody starts from here.

Where `click` or `pygments` is installed for something else, that takes a third of what httpx itself
takes. It leans on httpx' own provision for a missing `httpx._main`; where there is none any more,
all of httpx is loaded, and `tests/livebook/test_client_library.py` says so.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

__all__ = ["httpx"]

_COMMAND_LINE = "httpx._main"


def _load() -> object:
    is_ours = _COMMAND_LINE not in sys.modules
    if is_ours:
        # What is None here can't be imported.
        sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]
    try:
        return import_module("httpx")
    except ImportError:
        del sys.modules[_COMMAND_LINE]
        is_ours = False
        return import_module("httpx")
    finally:
        if is_ours:
            del sys.modules[_COMMAND_LINE]


if TYPE_CHECKING:
    import httpx
else:
    httpx = _load()
