"""What the stand-in's sessions hold and do while an editor is at work."""

from __future__ import annotations

from pathlib import Path

from livebook_ls.standin.server import StandIn
from tests.support.editors.tools import until

_STAMP = '\n<!-- livebook:{"offset":'


def saves(livebook: StandIn, path: Path) -> int:
    """How often the notebook's session has written the file."""
    session = livebook.session(path)
    return session.saves if session else 0


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

    until(follows, f"“{line}” in file and session")


def until_follows(livebook: StandIn, path: Path, line: str) -> None:
    """Wait until the session holds `line`."""

    def follows() -> bool:
        session = livebook.session(path)
        return session is not None and f"\n{line}\n" in session.text

    until(follows, f"“{line}” in the session")


def put_stamped(livebook: StandIn, path: Path) -> None:
    """Stamp the notebook as its Livebook would."""
    path.write_text(livebook.stamp(path.read_text(encoding="utf-8")), encoding="utf-8")


def without_stamp(text: str) -> str:
    """A notebook's text without the stamp at its end."""
    return text.partition(_STAMP)[0]
