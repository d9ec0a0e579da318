"""The command that makes notebooks of other files, and shows them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lsprotocol import types

from livebook_ls.livebook import paths
from livebook_ls.lsp.commands.arguments import show_file, tell
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.notebook.converting.conversion import convert
from livebook_ls.notebook.converting.pieces import Unconvertible
from livebook_ls.sync.disk import regular_file
from livebook_ls.workspace.new_files import write_new

_WHICH = "Name the file to import: an .ipynb, .exs or .md file."
_EXISTS = "{path} exists already. Rename it, or import by `livebook-ls import FILE -o OTHER`."


async def import_file(ls: NotebookServer, *arguments: object) -> str | None:
    """Make a notebook of the file at a path or URI, beside it; the new notebook's URI.

    With `{"path": …, "outputs": true}` the text outputs come along.
    """
    path = next(filter(None, map(_path, arguments)), None)
    if path is None:
        tell(ls, types.MessageType.Warning, _WHICH)
        return None
    wants = any(isinstance(it, dict) and it.get("outputs") is True for it in arguments)
    target = Path(path).with_suffix(".livemd")
    try:
        problem = await asyncio.to_thread(_import, path, str(target), with_outputs=wants)
    except FileExistsError as error:
        problem = _EXISTS.format(path=error.filename)
    except OSError as error:
        problem = f"{error.filename or path}: {error.strerror}"
    if problem is not None:
        tell(ls, types.MessageType.Warning, problem)
        return None
    ls.workspace_notebooks.index.note(str(target))
    await show_file(ls, target)
    return target.as_uri()


def _import(path: str, target: str, *, with_outputs: bool) -> str | None:
    """Write the notebook; why there is none, where there isn't. Raises OSError."""
    made = convert(regular_file.read(path), path, with_outputs=with_outputs)
    if isinstance(made, Unconvertible):
        return f"{path}: {made.sentence}"
    write_new(made, target)
    return None


def _path(argument: object) -> str | None:
    named = argument if isinstance(argument, dict) else {"path": argument}
    given = named.get("uri") or named.get("path")
    if not isinstance(given, str):
        return None
    path = paths.from_uri(given) if ":" in given[2:] else given
    return paths.expanded(path) if path else None
