"""Texts in which nothing is written, so that Livebook would see no cell of what was there."""

from __future__ import annotations

from livebook_ls.notebook.hazard import Hazard, Severity
from livebook_ls.notebook.model import Span

_NUL = "\0"


def nothing_written(text: str) -> Hazard | None:
    """Why nothing is written in it; None where something is."""
    return only_nuls(text) or _empty(text)


def only_nuls(text: str) -> Hazard | None:
    """That it has NUL bytes and nothing else, which is no text that anybody has written; None
    where that isn't so.
    """
    # Most texts are told from it by their first letter.
    if not text.startswith(_NUL) or text.strip(_NUL).strip():
        return None
    message = (
        "This file has nothing but NUL bytes, as after a power loss: what was in it is lost there."
        " `livebook-ls restore` has its earlier versions."
    )
    return Hazard("only-nuls", Severity.WIPE, Span(0, len(text)), message)


def _empty(text: str) -> Hazard | None:
    if text.strip():
        return None
    message = (
        "This file is empty: Livebook would take it for a new notebook and write a title into it."
    )
    return Hazard("empty", Severity.WIPE, Span(0, len(text)), message)
