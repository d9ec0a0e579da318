"""All that is known of a notebook's file, from its bytes: for whoever reads files, not buffers."""

from __future__ import annotations

from dataclasses import dataclass

from livebook_ls.notebook.description import Description, describe
from livebook_ls.notebook.hazard import Hazard, Severity
from livebook_ls.notebook.hazards.crashes import undecodable_hazard
from livebook_ls.notebook.hazards.finding import (
    find_all_hazards,
    find_grave_hazards,
    with_other_parser,
)
from livebook_ls.notebook.importing.composing import compose, place
from livebook_ls.notebook.importing.fragments import Fragment
from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.markdown.parser_version import RELEASED, ParserVersion
from livebook_ls.notebook.model import Notebook
from livebook_ls.notebook.source import Source, decode

_FATAL = frozenset((Severity.CRASH, Severity.UNSAVABLE))


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


def inspect_bytes(data: bytes, parser: ParserVersion | None = None) -> Inspected:
    """What a Livebook with this parser, or the worse of both, would make of such a file."""
    text = decode(data)
    source = Source(data.decode("utf-8", "replace") if text is None else text)
    document = read_document(source, parser or RELEASED)
    notebook = build_notebook(document)
    hazards = find_all_hazards(document, notebook) if text is not None else (undecodable_hazard(),)
    if text is not None and parser is None:
        hazards = with_other_parser(source, hazards, find_all_hazards)
    return Inspected(source=source, notebook=notebook, hazards=hazards, is_text=text is not None)


def inspect_unwritten(data: bytes, parser: ParserVersion | None = None) -> Inspected:
    """The same without the form in which Livebook would write it: in a third of the time."""
    text = decode(data)
    source = Source(data.decode("utf-8", "replace") if text is None else text)
    document = read_document(source, parser or RELEASED)
    placed = place([Fragment(document)])
    notebook = compose(source, placed)
    if text is None:
        hazards: tuple[Hazard, ...] = (undecodable_hazard(),)
    else:
        hazards = find_grave_hazards(document, notebook, placed)
        if parser is None:
            hazards = with_other_parser(source, hazards, find_grave_hazards)
    return Inspected(source=source, notebook=notebook, hazards=hazards, is_text=text is not None)
