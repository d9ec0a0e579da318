"""When nothing is under way any more between an editor, a notebook's file and its session."""

from __future__ import annotations

from pathlib import Path

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn


def opened(editor: Editor, livebook: StandIn, path: Path) -> str:
    """Open a notebook in Livebook's own form, and let its new session write the file once."""
    loaded_ns = path.stat().st_mtime_ns
    uri = editor.open(path)
    editor.wait_for_state(uri, "inSync")
    livebook.save_session(path)
    # A save that is told late would count for what is written by then.
    livebook.wait_settled()
    until_time_is(editor, path, loaded_ns)
    return uri


def until_written_back(editor: Editor, livebook: StandIn, path: Path, saved_ns: int) -> None:
    """Wait until Livebook has written a save back, and the server has put the file's time back."""

    def are_one() -> bool:
        # A server that has not told it of the save yet is not at rest.
        livebook.wait_settled()
        return holds(livebook, path, path.read_text(encoding="utf-8"))

    editor.wait_for(are_one, "the session holds what the file does")
    until_time_is(editor, path, saved_ns)


def until_time_is(editor: Editor, path: Path, mtime_ns: int) -> None:
    """Wait until the file has this time (again)."""
    editor.wait_for(lambda: path.stat().st_mtime_ns == mtime_ns, "the file's time put back")


def until_one(editor: Editor, livebook: StandIn, path: Path, text: str) -> None:
    """Wait until session and file both hold `text`, with nothing under way in Livebook."""

    def are_one() -> bool:
        livebook.wait_settled()
        return holds(livebook, path, text) and path.read_bytes() == text.encode()

    editor.wait_for(are_one, "session and file hold the text")


def holds(livebook: StandIn, path: Path, text: str) -> bool:
    """Whether the notebook's session holds just this."""
    session = livebook.session(path)
    return session is not None and session.text == text


def is_joined(livebook: StandIn, path: Path) -> bool:
    """Whether any client has joined the notebook's session."""
    live = livebook.live(path)
    return live is not None and bool(live.client_names)


def asked(livebook: StandIn, target: str) -> int:
    """How often this path was asked for since the requests were cleared."""
    return sum(it.target == target for it in livebook.requests)
