"""A sync by way of a text between, where a single one would lose a section or a cell.

Livebook reads files only, so the text between stands in the file for as long as it takes, and the
final text is put back whatever happens.
"""

from __future__ import annotations

from livebook_ls.sync import disk, settling
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.reading import Reading
from livebook_ls.sync.talk import Talk


async def first_step(talk: Talk, link: NotebookLink, final: disk.Snapshot, halfway: str) -> None:
    """Sync `halfway` from the file that holds `final`; the file is `final` again at the end.

    Raises what Livebook's errors raise (`livebook.errors`), and OSError.
    """
    between = Reading(halfway)
    if not disk.put_back(link.path, final, halfway.encode("utf-8"), None):
        return
    try:
        step = disk.read(link.path)
        if await talk.ask_session(link):
            patience = settling.patience_s(between) if between.autosaves else 0.0
            await settling.write_back(link.path, step, between, patience)
            link.held = between
    finally:
        _put_final_back(link, between, final)


def _put_final_back(link: NotebookLink, between: Reading, final: disk.Snapshot) -> None:
    """End the detour, unless somebody has saved something else meanwhile."""
    now = disk.read(link.path)
    if now.text is not None and Reading(now.text).is_form_of(between):
        disk.put_back(link.path, now, final.data, final.version.mtime_ns)
