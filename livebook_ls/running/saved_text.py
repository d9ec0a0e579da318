"""Whether what an editor shows is saved, so that a session that reads the file has just that."""

from __future__ import annotations

from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.complete_read import same_text
from livebook_ls.sync.guarding.notebook_text import NotebookText


def is_saved(path: str, text: str) -> bool:
    """Whether the file has this text, or Livebook's form of it, which may be written at any time.

    Raises OSError.
    """
    saved = notebook_file.read(path).text
    if saved is None:
        return False
    return same_text(saved, text) or NotebookText(saved).is_form_of(NotebookText(text))
