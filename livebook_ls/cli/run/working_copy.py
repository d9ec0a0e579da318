"""`--output`: a run on a copy of the notebook, with other parameters, that keeps its outputs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from livebook_ls.livebook import paths
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.output_keeping import keeping_outputs
from livebook_ls.notebook.parameters import UnfitParameterError, with_parameters
from livebook_ls.sync.disk import notebook_file


class NoCopy(Exception):
    """Why there is no copy to work on, as the user reads it."""


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """The copy at `path`, as it was written."""

    path: str
    text: str

    def finish(self, exported: str) -> None:
        """Leave in the copy what the session holds, with its outputs. Raises OSError."""
        # Livebook writes the same there sooner or later; whoever started the run won't wait.
        seen = notebook_file.read(self.path)
        if seen.text != exported:
            notebook_file.replace(self.path, seen, exported.encode("utf-8"))


def make(
    text: str, source: str, output: str, values: Mapping[str, str], *, replaces: bool
) -> WorkingCopy:
    """Write a copy of the notebook in `source`, which says `text`, to `output`; raises NoCopy.

    An existing file is written over only where `replaces` says so, the notebook itself never.
    """
    if not paths.is_notebook(output):
        raise NoCopy(f"{output}: Livebook opens only files that are named .livemd.")
    target = Path(paths.expanded(output))
    if target.exists() and target.samefile(source):
        raise NoCopy(f"{output}: That is the notebook itself. Name another file for the copy.")
    try:
        changed = with_parameters(parse(text), text, values)
    except UnfitParameterError as error:
        raise NoCopy(f"{source}: {error}") from None
    copy = keeping_outputs(parse(changed), changed)
    try:
        with target.open("wb" if replaces else "xb") as file:
            file.write(copy.encode("utf-8"))
    except FileExistsError:
        raise NoCopy(
            f"{output}: There is such a file already. Use --force to write it anew."
        ) from None
    except OSError as error:
        raise NoCopy(f"{output}: {error.strerror}.") from None
    return WorkingCopy(os.fspath(target), copy)
