"""The operations of edit_notebook as a model writes them, and what each means."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from livebook_ls.notebook.exact_edits import operations
from livebook_ls.notebook.exact_edits.operations import EditOperation, PartPlace, PlaceRelation
from livebook_ls.notebook.model import CellType, JsonValue

Handle = Annotated[str, Field(min_length=1, max_length=80)]
Language = Literal["elixir", "erlang", "python"]
_RELATIONS = {
    "after": PlaceRelation.AFTER,
    "before": PlaceRelation.BEFORE,
    "start_of": PlaceRelation.START_OF,
    "end_of": PlaceRelation.END_OF,
}


class _Argument(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class PlaceArgument(_Argument):
    """Exactly one of: after or before a cell (for sections: a section), start_of or end_of a section, at_end of the notebook."""  # noqa: E501 — told as one sentence

    after: Handle | None = None
    before: Handle | None = None
    start_of: Handle | None = None
    end_of: Handle | None = None
    at_end: Literal[True] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> PlaceArgument:
        if len(self._given()) != 1:
            raise ValueError(
                "name exactly one of after, before, start_of, end_of and at_end as the place"
            )
        return self

    def meant(self) -> PartPlace:
        """The place."""
        ((name, handle),) = self._given().items()
        if name == "at_end":
            return PartPlace(PlaceRelation.END)
        return PartPlace(_RELATIONS[name], str(handle))

    def _given(self) -> dict[str, object]:
        return {name: it for name, it in self.model_dump().items() if it is not None}


class CellAttributesArgument(_Argument):
    """Attributes of a code cell; null takes one away."""

    reevaluate_automatically: bool | None = None
    continue_on_error: bool | None = None
    output_size: Literal["full", "wide"] | None = None

    def given(self) -> dict[str, JsonValue]:
        """Those that are given."""
        return self.model_dump(exclude_unset=True)


class NewCellArgument(_Argument):
    """A new cell. Its source is without fences: those are written here."""

    kind: Literal["code", "markdown"]
    source: str
    language: Language = "elixir"
    attributes: CellAttributesArgument | None = None

    def meant(self) -> operations.NewCell:
        """The cell."""
        return operations.NewCell(
            type=CellType(self.kind),
            source=self.source,
            language=self.language,
            attributes=self.attributes.given() if self.attributes else {},
        )


class ReplaceSourceArgument(_Argument):
    """The whole source of a cell; “setup” makes the setup cell where there is none."""

    op: Literal["replace_source"]
    cell: Handle
    source: str

    def meant(self) -> EditOperation:
        """The operation."""
        return operations.ReplaceSource(self.cell, self.source)


class ReplaceTextArgument(_Argument):
    """One passage of a cell's source; old_text must stand in it exactly once."""

    op: Literal["replace_text"]
    cell: Handle
    old_text: str
    new_text: str

    def meant(self) -> EditOperation:
        """The operation."""
        return operations.ReplacePassage(self.cell, self.old_text, self.new_text)


class InsertCellsArgument(_Argument):
    """New cells in this order."""

    op: Literal["insert_cells"]
    place: PlaceArgument
    cells: Annotated[list[NewCellArgument], Field(min_length=1, max_length=200)]

    def meant(self) -> EditOperation:
        """The operation."""
        cells = tuple(it.meant() for it in self.cells)
        return operations.InsertCells(self.place.meant(), cells)


class DeleteCellArgument(_Argument):
    """A cell with its outputs."""

    op: Literal["delete_cell"]
    cell: Handle

    def meant(self) -> EditOperation:
        """The operation."""
        return operations.DeleteCell(self.cell)


class MoveCellArgument(_Argument):
    """A cell to another place."""

    op: Literal["move_cell"]
    cell: Handle
    place: PlaceArgument

    def meant(self) -> EditOperation:
        """The operation."""
        return operations.MoveCell(self.cell, self.place.meant())


class SetCellArgument(_Argument):
    """A code cell's language and attributes."""

    op: Literal["set_cell"]
    cell: Handle
    language: Language | None = None
    attributes: CellAttributesArgument | None = None

    def meant(self) -> EditOperation:
        """The operation."""
        given = self.attributes.given() if self.attributes else {}
        return operations.SetCell(self.cell, self.language, given)


class SmartToCodeArgument(_Argument):
    """A smart cell becomes the code cell of its code."""

    op: Literal["smart_to_code"]
    cell: Handle

    def meant(self) -> EditOperation:
        """The operation."""
        return operations.SmartToCode(self.cell)


class InsertSectionArgument(_Argument):
    """A section with its cells; a branch where branch_of names the section that it branches off."""

    op: Literal["insert_section"]
    place: PlaceArgument
    name: str
    cells: Annotated[list[NewCellArgument], Field(max_length=200)] = []
    branch_of: Handle | None = None

    def meant(self) -> EditOperation:
        """The operation."""
        cells = tuple(it.meant() for it in self.cells)
        return operations.InsertSection(self.place.meant(), self.name, cells, self.branch_of)


class RenameSectionArgument(_Argument):
    """Another name of a section."""

    op: Literal["rename_section"]
    section: Handle
    name: str

    def meant(self) -> EditOperation:
        """The operation."""
        return operations.RenameSection(self.section, self.name)


class DeleteSectionArgument(_Argument):
    """A section: with its cells, or leaving them to the section above."""

    op: Literal["delete_section"]
    section: Handle
    keep_cells: bool

    def meant(self) -> EditOperation:
        """The operation."""
        return operations.DeleteSection(self.section, keeps_cells=self.keep_cells)


class MoveSectionArgument(_Argument):
    """A section with its cells to another place."""

    op: Literal["move_section"]
    section: Handle
    place: PlaceArgument

    def meant(self) -> EditOperation:
        """The operation."""
        return operations.MoveSection(self.section, self.place.meant())


class SetBranchArgument(_Argument):
    """The section branches off another one, or with null off none."""

    op: Literal["set_branch"]
    section: Handle
    branch_of: Handle | None

    def meant(self) -> EditOperation:
        """The operation."""
        return operations.SetBranch(self.section, self.branch_of)


class SetTitleArgument(_Argument):
    """The notebook's title."""

    op: Literal["set_title"]
    title: str

    def meant(self) -> EditOperation:
        """The operation."""
        return operations.SetTitle(self.title)


class NotebookAttributesArgument(_Argument):
    """Attributes of the notebook itself; null takes one away."""

    persist_outputs: bool | None = None
    autosave_interval_s: Annotated[int, Field(ge=0, le=86400)] | None = None
    default_language: Literal["elixir", "erlang"] | None = None


class SetNotebookArgument(_Argument):
    """The notebook's own attributes, only while it has no session: a session keeps its own."""

    op: Literal["set_notebook"]
    attributes: NotebookAttributesArgument

    def meant(self) -> EditOperation:
        """The operation."""
        given: dict[str, JsonValue] = self.attributes.model_dump(exclude_unset=True)
        return operations.SetNotebook(given)


OperationArgument = Annotated[
    ReplaceSourceArgument
    | ReplaceTextArgument
    | InsertCellsArgument
    | DeleteCellArgument
    | MoveCellArgument
    | SetCellArgument
    | SmartToCodeArgument
    | InsertSectionArgument
    | RenameSectionArgument
    | DeleteSectionArgument
    | MoveSectionArgument
    | SetBranchArgument
    | SetTitleArgument
    | SetNotebookArgument,
    Field(discriminator="op"),
]
