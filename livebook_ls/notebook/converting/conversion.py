"""A file of another form made into a notebook, by the ending of its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from livebook_ls.notebook.converting.headings import with_sections
from livebook_ls.notebook.converting.jupyter_reading import read_jupyter
from livebook_ls.notebook.converting.markdown_reading import read_markdown
from livebook_ls.notebook.converting.pieces import ReadPieces, Unconvertible
from livebook_ls.notebook.converting.script_reading import read_script
from livebook_ls.notebook.converting.writing import notebook_text
from livebook_ls.notebook.mending import mend
from livebook_ls.notebook.source import decode

JUPYTER, SCRIPT, MARKDOWN = ".ipynb", ".exs", ".md"
ENDINGS = (JUPYTER, SCRIPT, MARKDOWN)
_UNKNOWN = Unconvertible("Only .ipynb, .exs and .md files become notebooks.")
_NO_TEXT = Unconvertible("This file is not text in UTF-8.")


@dataclass(frozen=True, slots=True)
class ConvertedNotebook:
    """A notebook's text, and the attachments that belong into the folder `files` beside it."""

    text: str
    files: Mapping[str, bytes] = field(default_factory=dict)


def convert(data: bytes, name: str, *, with_outputs: bool) -> ConvertedNotebook | Unconvertible:
    """The notebook that a file of this name and content makes.

    Text outputs are taken along only where they are wanted; what Livebook would lose is mended
    where that is safe.
    """
    read = _read(data, name.lower(), with_outputs=with_outputs)
    if isinstance(read, Unconvertible):
        return read
    title, pieces = with_sections(read.pieces)
    named = read.title or title or _title_of(name)
    text = notebook_text(named, read.attributes, pieces)
    return ConvertedNotebook(mend(text).text, read.files)


def _read(data: bytes, name: str, *, with_outputs: bool) -> ReadPieces | Unconvertible:
    if name.endswith(JUPYTER):
        return read_jupyter(data, with_outputs=with_outputs)
    if not name.endswith((SCRIPT, MARKDOWN)):
        return _UNKNOWN
    text = decode(data)
    if text is None:
        return _NO_TEXT
    return read_script(text) if name.endswith(SCRIPT) else read_markdown(text)


def _title_of(name: str) -> str:
    """A title out of a file's name: `my_first-notebook.ipynb` is My first notebook."""
    stem = re.split(r"[\\/]", name)[-1].rpartition(".")[0]
    words = re.sub(r"[-_\s]+", " ", stem).strip()
    return words[:1].upper() + words[1:] or "Untitled notebook"
