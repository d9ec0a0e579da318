"""The setup cells that a notebook needs for its code, where it brings none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from livebook_ls.notebook.converting.pieces import CodePiece, Piece

_ELIXIR, _PYTHON, _PYPROJECT = "elixir", "python", "pyproject.toml"
_INSTALL = "Mix.install("
# As Livebook itself adds them when Python is enabled (`definitions.ex`, `notebook.ex`).
_PYTHONX = 'Mix.install([\n  {:pythonx, "~> 0.4.2"},\n  {:kino_pythonx, "~> 0.1.0"}\n])'
_PROJECT = '[project]\nname = "project"\nversion = "0.0.0"\nrequires-python = "==3.13.*"\n'


def with_setup(pieces: Sequence[Piece], packages: Iterable[str] = ()) -> tuple[Piece, ...]:
    """The pieces with setup cells: an install that comes first becomes one, Python needs two.

    `packages` are those that Python code asks for.
    """
    codes = [it for it in pieces if isinstance(it, CodePiece)]
    if any(it.is_setup for it in codes):
        return tuple(pieces)
    first = codes[0] if codes else None
    if first is not None and first.language == _ELIXIR and _INSTALL in first.source:
        setup = replace(first, is_setup=True, outputs=(), metadata={})
        return (setup, *(it for it in pieces if it is not first))
    if not any(it.language == _PYTHON for it in codes):
        return tuple(pieces)
    return (
        CodePiece(source=_PYTHONX, language=_ELIXIR, is_setup=True),
        CodePiece(source=_PROJECT + _dependencies(packages), language=_PYPROJECT, is_setup=True),
        *pieces,
    )


def _dependencies(packages: Iterable[str]) -> str:
    names = [json.dumps(it) for it in dict.fromkeys(packages)]
    if not names:
        return "dependencies = []"
    return "dependencies = [\n" + "".join(f"  {it},\n" for it in names).rstrip(",\n") + "\n]"
