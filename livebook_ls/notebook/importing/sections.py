"""Headings to sections: how each is made, since most are asked for late or never."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.markdown.places import label_span
from livebook_ls.notebook.model import Cell, Section, Span

if TYPE_CHECKING:
    from livebook_ls.notebook.importing.cells import CellRecipe
    from livebook_ls.notebook.markdown.places import Node
    from livebook_ls.notebook.model import Metadata
    from livebook_ls.notebook.source import Source


class SectionRecipe(NamedTuple):
    """How a section is made, up to `end`, and what is asked of all sections before."""

    heading: Node
    comment: Metadata | None
    end: int
    cells: list[CellRecipe]

    def make(self, source: Source) -> Section:
        """The section; its cells are made when they are asked for."""
        block, line = self.heading
        start = source.starts[line] if self.comment is None else self.comment.span.start
        return Section(
            name=block.label,
            span=Span(start, max(start, self.end)),
            name_span=label_span(source, self.heading),
            parent_index=None,
            metadata_comment=self.comment,
            cells=partial(made, self.cells),
        )


def made(recipes: list[CellRecipe]) -> tuple[Cell, ...]:
    """The cells of these recipes."""
    return tuple([recipe.make() for recipe in recipes])
