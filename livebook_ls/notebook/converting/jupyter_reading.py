"""Jupyter's notebooks read: nbformat 4, and 3 and 2 with their worksheets.

Plain JSON, since nbformat's own library needs compiled parts, which no bundle for every machine can
bring along; tests hold this reading to that library.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from livebook_ls import bounded_json
from livebook_ls.bounded_json import TooManyValues
from livebook_ls.notebook.converting.ipython import as_python, shown_language
from livebook_ls.notebook.converting.jupyter_outputs import output_texts
from livebook_ls.notebook.converting.pieces import (
    CodePiece,
    Piece,
    ProsePiece,
    ReadPieces,
    SectionPiece,
    Unconvertible,
)
from livebook_ls.notebook.converting.setup_cells import with_setup
from livebook_ls.notebook.exporting.rendering import fenced
from livebook_ls.notebook.importing.assembly import CODE_LANGUAGES
from livebook_ls.notebook.importing.metadata import CELL_DEFAULTS
from livebook_ls.notebook.links.attachments import attachment_entry, attachment_names
from livebook_ls.notebook.links.mending import ATTACHMENTS

if TYPE_CHECKING:
    from livebook_ls.notebook.model import JsonValue

_OLDEST, _NEWEST = 2, 4
# Outputs of plots are points by the hundred thousand.
_MOST_VALUES = 10_000_000
_NO_JUPYTER = "This is no Jupyter notebook: {why}."
_PYTHON, _SETUP_LANGUAGE = "python", "pyproject.toml"
_ALIASES = {"python3": _PYTHON, "python2": _PYTHON, "ipython": _PYTHON}
# Lists whose texts are no lines of one text.
_LISTS = frozenset(("traceback", "tags"))
_KEPT_KEYS = (*CELL_DEFAULTS, "livebook_object", "kind", "attrs", "chunks")

_Object = Mapping[str, "JsonValue"]


def read_jupyter(data: bytes, *, with_outputs: bool) -> ReadPieces | Unconvertible:
    """The pieces of a Jupyter notebook; its text outputs only where they are wanted."""
    try:
        found = bounded_json.decoded(data, _MOST_VALUES)
    except TooManyValues as error:
        return Unconvertible(_NO_JUPYTER.format(why=error))
    except ValueError:
        return Unconvertible(_NO_JUPYTER.format(why="it is not JSON"))
    version = found.get("nbformat") if isinstance(found, dict) else None
    if isinstance(version, bool) or not isinstance(version, int):
        return Unconvertible(_NO_JUPYTER.format(why="it has no nbformat"))
    if not _OLDEST <= version <= _NEWEST:
        return Unconvertible(f"Jupyter's nbformat {version} is not known here, only 2 to 4.")
    notebook = found if version == _NEWEST else _with_joined_lines(found, version)
    return _Reading(_object(notebook), with_outputs=with_outputs).pieces()


class _Reading:
    def __init__(self, notebook: _Object, *, with_outputs: bool) -> None:
        self._notebook = notebook
        self._metadata = _object(notebook.get("metadata"))
        self._language = _language_of(self._metadata)
        self._with_outputs = with_outputs
        self._files: dict[str, bytes] = {}
        self._packages: list[str] = []

    def pieces(self) -> ReadPieces:
        found = [it for cell in self._cells() for it in self._of_cell(cell)]
        attributes = dict(_object(self._metadata.get("livebook")))
        if self._files:
            listed = attributes.get("file_entries")
            entries: list[JsonValue] = [*listed] if isinstance(listed, list) else []
            entries += [dict(attachment_entry(it)) for it in self._files]
            attributes["file_entries"] = entries
        # What was a notebook of Livebook's has the setup that it had.
        is_livebooks = "livebook" in self._metadata
        pieces = tuple(found) if is_livebooks else with_setup(found, self._packages)
        return ReadPieces(pieces=pieces, attributes=attributes, files=self._files)

    def _cells(self) -> Iterator[_Object]:
        sheets = self._notebook.get("worksheets")
        holders = sheets if isinstance(sheets, list) else [dict(self._notebook)]
        for holder in holders:
            cells = _object(holder).get("cells")
            for cell in cells if isinstance(cells, list) else ():
                if isinstance(cell, dict):
                    yield cell

    def _of_cell(self, cell: _Object) -> Iterator[Piece]:
        kind = cell.get("cell_type")
        text = _text(
            cell.get("source") if kind != "code" or "source" in cell else cell.get("input")
        )
        own = _object(_object(cell.get("metadata")).get("livebook"))
        if kind == "code":
            yield self._code(cell, text, own)
        elif kind == "heading":
            level = cell.get("level")
            yield ProsePiece(f"{'#' * (level if isinstance(level, int) else 1)} {text.strip()}")
        elif kind == "raw":
            if text.strip():
                yield ProsePiece(fenced(text, ""))
        elif own.get("section") is True:
            parent = own.get("branch_parent_index")
            name = text.strip().lstrip("#").strip()
            yield SectionPiece(name, parent if isinstance(parent, int) else None)
        elif text.strip():
            yield ProsePiece(self._with_attachments(text, _object(cell.get("attachments"))))

    def _code(self, cell: _Object, text: str, own: _Object) -> Piece:
        metadata = _object(cell.get("metadata"))
        named = (
            own.get("language"),
            _object(metadata.get("vscode")).get("languageId"),
            cell.get("language"),
        )
        said = next((it for it in named if isinstance(it, str) and it), self._language)
        language = _ALIASES.get(said.lower(), said.lower())
        is_setup = own.get("setup") is True
        if language == _PYTHON:
            shown = shown_language(text)
            if shown is not None:
                return ProsePiece(fenced(text, shown))
            text = as_python(text, self._packages)
        if language not in CODE_LANGUAGES and not (is_setup and language == _SETUP_LANGUAGE):
            return ProsePiece(fenced(text, language))
        return CodePiece(
            source=text,
            language=language,
            is_setup=is_setup,
            metadata={key: own[key] for key in _KEPT_KEYS if key in own},
            outputs=output_texts(cell.get("outputs")) if self._with_outputs else (),
        )

    def _with_attachments(self, text: str, attached: _Object) -> str:
        for name, bundle in attached.items():
            data = next(iter(_object(bundle).values()), None)
            try:
                content = base64.b64decode(_text(data), validate=False)
            except binascii.Error:
                continue
            kept = f"{ATTACHMENTS}{self._keep(name, content)}"
            for written in (name, quote(name)):
                text = text.replace(f"(attachment:{written}", f"({kept}")
        return text

    def _keep(self, name: str, content: bytes) -> str:
        """The name under which a file is kept: one that Livebook takes, and of that content."""
        return next(
            it for it in attachment_names(name) if self._files.setdefault(it, content) == content
        )


def _with_joined_lines(value: JsonValue, version: int, key: str = "") -> JsonValue:
    """Before nbformat 4 a text's lines were kept without their ends, in 3 also with them."""
    if isinstance(value, dict):
        return {name: _with_joined_lines(it, version, name) for name, it in value.items()}
    if not isinstance(value, list) or key in _LISTS:
        return value
    lines = [it for it in value if isinstance(it, str)]
    if not value or len(lines) < len(value):
        return [_with_joined_lines(it, version) for it in value]
    have_ends = version > _OLDEST and lines[0].endswith(("\n", "\r"))
    return ("" if have_ends else "\n").join(lines)


def _language_of(metadata: _Object) -> str:
    kernel, info = _object(metadata.get("kernelspec")), _object(metadata.get("language_info"))
    said = (kernel.get("language"), info.get("name"), kernel.get("name"))
    found = next((it for it in said if isinstance(it, str) and it), _PYTHON).lower()
    return _ALIASES.get(found, found)


def _object(value: JsonValue) -> _Object:
    return value if isinstance(value, dict) else {}


def _text(value: JsonValue) -> str:
    """A text that may be kept as its lines."""
    if isinstance(value, list):
        return "".join(it for it in value if isinstance(it, str))
    return value if isinstance(value, str) else ""
