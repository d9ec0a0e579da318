"""Plain Markdown read as a notebook: its code in Livebook's languages becomes cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from livebook_ls.notebook.converting.pieces import CodePiece, Piece, ProsePiece, ReadPieces
from livebook_ls.notebook.converting.setup_cells import with_setup
from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.importing.importer import read_document
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.places import code_text
from livebook_ls.notebook.source import Source

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<said>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*(?P<quote>[\"']?)(?P<title>.+?)(?P=quote)[ \t]*$", re.MULTILINE)
_LANGUAGES = {
    **dict.fromkeys(("elixir", "ex", "exs"), "elixir"),
    **dict.fromkeys(("erlang", "erl"), "erlang"),
    **dict.fromkeys(("python", "py", "python3"), "python"),
}
_SETUP_LANGUAGE = "pyproject.toml"


def read_markdown(text: str) -> ReadPieces:
    """The pieces of a Markdown text; front matter gives at most the title."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT_MATTER.match(text)
    title = _TITLE.search(front["said"]) if front else None
    pieces = tuple(_pieces(text[front.end() :] if front else text))
    return ReadPieces(pieces=with_setup(pieces), title=title["title"] if title else None)


def _pieces(text: str) -> Iterator[Piece]:
    source = Source(text)
    document = read_document(source)
    begin = 0
    has_code = False
    for node in with_lines(document.blocks):
        block, line = node
        language = _LANGUAGES.get(block.label.strip().lower())
        is_setup = has_code and block.label == _SETUP_LANGUAGE
        if block.kind is not BlockKind.FENCED or not (language or is_setup):
            continue
        yield from _prose(source.lines[begin:line])
        begin = line + block.size
        has_code = True
        yield CodePiece(
            source=code_text(document.scan, node),
            language=language or _SETUP_LANGUAGE,
            is_setup=is_setup,
        )
    yield from _prose(source.lines[begin:])


def _prose(lines: list[str]) -> Iterator[ProsePiece]:
    text = "\n".join(lines).strip("\n")
    if text.strip():
        yield ProsePiece(text)
