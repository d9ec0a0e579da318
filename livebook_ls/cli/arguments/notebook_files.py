"""Which notebooks the arguments of a command mean: files as named, folders with all below."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livebook_ls.cli.terminal import complain
from livebook_ls.livebook import paths
from livebook_ls.sync.keeping.kept_folders import is_kept_text
from livebook_ls.workspace.gitignore import Ignoring
from livebook_ls.workspace.walking import notebooks_below

# Stands for what comes on stdin, where a command reads that.
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Found:
    """The notebooks, each once and by the name it was reached by, and what could not be found."""

    notebooks: tuple[str, ...]
    problems: tuple[str, ...]


def add_arguments(parser: ArgumentParser) -> None:
    """`[PATH…]`."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="notebooks, or folders that are searched for them (default: the current folder); "
        "what .gitignore leaves out is left out",
    )


def find(named: Sequence[str]) -> Found:
    """The notebooks that are `named`, and those below folders that are, in a stable order."""
    problems: list[str] = []
    found: dict[str, str] = {}
    for path in named or ["."]:
        for notebook in _meant(path, problems):
            found.setdefault(os.path.realpath(notebook), notebook)
    return Found(tuple(found.values()), tuple(problems))


def find_telling(named: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The notebooks that are `named`, and the exit code of what is wrong; told on stderr."""
    found = _told(find(named))
    return found.notebooks, 1 if found.problems else 0


def find_or_stdin(named: Sequence[str]) -> Found:
    """The notebooks that are `named`, for commands that read one on stdin where `-` alone is; what
    is wrong is told on stderr.
    """
    return Found((STDIN,), ()) if list(named) == [STDIN] else _told(find(named))


def _told(found: Found) -> Found:
    for problem in found.problems:
        complain(problem)
    if not found.notebooks and not found.problems:
        complain("There are no notebooks here.")
    return found


def why_not(path: str) -> str | None:
    """Why `path`, which is no folder, can't be taken for a notebook."""
    if not os.path.lexists(path):
        return "There is no such file or folder."
    if not paths.is_notebook(path):
        return "This is not a .livemd notebook."
    if is_kept_text(os.path.realpath(path)):
        return "This is a version that is kept of a notebook, for `livebook-ls restore`."
    return None


def _meant(path: str, problems: list[str]) -> Iterator[str]:
    if os.path.isdir(path):
        real = os.path.realpath(path)
        prefix = "" if path == "." else os.path.join(path, "")
        for below in notebooks_below(real, Ignoring(real), problems):
            yield prefix + os.path.relpath(below, real)
    elif sentence := why_not(path):
        problems.append(f"{path}: {sentence}")
    else:
        yield path
