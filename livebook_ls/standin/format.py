"""What Livebook's importer and exporter make of a file: the seam to `notebook/`.

Everything that the stand-in knows about the file format is asked here, so that it becomes
exact wherever `notebook/` does.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from livebook_ls.notebook.importer import parse
from livebook_ls.notebook.metadata import OPENING_FAILURES
from livebook_ls.notebook.model import Notebook
from livebook_ls.standin.stamps import Stamps

UNTITLED = "# Untitled notebook\n"
DEFAULT_INTERVAL_S = 5.0

_COMMENT_LINE = re.compile(rb"^<!--.*-->[ \t]*$", re.MULTILINE)


class ExportRaisesError(Exception):
    """Livebook's exporter would raise on this notebook, so it can't be saved."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """The text that Livebook's export would write; not exact where nobody knows its form."""

    text: str
    is_exact: bool


CanonicalForm: TypeAlias = Callable[[str], Canonical]


class Format:
    """The file format, with the stamps of one Livebook."""

    def __init__(self, canonical: CanonicalForm, stamps: Stamps) -> None:
        self._canonical = canonical
        self.stamps = stamps

    def import_raises(self, content: bytes) -> bool:
        """Whether Livebook's importer would raise on these bytes."""
        return bool(_failures(content) - OPENING_FAILURES)

    def open_raises(self, content: bytes) -> bool:
        """Whether the importer, or the new session that it feeds, would raise."""
        return bool(_failures(content))

    def interval_s(self, content: bytes) -> float | None:
        """How often a session of this notebook saves itself; None means never."""
        interval = parse(_decode(content)).attrs.get("autosave_interval_s", DEFAULT_INTERVAL_S)
        return interval if isinstance(interval, int | float) else None

    def read(self, content: bytes) -> Canonical:
        """What a session holds after it imported these bytes: their canonical form, no stamp."""
        return self._canonical(self.stamps.take_apart(_decode(content)).body)

    def is_stamped(self, content: bytes) -> bool:
        """Whether an export of this notebook bears a stamp: it has a valid one, or needs one."""
        text = _decode(content)
        return self.stamps.take_apart(text).is_valid or _needs_stamp(parse(text))

    def write(self, text: str, *, is_stamped: bool) -> bytes:
        """The bytes of an export; every stamp is a new one."""
        return (self.stamps.stamp(text) if is_stamped else text).encode(errors="surrogateescape")

    def held_after_sync(self, before: str, after: str) -> str:
        """What a session that held `before` holds after Livebook's diff to `after`."""
        del before  # Livebook's diff sometimes fails; nothing here foresees that yet.
        return after


def canonical_from(known: Mapping[str, str]) -> CanonicalForm:
    """A canonical form by the sha256 of the text, where it is known; else the text unchanged."""

    def canonical(text: str) -> Canonical:
        found = known.get(hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest())
        if found is not None:
            return Canonical(found, is_exact=True)
        lines = text.replace("\r\n", "\n").strip("\n")
        return Canonical(f"{lines}\n" if lines else UNTITLED, is_exact=not lines)

    return canonical


def _failures(content: bytes) -> set[str]:
    try:
        # Livebook never looks into a plain comment, so that anything may stand there.
        text = _COMMENT_LINE.sub(_readable, content).decode()
    except UnicodeDecodeError:
        return {"not-utf-8"}
    return {failure.code for failure in parse(text).failures}


def _readable(comment: re.Match[bytes]) -> bytes:
    return comment.group().decode(errors="replace").encode()


def _needs_stamp(notebook: Notebook) -> bool:
    """Whether there are file references to vouch for, or an app's password to hide."""
    entries = notebook.attrs.get("file_entries")
    app = notebook.attrs.get("app_settings")
    has_files = isinstance(entries, list) and any(
        isinstance(entry, dict) and entry.get("type") == "file" for entry in entries
    )
    is_protected_app = (
        isinstance(app, dict)
        and app.get("slug") is not None
        and app.get("access_type", "protected") == "protected"
    )
    return has_files or is_protected_app


def _decode(content: bytes) -> str:
    return content.decode(errors="surrogateescape")
