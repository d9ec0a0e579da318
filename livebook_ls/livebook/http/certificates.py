"""https: whose certificates are believed, and why one was not."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

from livebook_ls.livebook.errors import Misconfigured


def context(ca_file: str) -> ssl.SSLContext:
    """The system's authorities, and those in the PEM file `ca_file` where one is named.

    Raises Misconfigured where that can't be read.
    """
    made = ssl.create_default_context()
    if not ca_file:
        return made
    file = Path(ca_file).expanduser()
    if file.exists() and not file.is_file():
        # Whoever opens a pipe may wait for ever.
        raise _unusable("can't be read (not a regular file)")
    try:
        made.load_verify_locations(file)
    except ssl.SSLError:
        raise _unusable("holds no certificate in PEM form") from None
    except OSError as error:
        raise _unusable(f"can't be read ({(error.strerror or str(error)).lower()})") from None
    # A self-signed certificate is its own authority, though it seldom says that it is one.
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return made


def refusal(error: BaseException) -> str:
    """Why a certificate was not believed, in OpenSSL's words; empty where `error` is another."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
    return ""


def is_about_tls(error: BaseException) -> bool:
    """Whether the other side doesn't speak TLS, or none that we do."""
    return any(isinstance(cause, ssl.SSLError) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _unusable(why: str) -> Misconfigured:
    return Misconfigured(
        f"The file that livebook.caFile names {why}",
        "Set it to a PEM file with the certificate that Livebook's address shows, or its issuer's.",
    )
