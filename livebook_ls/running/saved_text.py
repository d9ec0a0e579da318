"""Whether what an editor shows is saved, so that a session that reads the file has just that."""

from __future__ import annotations

from livebook_ls.running.outcome import NOT_SAVED, WRITTEN_OVER, RunRefusal
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.complete_read import same_text
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.telling.findings import OVERWRITTEN


def refuse_unless_saved(link: NotebookLink, text: str) -> None:
    """Raises RunRefusal where the file hasn't this text, with what has become of it as far as that
    is known; or OSError.
    """
    if not is_saved(link.path, text):
        losses = (it.sentence for it in link.findings if it.code == OVERWRITTEN)
        loss = next(losses, None)
        raise RunRefusal(WRITTEN_OVER.format(loss=loss) if loss else NOT_SAVED)


def is_saved(path: str, text: str) -> bool:
    """Whether the file has this text, or Livebook's form of it, which may be written at any time.

    Raises OSError.
    """
    saved = notebook_file.read(path).text
    if saved is None:
        return False
    return same_text(saved, text) or NotebookText(saved).is_form_of(NotebookText(text))
