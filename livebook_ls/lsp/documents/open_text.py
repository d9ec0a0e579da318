"""What an open text says; loaded before the protocol's types, for the first outline."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.outline import OutlineEntry, outline

if TYPE_CHECKING:
    from livebook_ls.notebook.linked_notebook import LinkedNotebook
    from livebook_ls.notebook.model import Notebook
    from livebook_ls.notebook.source import Source


class OpenText:
    """What an open text says, by its draft; a change makes the next one, sharing what it can."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    @property
    def source(self) -> Source:
        """The text by lines."""
        return self.draft.source

    @property
    def notebook(self) -> Notebook:
        """The notebook that the text is."""
        return self.draft.notebook

    @cached_property
    def outline(self) -> tuple[OutlineEntry, ...]:
        """What it consists of, by names."""
        return outline(self.notebook, self.source)

    @cached_property
    def linked(self) -> LinkedNotebook:
        """The same with its links and what searches know it by."""
        from livebook_ls.notebook.linked_notebook import LinkedNotebook

        return LinkedNotebook(self.draft)
