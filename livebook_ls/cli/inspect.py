"""`inspect`: what Livebook will make of a notebook, for people and for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from livebook_ls.notebook.crash_hazards import undecodable_hazard
from livebook_ls.notebook.description import Description, describe
from livebook_ls.notebook.hazard import Hazard, Severity
from livebook_ls.notebook.hazards import find_all_hazards
from livebook_ls.notebook.importer import build_notebook, read_document
from livebook_ls.notebook.outline import EntryKind, outline
from livebook_ls.notebook.source import Source, decode

if TYPE_CHECKING:
    from livebook_ls.notebook.model import Notebook
    from livebook_ls.notebook.outline import Entry

_Paint = Callable[[str, str], str]

_FATAL = frozenset((Severity.CRASH, Severity.UNSAVABLE))
_BOLD, _RED, _YELLOW, _DIM = "1", "31", "33", "2"
_COLOURS = {
    Severity.CRASH: _RED,
    Severity.UNSAVABLE: _RED,
    Severity.WIPE: _RED,
    Severity.DROP: _YELLOW,
    Severity.REFORMAT: _DIM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """A notebook with all that is known of it; `is_text` is false where it is not UTF-8."""

    source: Source
    notebook: Notebook
    hazards: tuple[Hazard, ...]
    is_text: bool

    @property
    def is_fatal(self) -> bool:
        """Whether Livebook would raise on it, or could never save it."""
        return bool(self.notebook.failures) or any(it.severity in _FATAL for it in self.hazards)

    def description(self) -> Description:
        """All of it as plain data."""
        described = describe(self.notebook, self.source, self.hazards)
        return described if self.is_text else described | {"raises": True}


def inspect_bytes(data: bytes) -> Inspected:
    """What Livebook would make of a file with this content."""
    text = decode(data)
    source = Source(data.decode("utf-8", "replace") if text is None else text)
    document = read_document(source)
    notebook = build_notebook(document)
    hazards = find_all_hazards(document, notebook) if text is not None else (undecodable_hazard(),)
    return Inspected(source=source, notebook=notebook, hazards=hazards, is_text=text is not None)


def inspect_files(files: Sequence[str], *, as_json: bool) -> int:
    """Print what each file is; 1 where one can't be read, or Livebook would fail on it."""
    code = 0
    paint = _paint if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else _plain
    for file in files:
        try:
            inspected = inspect_bytes(Path(file).read_bytes())
        except OSError as error:
            print(f"{file}: {error.strerror}", file=sys.stderr)
            code = 1
            continue
        if as_json:
            print(json.dumps({"file": file} | inspected.description()))
        else:
            print("\n".join(_lines(file, inspected, paint)))
        if inspected.is_fatal:
            code = 1
    return code


def _lines(file: str, inspected: Inspected, paint: _Paint) -> Iterator[str]:
    source = inspected.source
    yield paint(file, _BOLD)
    for entry in outline(inspected.notebook, source):
        yield from _outlined(entry, source, 0, paint)
    for line, label, colour, message in sorted(_problems(inspected), key=lambda it: it[0]):
        yield f"{line:6}  {paint(f'{label:9}', colour)} {_printable(message)}"


def _outlined(entry: Entry, source: Source, depth: int, paint: _Paint) -> Iterator[str]:
    is_named = entry.kind in (EntryKind.NOTEBOOK, EntryKind.SECTION)
    name = paint(_printable(entry.name), _BOLD if is_named else "")
    detail = paint(f"  {_printable(entry.detail)}", _DIM) if entry.detail else ""
    line = source.line_at(entry.name_span.start) + 1
    yield f"{line:6}  {'  ' * depth}{name}{detail}"
    for child in entry.children:
        yield from _outlined(child, source, depth + 1, paint)


def _problems(inspected: Inspected) -> Iterator[tuple[int, str, str, str]]:
    """Line, label, colour and sentence of what is wrong."""
    source = inspected.source
    for hazard in inspected.hazards:
        line = source.line_at(hazard.span.start) + 1
        colour = _COLOURS[hazard.severity]
        yield line, hazard.severity.value, colour, f"{hazard.message} [{hazard.code}]"
    for warning in inspected.notebook.warnings:
        yield source.line_at(warning.span.start) + 1, "warning", _YELLOW, warning.message


def _printable(text: str) -> str:
    """The text without what would steer a terminal."""
    return "".join(it if it.isprintable() else "�" for it in text)


def _paint(text: str, colour: str) -> str:
    return f"\033[{colour}m{text}\033[0m" if colour else text


def _plain(text: str, _: str) -> str:
    return text
