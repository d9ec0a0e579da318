"""Whether a file holds what a sync in two steps left in it, or somebody's own work."""

from __future__ import annotations

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.step_journal import StepEntry


def lies_in(found: str, entry: StepEntry) -> bool:
    """Whether the text that was `found` in a file is there because of the detour of `entry`.

    It is then one of the texts that the detour wrote, Livebook's form of one or of what it read,
    or one of those written over another only in part.
    """
    if found in (entry.halfway, entry.final):
        return True
    reading = NotebookText(found)
    written = [entry.halfway, entry.final, entry.before]
    if any(reading.is_form_of(NotebookText(it)) for it in written):
        return True
    texts = dict.fromkeys((*written, *(NotebookText(it).canonical for it in written)))
    if any(_is_torn(found, new, old) for new in texts for old in ("", *texts)):
        return True
    # Livebook had not read the text between, and the final one alone has lost something in it.
    from livebook_ls.notebook.syncing.forecast import comes_to

    return comes_to(entry.before, entry.final, reading.body)


def _is_torn(found: str, new: str, old: str) -> bool:
    """Whether `found` is a beginning of `new` over `old`, which had not been cut yet."""
    if len(found) != len(old) and not (not old and new.startswith(found)):
        return False
    same = next((i for i, (a, b) in enumerate(zip(found, new, strict=False)) if a != b), len(new))
    return found[same:] == old[same:]
