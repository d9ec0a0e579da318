"""Which files the tools may reach: notebooks below one folder, and nothing that leads out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from livebook_ls.livebook import paths
from livebook_ls.mcp import tool_refusal
from livebook_ls.mcp.tool_refusal import ToolRefusal

_MOST_LISTED = 500
_LONGEST_SHOWN = 200
FindNotebooks = Callable[[str], Iterable[str]]


class WorkingFolder:
    """The folder; `find` lists the notebooks below one, as the command line does."""

    def __init__(self, folder: str, find: FindNotebooks) -> None:
        self.folder = Path(folder).resolve()
        self._find = find

    def existing(self, named: str) -> str:
        """The full path of a notebook that is there; raises ToolRefusal."""
        path = self._inside(named)
        if not path.is_file():
            raise tool_refusal.no_such_notebook(named)
        return path.as_posix()

    def new(self, named: str) -> str:
        """The full path of a notebook that is not there yet; raises ToolRefusal."""
        path = self._inside(named)
        if path.exists():
            raise ToolRefusal(
                "exists", f"There is a file {named} already. Read it and edit it, or name another."
            )
        if not path.parent.is_dir():
            raise ToolRefusal(
                "no-such-folder", f"There is no folder for {named}. Make it first, or name another."
            )
        return path.as_posix()

    def shown(self, path: str) -> str:
        """The path as models name it: from the folder."""
        return Path(path).relative_to(self.folder).as_posix()

    def notebooks(self) -> tuple[list[str], bool]:
        """The full paths of all notebooks, and whether there are more than are listed."""
        found: list[str] = []
        for it in self._find(str(self.folder)):
            path = Path(it).resolve()
            if path.is_relative_to(self.folder):
                found.append(path.as_posix())
            if len(found) > _MOST_LISTED:
                return found[:_MOST_LISTED], True
        return found, False

    def _inside(self, named: str) -> Path:
        if "\0" in named or not paths.is_notebook(named):
            raise ToolRefusal(
                "no-notebook",
                f"{named[:_LONGEST_SHOWN]!r} names no notebook: their names end in .livemd.",
            )
        try:
            path = (self.folder / named).resolve()
            # Asked for what no file can be called, or links that lead in a circle.
            path.exists()
        except (OSError, RuntimeError, ValueError):
            raise tool_refusal.no_such_notebook(named[:_LONGEST_SHOWN]) from None
        # A link may be named like a notebook and lead to something else.
        if not path.is_relative_to(self.folder) or not paths.is_notebook(path.name):
            raise tool_refusal.outside(named)
        return path
