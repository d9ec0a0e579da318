"""A sync by way of a text between, where a single one would lose a section or a cell.

Livebook reads files only, so the text between stands in the file for as long as it takes, and the
final text is put back whatever happens.
"""

from __future__ import annotations

from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange import write_back
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk


async def first_step(
    talk: Talk, link: NotebookLink, final: notebook_file.Snapshot, halfway: str
) -> None:
    """Sync `halfway` from the file that holds `final`; the file is `final` again at the end.

    Raises what Livebook's errors raise (`livebook.errors`), and OSError.
    """
    between = NotebookText(halfway)
    if not notebook_file.put_back(link.path, final, halfway.encode("utf-8"), None):
        return
    try:
        step = notebook_file.read(link.path)
        if await talk.ask_session(link):
            patience = write_back.patience_s(between) if between.autosaves else 0.0
            await write_back.write_back(link.path, step, between, patience)
            link.held = between
    finally:
        _put_final_back(link, between, final)


def _put_final_back(
    link: NotebookLink, between: NotebookText, final: notebook_file.Snapshot
) -> None:
    """End the detour, unless somebody has saved something else meanwhile."""
    now = notebook_file.read(link.path)
    if now.text is not None and NotebookText(now.text).is_form_of(between):
        notebook_file.put_back(link.path, now, final.data, final.version.mtime_ns)
