"""What stands between us and a session's page, each with what happened and what to do.

    LivebookError
    ├── Unreachable
    │   └── ConnectionLost       the connection to a joined session is down right now
    ├── PageNotUnderstood        another version of Livebook: no cells are run from here
    ├── LoginRefused             the page asks for a token or password that we don't have
    ├── SessionGone              the session was closed, or died with its Livebook
    └── NotLetIn                 Livebook refuses to let us join, or our page there crashed

What is wrong on the way to Livebook itself is told by the errors of its other calls (`errors`).
"""

from __future__ import annotations

from livebook_ls.livebook.errors import LivebookError, Unreachable


class ConnectionLost(Unreachable):
    """The connection is down; it is made again by itself, and tells when it is back."""

    code = "connection-lost"
    advice = "Try again: who stays there, as an editor, makes it again by itself."

    def __init__(self) -> None:
        super().__init__("The connection to Livebook's session was lost.")


class PageNotUnderstood(LivebookError):
    """The page lacks `missing`, which every Livebook that we know has."""

    code = "page-not-understood"
    advice = "Cells can't be run from here; saving works as before. Update livebook-ls or Livebook."

    def __init__(self, missing: str) -> None:
        self.missing = missing
        super().__init__(f"This Livebook's page is not understood: {missing}.")


class LoginRefused(LivebookError):
    """The page asks for `secret` (“token”, “password”), and ours is missing or wrong."""

    code = "login-refused"

    def __init__(self, secret: str, *, was_given: bool) -> None:
        what = f"Livebook does not accept the {secret} that it was given."
        super().__init__(
            what if was_given else f"Livebook asks for its {secret} before cells can be run.",
            f"Set livebook.{secret} to the one of this Livebook.",
        )


class SessionGone(LivebookError):
    """There is no such session any more: closed by somebody, crashed, or gone with Livebook."""

    code = "session-gone"
    advice = "Open the notebook in Livebook again; what its cells had computed is lost."

    def __init__(self) -> None:
        super().__init__("The notebook's session in Livebook has ended.")


class NotLetIn(LivebookError):
    """Livebook refused the join, or the page's process there crashed over what we sent."""

    code = "not-let-in"
    advice = "Try again; if it stays so, reload Livebook and update livebook-ls."

    def __init__(self, reason: str) -> None:
        super().__init__(f"Livebook did not let us take part in the session: {reason}.")
