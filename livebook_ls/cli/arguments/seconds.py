"""An argument that is a time: some seconds, and not for ever."""

from __future__ import annotations

from argparse import ArgumentTypeError


def seconds(text: str) -> float:
    """The argument's value. Raises ArgumentTypeError where that is no time that one can wait."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0.0 < found < float("inf"):
        raise ArgumentTypeError("a number of seconds is expected, as in 60")
    return found
