"""What a sync in two steps left in a file, told from somebody's own work, and ended."""

from __future__ import annotations

import errno

from livebook_ls import clock
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.step_journal import StepEntry, StepsNotMendedError

# A file that is just being written, or held open on Windows, is at rest again by then.
_MENDED_WITHIN_S = 0.6
_TRY_AGAIN_S = 0.03


async def mend(entry: StepEntry) -> notebook_file.Snapshot | None:
    """End the detour in the file, unless somebody has saved something else meanwhile; what that is,
    else None.

    Raises StepsNotMendedError where that isn't possible for now, and OSError where the file can't
    even be read.
    """
    final = entry.final.encode("utf-8")
    until_s = clock.monotonic_s() + _MENDED_WITHIN_S
    while True:
        found = notebook_file.read(entry.path)
        if found.data == final:
            return None
        if found.text is None or not lies_in(found.text, entry):
            return found
        problem = OSError(errno.EAGAIN, "written all the time")
        try:
            if notebook_file.overwrite(entry.path, found, final, entry.mtime_ns):
                return None
        except OSError as error:
            problem = error
        if clock.monotonic_s() >= until_s:
            raise StepsNotMendedError(problem.errno, problem.strerror, entry.path)
        await clock.sleep(_TRY_AGAIN_S)


def lies_in(found: str, entry: StepEntry) -> bool:
    """Whether the text that was `found` in a file is there because of the detour of `entry`.

    It is then one of the texts that the detour wrote, Livebook's form of one or of what it read,
    or one of those written over another only in part.
    """
    if found in (entry.halfway, entry.final):
        return True
    reading = NotebookText(found)
    written = [entry.halfway, entry.final, entry.before]
    if any(reading.is_form_of(NotebookText(it)) for it in written) or _is_between(reading, entry):
        return True
    texts = dict.fromkeys((*written, *(NotebookText(it).canonical for it in written)))
    if any(_is_torn(found, new, old) for new in texts for old in ("", *texts)):
        return True
    # Livebook had not read the text between, and the final one alone has lost something in it.
    from livebook_ls.notebook.syncing.forecast import comes_to

    return comes_to(entry.before, entry.final, reading.body)


def is_unedited(session: NotebookText, entry: StepEntry, newest: str) -> bool:
    """Whether a session holds what the steps brought it, or made of the `newest` text when a dead
    process' request had it read the file, and not what somebody has edited since.
    """
    from livebook_ls.notebook.syncing.forecast import comes_to

    texts = map(NotebookText, (entry.halfway, entry.before, entry.final))
    if any(map(session.says_same, texts)) or _is_between(session, entry):
        return True
    return comes_to(entry.before, newest, session.body)


def _is_between(text: NotebookText, entry: StepEntry) -> bool:
    """Whether of the cells that get another text by the page some have it, and nothing else has
    changed.
    """
    if not entry.is_by_page:
        return False
    before, halfway = _parts(NotebookText(entry.before)), _parts(NotebookText(entry.halfway))
    parts = _parts(text)
    return len(parts) == len(before) == len(halfway) and all(
        it in (one, other) for it, one, other in zip(parts, before, halfway, strict=True)
    )


def _parts(text: NotebookText) -> list[str]:
    """Its sections' names and its cells' sources, the setup's first."""
    notebook, cells = text.notebook, iter(text.cells.cells)
    parts = ["\n".join(it.source for it in notebook.setup)]
    for section in notebook.sections:
        parts += [section.name, *(next(cells).source for _ in section.cells)]
    return parts


def _is_torn(found: str, new: str, old: str) -> bool:
    """Whether `found` is a beginning of `new` over `old`, which had not been cut yet."""
    if len(found) != len(old) and not (not old and new.startswith(found)):
        return False
    same = next((i for i, (a, b) in enumerate(zip(found, new, strict=False)) if a != b), len(new))
    return found[same:] == old[same:]
