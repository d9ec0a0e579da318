"""An Elixir script read as a notebook: comments that stand alone become prose, the rest cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from livebook_ls.notebook.converting.pieces import (
    CodePiece,
    Piece,
    ProsePiece,
    ReadPieces,
    SectionPiece,
)
from livebook_ls.notebook.converting.setup_cells import with_setup

_SECTION = re.compile(r"--- (?P<name>.+?)(?: \(branches off (?P<parent>.+)\))? ---\Z")
_CELL = re.compile(r"(?P<language>python|erlang|pyproject\.toml):\n", re.MULTILINE)
_COMMENT = re.compile(r"#(?!\{)(?: (?P<spaced>.*)|(?P<tight>.*))\Z")
_HEREDOC = re.compile(r'"""|\'\'\'')
_SHEBANG = re.compile(r"#!|#.*-\*-")
_SETUP_LANGUAGE = "pyproject.toml"


def read_script(text: str) -> ReadPieces:
    """The pieces of a script; those that `export` wrote are the ones they were."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines and _SHEBANG.match(lines[0]):
        lines = lines[1:]
    found = list(_pieces(lines))
    title = None
    if found and isinstance(found[0], ProsePiece) and "\n" not in found[0].text:
        title = found[0].text.lstrip("# ").strip() or None
        found = found[1:] if title else found
    return ReadPieces(pieces=with_setup(_with_parents(found)), title=title)


def _pieces(lines: list[str]) -> Iterator[Piece | tuple[str, str]]:
    code: list[str] = []
    for block in _blocks(lines):
        said = _said(block)
        if said is None:
            code += [*([""] if code else []), *block]
            continue
        yield from _code(code)
        code = []
        yield from _of_comment(said)
    yield from _code(code)


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """The runs of lines between blank ones, but for blank lines within code that goes on."""
    block: list[str] = []
    is_in_text = False
    for line in lines:
        if not is_in_text and not line.strip() and _may_end(block):
            if block:
                yield block
            block = []
            continue
        if not (block and _said(block) is not None) and len(_HEREDOC.findall(line)) % 2:
            is_in_text = not is_in_text
        block.append(line)
    if block:
        yield block


def _may_end(block: list[str]) -> bool:
    """Whether all that the block opened at the left edge is closed: what is inside is indented."""
    last = next((it for it in reversed(block) if it.strip()), "")
    return not last[:1].isspace() and not re.search(r"(?:\bdo|->|[,(\[{=|])\s*\Z", last)


def _said(block: list[str]) -> str | None:
    """What a block of comments alone says."""
    found = [_COMMENT.match(it) for it in block]
    if not all(found):
        return None
    return "\n".join((it["spaced"] or it["tight"] or "") for it in found if it)


def _of_comment(said: str) -> Iterator[Piece | tuple[str, str]]:
    section = _SECTION.match(said)
    cell = _CELL.match(said)
    if section is not None:
        parent = section["parent"]
        yield SectionPiece(section["name"]) if parent is None else (section["name"], parent)
    elif cell is not None:
        language = cell["language"]
        yield CodePiece(
            source=said[cell.end() :], language=language, is_setup=language == _SETUP_LANGUAGE
        )
    elif said.strip():
        yield ProsePiece(said)


def _code(lines: list[str]) -> Iterator[CodePiece]:
    source = "\n".join(lines).strip("\n")
    if source.strip():
        yield CodePiece(source=source, language="elixir")


def _with_parents(pieces: list[Piece | tuple[str, str]]) -> list[Piece]:
    """Branches by the number of the section that they name."""
    names: list[str] = []
    found: list[Piece] = []
    for it in pieces:
        piece = it
        if isinstance(piece, tuple):
            name, parent = piece
            index = names.index(parent) if parent in names else None
            piece = SectionPiece(name, index)
        if isinstance(piece, SectionPiece):
            names.append(piece.name)
        found.append(piece)
    return found
