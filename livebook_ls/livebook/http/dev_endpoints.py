"""Livebook's dev endpoints as calls.

What Livebook may well answer is a value; everything else is one named error (`errors`).
One HTTP client is kept for as long as the endpoint: making one costs more than a save.
"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING

from livebook_ls import clock
from livebook_ls.livebook.errors import (
    BodyTooLarge,
    EndpointsOff,
    FileUnreadable,
    ImportFailed,
    LivebookError,
    NameNotText,
    NotUnderstood,
    RefusedAsBrowser,
    TooOld,
)
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http import pages
from livebook_ls.livebook.http.pages import Login
from livebook_ls.livebook.http.session_pages import SessionPages
from livebook_ls.livebook.session_paths import is_session_path

if TYPE_CHECKING:
    from livebook_ls.livebook.http.transport import HttpAnswer

# Livebook's own limit (Plug.Parsers' default); past it, it answers 413 or resets the connection.
REQUEST_LIMIT_BYTES = 8_000_000
_PROBE_S = 2.0
_SYNC_S = 10.0
_WRITTEN_AFTER_S = 0.5
# A notebook of thousands of cells honestly takes Livebook 20 s to open.
_OPEN_S = 60.0
_RESTAMP_S = 30.0
# The loser of two first opens is answered 500 until the winner's session stands.
_OPEN_AGAIN_AFTER_S = (0.1, 0.3)

_DISABLED = "Dev endpoints are disabled"
_BROWSER = "not available in the browser"
_NO_SESSION = "No session found"
_UNREADABLE = "Failed to read file: "
_NO_FILE = "no such file or directory"
_NO_FOLDER = "not a directory"
_NEVER_THERE = ".livebook-ls-asks"
_STALE = "old_source stamp is invalid"


class SyncAnswer(Enum):
    """What Livebook says to a sync: taken (not: done), or that it has no session for the file."""

    TAKEN = "taken"
    NO_SESSION = "no session"


class Livebook:
    """A running Livebook at `endpoint`. Methods block; they may be called from several threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        # Connections take as long to load as Python itself, so they are loaded by who needs some.
        from livebook_ls.livebook.http.transport import Transport

        self.endpoint = endpoint
        self._transport = Transport(endpoint)
        self._sessions = SessionPages(self._transport)

    def close(self) -> None:
        """Close the kept connections."""
        self._transport.close()

    @property
    def has_answered(self) -> bool:
        """Whether it has answered anything so far."""
        return self._transport.has_answered

    def is_livebook(self) -> bool:
        """Whether a Livebook, of any version, answers here (`GET /public/health`)."""
        return self._transport.problem() is None

    def probe(self) -> None:
        """Raise what every sync would, without touching a file."""
        self.restamp(old_source="", new_source="", timeout_s=_PROBE_S)

    def problem(self) -> LivebookError | None:
        """Why it takes no syncs; None where it does."""
        try:
            self.probe()
        except LivebookError as error:
            return error
        return None

    def open(self, file: str) -> str:
        """The path of the session of `file` (with base path), which is made if there is none.

        Raises FileUnreadable, ImportFailed, and what every call raises.
        """
        with self._transport.within(_OPEN_S):
            for pause_s in _OPEN_AGAIN_AFTER_S:
                try:
                    return self._open_once(file)
                except ImportFailed:
                    clock.pause(pause_s)
            return self._open_once(file)

    def sees(self, file: str) -> bool | None:
        """Whether there is such a file on Livebook's machine; None where it can't be told.

        Asked by opening what can't be there, so that no session is made: something in the file, as
        if it were a folder, and the folder itself, which Livebook can't read as a file.
        """
        reason = self._why_unreadable(f"{file}/{_NEVER_THERE}")
        if reason != _NO_FILE:
            return True if reason == _NO_FOLDER else None
        folder = file.rpartition("/")[0]
        is_folder_there = bool(folder) and self._why_unreadable(folder) != _NO_FILE
        # Windows doesn't tell a file from nothing in that way.
        return None if is_folder_there and file[1:2] == ":" else False

    def sync(self, file: str) -> SyncAnswer:
        """Tell Livebook to read `file` again. It works afterwards; the answer only says whether
        there is a session.
        """
        with self._transport.within(_SYNC_S):
            # Livebook writes the file at once when it has read it, and must not read that half.
            answer = self._post("/dev/sync", {"file": file}, _SYNC_S, _WRITTEN_AFTER_S)
            if answer.status == 200 and answer.body == {"status": "ok"}:
                return SyncAnswer.TAKEN
            if answer.status == 404 and answer.message.startswith(_NO_SESSION):
                return SyncAnswer.NO_SESSION
            raise self._error(answer)

    def restamp(
        self, *, old_source: str, new_source: str, timeout_s: float = _RESTAMP_S
    ) -> str | None:
        """`new_source` in Livebook's canonical form with a fresh stamp if `old_source` had one.

        A `new_source` with a valid stamp comes back as it is. None: the stamp of `old_source` is
        not valid.
        """
        sources = {"old_source": old_source, "new_source": new_source}
        with self._transport.within(timeout_s):
            answer = self._post("/dev/restamp", sources, timeout_s)
            if answer.status == 200 and isinstance(answer.body, dict):
                source = answer.body.get("source")
                if isinstance(source, str) and not _is_no_text(source):
                    return source
            if answer.status == 422 and _STALE in answer.message:
                return None
            raise self._error(answer)

    def session_url(self, path: str) -> str:
        """The address for a browser of the session whose `path` is what `open` answered."""
        return pages.session_url(self._transport, path)

    def settings_url(self) -> str:
        """The address for a browser of the page where the dev endpoints are switched on."""
        return pages.settings_url(self._transport)

    def login(self) -> Login:
        """What a browser that follows one of our links will meet."""
        # Over connections of its own: a cookie that we were given would let us in.
        transport = type(self._transport)(self.endpoint)
        try:
            return pages.login(transport)
        finally:
            transport.close()

    def export(self, session_path: str, timeout_s: float) -> str | None:
        """The notebook in the session at `session_path`, without outputs; None where it is not
        shown to us.
        """
        return self._sessions.read(session_path, timeout_s)

    @property
    def hides_sessions(self) -> bool:
        """Whether it has turned us away from what its sessions hold."""
        return self._sessions.are_closed

    def lacks_session(self, session_path: str, timeout_s: float) -> bool:
        """Whether it says that there is no such session; False where it doesn't show us any."""
        return self._sessions.lacks(session_path, timeout_s)

    def listed_sessions(self) -> frozenset[str] | None:
        """The ids of all its sessions; None where they are not shown to us."""
        return self._sessions.listed(_PROBE_S)

    def open_files(self) -> frozenset[str] | None:
        """The files that its sessions have, as it names them; None where they are not shown to us.

        The sessions' names are among them, which are no paths.
        """
        return self._sessions.files(_PROBE_S)

    def has_saved(self, session_path: str, timeout_s: float) -> bool | None:
        """Whether the session has written all that it holds; None where it is not shown to us."""
        return self._sessions.has_saved(session_path, timeout_s)

    def _why_unreadable(self, file: str) -> str:
        try:
            self._open_once(file)
        except FileUnreadable as error:
            return error.reason
        return ""

    def _open_once(self, file: str) -> str:
        answer = self._post("/dev/open", {"file": file}, _OPEN_S)
        if answer.status == 200 and isinstance(answer.body, dict):
            return _session_path(answer.body.get("path"))
        if answer.status == 422 and answer.message.startswith(_UNREADABLE):
            raise FileUnreadable(answer.message.removeprefix(_UNREADABLE))
        raise self._error(answer)

    def _post(
        self, call: str, body: dict[str, str], timeout_s: float, again_after_s: float = 0.0
    ) -> HttpAnswer:
        if _is_no_text(body.get("file", "")):
            raise NameNotText
        content = json.dumps(body).encode("ascii")
        if len(content) > REQUEST_LIMIT_BYTES:
            # Escapes may double the size of a text that is not English.
            content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        if len(content) > REQUEST_LIMIT_BYTES:
            raise BodyTooLarge
        return self._transport.request(
            "POST", call, timeout_s, content, again_after_s=again_after_s
        )

    def _error(self, answer: HttpAnswer) -> LivebookError:
        """The error that an answer outside the contract means."""
        if answer.status == 403 and answer.message.startswith(_DISABLED):
            return EndpointsOff()
        if answer.status == 403 and _BROWSER in answer.message:
            return RefusedAsBrowser()
        if answer.status == 413:
            return BodyTooLarge()
        if problem := self._transport.problem():
            return problem
        if answer.status == 404:
            return TooOld()
        if answer.status == 500:
            return ImportFailed()
        if 300 <= answer.status < 400:
            return NotUnderstood("it sends us to another page, as a login does")
        return NotUnderstood(answer.message or f"HTTP status {answer.status}")


def _is_no_text(text: str) -> bool:
    """Whether it is none that a file may hold: of a name that is not UTF-8 Python keeps the bytes
    as surrogates, as it does halves of a character in JSON.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _session_path(path: object) -> str:
    """`path` if it is a session's and nothing more, below a base path; a browser is going to follow
    it, with the token.
    """
    if isinstance(path, str) and is_session_path(path):
        return path
    raise NotUnderstood("it names no session")
