"""`--output`: a run on a copy of the notebook, with other parameters, that keeps its outputs."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from livebook_ls.cli.earlier_texts import EarlierTexts
from livebook_ls.cli.run.others_saves import OthersSaves
from livebook_ls.livebook import paths
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.output_keeping import keeping_outputs
from livebook_ls.notebook.parameters import UnfitParameterError, with_parameters
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.turns import Turns

# Livebook may write at just that time.
_TRIES = 3

_KEPT = (
    "Others have changed it during the run. It has the run's outputs now, and what they saved is "
    "kept: `livebook-ls restore {}` lists it."
)
_NOT_KEPT = (
    "Left alone and without outputs, for others have changed it during the run, and what they "
    "saved can't be kept. Move it away before its session saves over it, and run again."
)

_IS_NOTEBOOK = (
    "Left alone and without outputs, for it has become the notebook itself during the run. Close "
    "its session, which may save over it, and name another file."
)


class NoCopy(Exception):
    """Why there is no copy to work on, or none with the run's outputs, as the user reads it, and
    which file is in the way.
    """

    def __init__(self, file: str, sentence: str) -> None:
        super().__init__(f"{file}: {sentence}")
        self.file = file
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """The copy at `path`, as it was written, of the notebook in `source`."""

    path: str
    text: str
    source: str

    async def finish(self, others: OthersSaves) -> None:
        """Leave in the copy what its session holds, with its outputs.

        What `others` have saved there meanwhile is kept before, and told; what couldn't be kept
        stays there, or comes back. Raises OSError, TurnTakenError, NoCopy and what asking the
        session raises.
        """
        turns = Turns(StateFolder(os.environ))
        # Another of ours may just bring the session what somebody saved, or put that back.
        async with turns.taken(self.path):
            await turns.wait_out(self.path)
            exported, typed = await others.session()
            await others.end()
            self._replace(exported, typed, others)

    def _replace(self, exported: str, typed: Collection[str], others: OthersSaves) -> None:
        data = exported.encode("utf-8")
        # Livebook writes the same there sooner or later; whoever started the run won't wait.
        for _ in range(_TRIES):
            seen = notebook_file.read(self.path)
            if Path(self.path).samefile(self.source):
                raise NoCopy(self.path, _IS_NOTEBOOK)
            is_done = seen.data == data
            is_others = not is_done and not others.is_sessions(seen, exported, typed)
            if is_others and not others.keep(seen):
                raise NoCopy(self.path, _NOT_KEPT)
            unkept = others.unkept
            if unkept is not None and not others.keep(unkept):
                if notebook_file.replace(self.path, seen, unkept.data):
                    raise NoCopy(self.path, _NOT_KEPT)
            elif is_done or notebook_file.replace(self.path, seen, data):
                others.tell(_KEPT)
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
    if Path(path).is_symlink():
        # A session is known by its file's own name, also from an earlier run.
        path = os.path.realpath(path)
        if not paths.is_notebook(path):
            raise NoCopy(output, "It leads to a file that is not named .livemd.")
    target = Path(path)
    if target.exists() and target.samefile(source):
        raise NoCopy(output, "That is the notebook itself. Name another file for the copy.")
    try:
        changed = with_parameters(parse(text), text, values)
    except UnfitParameterError as error:
        raise NoCopy(source, str(error)) from None
    copy = keeping_outputs(parse(changed), changed)
    try:
        if replaces and target.exists():
            _write_over(path, output, copy)
        else:
            notebook_file.make(path, copy.encode("utf-8"))
    except FileExistsError:
        raise NoCopy(
            output, "There is such a file already. Use --force to write it anew."
        ) from None
    except OSError as error:
        raise NoCopy(output, f"{error.strerror}.") from None
    return WorkingCopy(path, copy, source)


def _write_over(path: str, output: str, copy: str) -> None:
    """Have the copy in a file that is there, whose text is kept before. Raises OSError, NoCopy."""
    data = copy.encode("utf-8")
    try:
        seen = notebook_file.read(path)
    except FileNotFoundError:
        # It has just gone.
        notebook_file.make(path, data)
        return
    if why_not := EarlierTexts().replace(path, seen, data):
        raise NoCopy(output, f"Left alone, for {why_not}.")
