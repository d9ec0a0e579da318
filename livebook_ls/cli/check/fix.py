"""`check --fix`: the fixes that take nothing away, written into the notebooks' files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from livebook_ls.cli.check.problems import Checked, Problem, problem_of
from livebook_ls.cli.earlier_texts import EarlierTexts
from livebook_ls.cli.terminal import complain
from livebook_ls.notebook.inspection import inspect_unwritten
from livebook_ls.notebook.mending import mend
from livebook_ls.sync.disk import notebook_file

# For each notebook that was mended, what was wrong.
Fixes = Mapping[str, tuple[Problem, ...]]


def fix_all(files: Sequence[str]) -> Fixes:
    """Mend each notebook as far as that is safe; what is not done is told on stderr.

    What can't be read is not told: the check that follows does.
    """
    earlier = EarlierTexts()
    return {file: fixed for file in files if (fixed := _fix(file, earlier))}


def with_fixes(found: Iterable[Checked], fixes: Fixes) -> Iterator[Checked]:
    """What was found afterwards, with what was mended before."""
    for checked in found:
        yield replace(checked, fixed=fixes.get(checked.file, ()))


def _fix(file: str, earlier: EarlierTexts) -> tuple[Problem, ...]:
    try:
        seen = notebook_file.read(file)
    except OSError:
        return ()
    inspected = inspect_unwritten(seen.data)
    if not inspected.is_text or not any(it.fix for it in inspected.hazards):
        return ()
    mended = mend(inspected.source.text)
    if not mended.fixed:
        return ()
    if inspected.notebook.stamp is not None:
        complain(f"{file}: Not fixed, for its stamp would no longer be valid.")
        return ()
    if why_not := earlier.replace(file, seen, mended.text.encode("utf-8")):
        complain(f"{file}: Not fixed, for {why_not}.")
        return ()
    return tuple(problem_of(it.source, it.hazard) for it in mended.fixed)
