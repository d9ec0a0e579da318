"""What Livebook's importer and exporter make of a file: all that the stand-in knows of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from livebook_ls.notebook.exporting.canonical import canonical
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.importing.metadata import OPENING_FAILURES
from livebook_ls.notebook.markdown.parser_version import RELEASED
from livebook_ls.notebook.markdown.tree import UnwritableError
from livebook_ls.notebook.model import Notebook
from livebook_ls.notebook.syncing.forecast import forecast_texts
from livebook_ls.standin.sessions.held_notebook import text_of
from livebook_ls.standin.sessions.stamps import Stamps

DEFAULT_INTERVAL_S = 5.0

_COMMENT_LINE = re.compile(rb"^<!--.*-->[ \t]*$", re.MULTILINE)


class ImportRaisesError(Exception):
    """Livebook's importer, or the sync that follows it, would raise."""


class ExportRaisesError(Exception):
    """Livebook's exporter would raise on this notebook, so it can't be saved."""


@dataclass(frozen=True, slots=True)
class Held:
    """A notebook in memory: the text that its export would be, if it can be exported.

    Where it can't, `text` is what was read. `is_approximate` says that Livebook's diff was so
    large that what it came to is not certain.
    """

    text: str
    is_writable: bool = True
    is_approximate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a new session begins with; `interval_s` is None where it never saves by itself."""

    held: Held
    interval_s: float | None
    is_stamped: bool


class Format:
    """The file format, with the stamps of one Livebook."""

    def __init__(self, stamps: Stamps) -> None:
        self.stamps = stamps

    def open(self, content: bytes) -> Opening:
        """What a new session begins with; `ImportRaisesError` where it can't begin."""
        text = _text(content)
        notebook = parse(text)
        if notebook.failures:
            raise ImportRaisesError
        interval = notebook.attrs.get("autosave_interval_s", DEFAULT_INTERVAL_S)
        return Opening(
            held=_read(text),
            interval_s=interval if isinstance(interval, int | float) else None,
            is_stamped=self.stamps.take_apart(text).is_valid or _needs_stamp(notebook),
        )

    def read(self, content: bytes) -> Held:
        """What an import of this content gives; may raise `ImportRaisesError`."""
        return _read(_text(content))

    def sync(self, held: Held, content: bytes) -> Held:
        """What a session holds after Livebook's diff; may raise `ImportRaisesError`."""
        text = _text(content)
        wanted = _read(text)
        if not (held.is_writable and wanted.is_writable):
            return wanted
        foreseen = forecast_texts(held.text, text)
        if foreseen.session is None:
            raise ImportRaisesError
        if not foreseen.is_exact:
            return Held(wanted.text, is_approximate=True)
        try:
            return Held(text_of(foreseen.session))
        except UnwritableError:
            return Held(wanted.text, is_writable=False)

    def needs_stamp(self, content: bytes) -> bool:
        """Whether an export of this notebook bears a stamp even if it had none."""
        return _needs_stamp(parse(_text(content)))

    def write(self, held: Held, *, is_stamped: bool) -> bytes:
        """The bytes of an export; every stamp is a new one. May raise `ExportRaisesError`."""
        if not held.is_writable:
            raise ExportRaisesError
        text = self.stamps.stamp(held.text) if is_stamped else held.text
        return text.encode(errors="surrogateescape")


def _text(content: bytes) -> str:
    try:
        # Livebook never looks into a plain comment, so that anything may stand there.
        _COMMENT_LINE.sub(_readable, content).decode()
    except UnicodeDecodeError as error:
        raise ImportRaisesError from error
    return content.decode(errors="surrogateescape")


def _read(text: str) -> Held:
    written = canonical(text, RELEASED)
    if written is not None:
        return Held(written)
    if any(failure.code not in OPENING_FAILURES for failure in parse(text).failures):
        raise ImportRaisesError
    return Held(text, is_writable=False)


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
