"""What the stand-in's sessions hold and do while an editor is at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.hold_points import HoldPoint
from tests.support.editors.tools import until

_STAMP = '\n<!-- livebook:{"offset":'


@contextmanager
def written_back(livebook: StandIn, path: Path) -> Iterator[None]:
    """A block in which an editor saves once; after it Livebook has written the file in turn, and
    the server has put it back as the editor saved it.
    """
    before = path.read_text(encoding="utf-8")
    with livebook.holding(HoldPoint.SAVE) as until_held:
        yield
        until_held(1)
        saved, saved_ns = path.read_text(encoding="utf-8"), path.stat().st_mtime_ns
    livebook.wait_settled()
    # Editors wait for a new stamp for a moment only. An old one is not put back.
    if _STAMP not in saved or _stamp(saved) != _stamp(before):
        until(lambda: path.stat().st_mtime_ns == saved_ns, "the file's time put back")


def save_session(livebook: StandIn, path: Path) -> None:
    """Have the notebook's session save, once it is there, as a person does in the browser."""
    until(lambda: livebook.session(path), "the session")
    livebook.save_session(path)


def check_follows(livebook: StandIn, path: Path, line: str) -> None:
    """Wait until the session holds the saved file, with `line` in it."""

    def follows() -> bool:
        session = livebook.session(path)
        saved = without_stamp(path.read_text(encoding="utf-8"))
        return session is not None and f"\n{line}\n" in session.text and saved == session.text

    try:
        until(follows, f"“{line}” in file and session")
    except pytest.fail.Exception as error:
        session = livebook.session(path)
        asked = [(it.target, it.status) for it in livebook.requests[-10:]]
        pytest.fail(f"{error}\n{path.read_text('utf-8')}\n{session}\n{asked}")


def until_follows(livebook: StandIn, path: Path, line: str) -> None:
    """Wait until the session holds `line`."""

    def follows() -> bool:
        session = livebook.session(path)
        return session is not None and f"\n{line}\n" in session.text

    until(follows, f"“{line}” in the session")


def put_stamped(livebook: StandIn, path: Path) -> None:
    """Stamp the notebook as its Livebook would."""
    path.write_text(livebook.stamp(path.read_text(encoding="utf-8")), encoding="utf-8")


def _stamp(text: str) -> str:
    return text.partition(_STAMP)[2]


def without_stamp(text: str) -> str:
    """A notebook's text without the stamp at its end."""
    return text.partition(_STAMP)[0]
