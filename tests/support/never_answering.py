"""A program in Livebook's place that takes connections, and says nothing on them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def never_answering() -> Iterator[str]:
    """Its address."""
    # What is not accepted is connected all the same.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
