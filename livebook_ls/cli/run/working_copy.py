"""`--output`: a run on a copy of the notebook, with other parameters, that keeps its outputs."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from livebook_ls.cli.earlier_texts import EarlierTexts
from livebook_ls.livebook import paths
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.output_keeping import keeping_outputs
from livebook_ls.notebook.parameters import UnfitParameterError, with_parameters
from livebook_ls.sync.disk import notebook_file

# Livebook may write at just that time.
_TRIES = 3


class NoCopy(Exception):
    """Why there is no copy to work on, as the user reads it, and which file is in the way."""

    def __init__(self, file: str, sentence: str) -> None:
        super().__init__(f"{file}: {sentence}")
        self.file = file
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """The copy at `path`, as it was written."""

    path: str
    text: str

    def finish(self, exported: str) -> None:
        """Leave in the copy what the session holds, with its outputs. Raises OSError."""
        # Livebook writes the same there sooner or later; whoever started the run won't wait.
        for _ in range(_TRIES):
            seen = notebook_file.read(self.path)
            data = exported.encode("utf-8")
            if seen.data == data or notebook_file.replace(self.path, seen, data):
                return
        raise BlockingIOError(errno.EAGAIN, "It changes all the time", self.path)


def make(
    text: str, source: str, output: str, values: Mapping[str, str], *, replaces: bool
) -> WorkingCopy:
    """Write a copy of the notebook in `source`, which says `text`, to `output`; raises NoCopy.

    An existing file is written over only where `replaces` says so, the notebook itself never.
    """
    if not paths.is_notebook(output):
        raise NoCopy(output, "Livebook opens only files that are named .livemd.")
    path = paths.expanded(output)
    target = Path(path)
    if target.exists() and target.samefile(source):
        raise NoCopy(output, "That is the notebook itself. Name another file for the copy.")
    try:
        changed = with_parameters(parse(text), text, values)
    except UnfitParameterError as error:
        raise NoCopy(source, str(error)) from None
    copy = keeping_outputs(parse(changed), changed)
    try:
        if replaces and os.path.lexists(path):
            _write_over(path, output, copy)
        else:
            notebook_file.make(path, copy.encode("utf-8"))
    except FileExistsError:
        raise NoCopy(
            output, "There is such a file already. Use --force to write it anew."
        ) from None
    except OSError as error:
        raise NoCopy(output, f"{error.strerror}.") from None
    return WorkingCopy(path, copy)


def _write_over(path: str, output: str, copy: str) -> None:
    """Have the copy in a file that is there, whose text is kept before. Raises OSError, NoCopy."""
    data = copy.encode("utf-8")
    try:
        seen = notebook_file.read(path)
    except FileNotFoundError:
        # A link that leads nowhere.
        notebook_file.make(path, data)
        return
    if why_not := EarlierTexts().replace(path, seen, data):
        raise NoCopy(output, f"Left alone, for {why_not}.")
