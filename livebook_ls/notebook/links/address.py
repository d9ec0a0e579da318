"""What an address in a link says, by the rules of Livebook's Markdown renderer (`markdown.js`)."""

from __future__ import annotations

import html
import posixpath
import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote, unquote

_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_WEB = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_PARTS = re.compile(r"(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?:#(?P<fragment>.*))?\Z", re.DOTALL)
# What stands in a path without ending the address or meaning something else.
_PLAIN = "/!$&'*+,;=:@~-._"


class Destination(Enum):
    """Where an address leads."""

    SECTION = "section"
    FILE = "file"
    WEB = "web"
    # An address that begins with a slash is one of Livebook's own pages.
    LIVEBOOK = "livebook"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address, read: `path` and `fragment` decoded, `query` as it stands.

    `path` is relative to the notebook for a file, and the whole address for the web.
    """

    leads_to: Destination
    path: str = ""
    query: str = ""
    fragment: str | None = None


def read_address(written: str) -> Address:
    """The address that stands so in Markdown, without the `<>` around it."""
    said = html.unescape(_ESCAPE.sub(r"\1", written)).strip()
    if _WEB.match(said):
        return Address(leads_to=Destination.WEB, path=said)
    if _ABSOLUTE.match(said):
        return Address(leads_to=Destination.OTHER, path=said)
    found = _PARTS.match(said)
    path, fragment = (found["path"], found["fragment"]) if found else (said, None)
    if path.startswith("/"):
        kind = Destination.LIVEBOOK
    else:
        kind = Destination.FILE if path else Destination.SECTION
    return Address(
        leads_to=kind,
        path=unquote(path),
        query=(found and found["query"]) or "",
        fragment=None if fragment is None else unquote(fragment),
    )


def write_path(path: str, query: str = "") -> str:
    """A path as it stands in an address; a name with a colon must not look like a scheme."""
    written = quote(path, safe=_PLAIN)
    if ":" in written.partition("/")[0]:
        written = f"./{written}"
    return written + query


def write_fragment(fragment: str) -> str:
    """What stands behind `#`; letters of every language stay readable."""
    return "".join(
        it if it.isalnum() or it in "-_.~" else quote(it, safe="-_.~") for it in fragment
    )


def resolved(notebook_path: str, path: str) -> str:
    """The absolute path that a link's path means in a notebook."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(notebook_path), path))


def relative_to(notebook_path: str, target: str) -> str:
    """The path by which a link in a notebook leads to `target`."""
    return posixpath.relpath(target, posixpath.dirname(notebook_path))
