"""What Livebook's importer and exporter make of a text: the seam to `notebook/`.

Everything that the stand-in knows about the file format is asked here, so that it becomes
exact wherever `notebook/` does.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from livebook_ls.standin.stamps import Stamps

UNTITLED = "# Untitled notebook\n"
DEFAULT_INTERVAL_S = 5.0

_METADATA_LINE = re.compile(r"^<!-- *livebook:(.*?) *-->", re.MULTILINE)
_INTERVAL = re.compile(r'^<!-- livebook:\{[^\n]*"autosave_interval_s":(null|\d+)', re.MULTILINE)


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
        return _import_raises(content)

    def open_raises(self, content: bytes) -> bool:
        """Whether the importer, or the new session that it feeds, would raise."""
        return _import_raises(content)

    def interval_s(self, content: bytes) -> float | None:
        """How often a session of this notebook saves itself; None means never."""
        found = _INTERVAL.search(_decode(content))
        if found is None:
            return DEFAULT_INTERVAL_S
        return None if found.group(1) == "null" else float(found.group(1))

    def read(self, content: bytes) -> Canonical:
        """What a session holds after it imported these bytes: their canonical form, no stamp."""
        return self._canonical(self.stamps.take_apart(_decode(content)).body)

    def is_stamped(self, content: bytes) -> bool:
        """Whether a session of this notebook stamps its saves: the file's own stamp is valid."""
        return self.stamps.take_apart(_decode(content)).is_valid

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


def _decode(content: bytes) -> str:
    return content.decode(errors="surrogateescape")


def _import_raises(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return True
    return any(not _is_json(found.group(1)) for found in _METADATA_LINE.finditer(text))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
