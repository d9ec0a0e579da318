"""What a user must know before a link to a session is followed in a browser."""

from __future__ import annotations

from livebook_ls.livebook.http.pages import Login
from livebook_ls.sync.telling.findings import Finding, FindingSeverity


def in_the_way(login: Login) -> Finding | None:
    """What to tell; None where a link leads straight in, as far as we know."""
    match login:
        case Login.NO_TOKEN:
            return token_needed()
        case Login.WRONG_TOKEN:
            return token_wrong()
        case Login.PASSWORD:
            return password_needed()
    return None


def token_needed() -> Finding:
    """Livebook has a token, and we don't know it."""
    return Finding(
        code="token-needed",
        severity=FindingSeverity.INFORMATION,
        sentence="Livebook asks for its token, which is not known here. Set livebook.url to the "
        "address that Livebook prints, with ?token=…, and links log in by themselves.",
    )


def token_wrong() -> Finding:
    """Livebook doesn't let our token in; it makes a new one at each start unless it is given."""
    return Finding(
        code="token-wrong",
        severity=FindingSeverity.WARNING,
        sentence="Livebook asks for its token, which is another than the one that is set. "
        "Set livebook.url to the address that Livebook printed when it started last.",
    )


def password_needed() -> Finding:
    """There is no such parameter for passwords as there is for tokens."""
    return Finding(
        code="password-needed",
        severity=FindingSeverity.INFORMATION,
        sentence="Livebook asks for its password, and no link can log in with one. "
        "Log in once in the browser, then open the notebook again.",
    )
