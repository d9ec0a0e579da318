"""Blocks to sections and cells, as Livebook's importer groups them (`import.ex`).

Livebook goes from the last element to the first, each taking the comment right above it.
Going forward with one comment in hand comes to the same.
"""

from __future__ import annotations

from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING

from livebook_ls.notebook.importing.annotations import (
    BREAK_MARKDOWN,
    FORCE_MARKDOWN,
    OUTPUT,
    Annotation,
    AnnotationReader,
    Role,
)
from livebook_ls.notebook.importing.branch_parents import names_parent
from livebook_ls.notebook.importing.cells import (
    CellRecipe,
    code_cell,
    empty_markdown_cell,
    markdown_cell,
    output_of,
    smart_cell_of,
)
from livebook_ls.notebook.importing.heading_rewriting import rewrite
from livebook_ls.notebook.importing.metadata import is_enumerable, smart_cell
from livebook_ls.notebook.importing.sections import SectionRecipe, made
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.places import (
    BlockDocument,
    Node,
    block_span,
    comment_lines,
)
from livebook_ls.notebook.model import (
    Cell,
    CellType,
    Failure,
    ImportWarning,
    Metadata,
    Output,
    Section,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE_LANGUAGES = frozenset(("elixir", "erlang", "python", "pyproject.toml"))

_HEADING = BlockKind.HEADING
_HTML_HEADING = BlockKind.HTML_HEADING
_FENCED = BlockKind.FENCED
_COMMENT = BlockKind.COMMENT
_INDENTED = BlockKind.INDENTED


def prose_of_cells(document: BlockDocument) -> list[list[Node]]:
    """The blocks of each Markdown cell, in order."""
    rewriting = rewrite(document)
    parts = Assembler(document, rewriting.nodes, rewriting.shift)
    parts.run()
    return parts.prose


class Assembler:
    """The parts of a notebook, gathered block by block."""

    def __init__(self, document: BlockDocument, nodes: list[Node], shift: int) -> None:
        self.document = document
        self.nodes = nodes
        self.shift = shift
        self.at = 0
        self.annotations = AnnotationReader(document)
        self.title: Node | None = None
        self.metadata: Metadata | None = None
        self.leading_comments: tuple[tuple[str, ...], ...] = ()
        self.section_recipes: list[SectionRecipe] = []
        self.count = 0
        self.prose: list[list[Node]] = []
        self.stamp: Metadata | None = None
        self.failures: list[Failure] = []
        self.leftovers: list[Annotation] = []
        self.inputs: list[Metadata] = []
        self.warnings: list[ImportWarning] = []
        # How to make each cell; most are asked for late or, after a keystroke, never.
        self._recipes: list[CellRecipe] = []
        self._recipe_lists = [self._recipes]
        # The comment that the next element may take, the prose that still grows, the open section.
        self._held: Annotation | None = None
        self._prose: list[Node] | None = None
        self._break: Node | None = None
        self._prose_metadata: Metadata | None = None
        self._heading: Node | None = None
        self._heading_metadata: Metadata | None = None

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The cells before any section."""
        return made(self._recipe_lists[0])

    @cached_property
    def sections(self) -> list[Section]:
        """The sections, with their cells."""
        return [it.make(self.document.source) for it in self.section_recipes]

    @property
    def all_cells(self) -> Iterator[Cell]:
        """Those, and the cells of the sections."""
        yield from self.cells
        for section in self.sections:
            yield from section.cells

    @property
    def recipes(self) -> Iterator[CellRecipe]:
        """How all those are made."""
        return chain.from_iterable(self._recipe_lists)

    @cached_property
    def has_branches(self) -> bool:
        """Whether a section says that it is a branch."""
        return any(names_parent(it.comment) for it in self.section_recipes)

    def run(self) -> None:
        """Gather everything."""
        nodes, count = self.nodes, len(self.nodes)
        deepest = 2 - self.shift
        while self.at < count:
            node = nodes[self.at]
            block = node[0]
            self.at += 1
            kind = block.kind
            if (kind is _HEADING or kind is _HTML_HEADING) and block.level <= deepest:
                if self._prose is not None:
                    self._close_prose()
                if block.level + self.shift == 1:
                    self._take_title(node)
                else:
                    self._open_section(node)
            elif kind is _FENCED and block.label in CODE_LANGUAGES:
                if self._prose is not None:
                    self._close_prose()
                self._take_code(node)
            elif kind is _COMMENT:
                self._take_comment(node)
            else:
                self._add_prose(node)
        self._close_prose()
        self._finish()

    def _finish(self) -> None:
        held = self._held
        end = len(self.document.source.text)
        if held is not None and held.role is Role.STAMP:
            self.stamp = held.metadata
            end = held.metadata.span.start
        elif held is not None:
            self.leftovers.append(held)
        self._close_section(end)
        self.count = len(self._recipe_lists[0])

    def _take_title(self, node: Node) -> None:
        """The title comes first; before it there can only be comments."""
        held = self._held
        if held is not None and held.role is Role.METADATA:
            self.metadata = held.metadata
            self._held = held = None
        others = [*self.leftovers, *self.inputs, *([] if held is None else [held])]
        recipes = self._recipes
        if not others and len(recipes) == 1 and recipes[0].comment is None:
            self.leading_comments = tuple(self._comments_so_far())
        elif others or recipes:
            message = (
                "found an invalid sequence of comments at the beginning,"
                " make sure custom comments are at the very top"
            )
            self.warnings.append(ImportWarning(message, block_span(self.document.source, node)))
        self.title = node
        self._held = None
        for gathered in (self.leftovers, self.inputs, self.prose, recipes):
            gathered.clear()

    def _comments_so_far(self) -> Iterator[tuple[str, ...]]:
        """The comments in the one cell that there is, also those that are forced into it."""
        for block, line in self.prose[-1] if self.prose else ():
            if block.kind is _COMMENT:
                yield tuple(comment_lines(self.document.scan.lines[line : line + block.size]))

    def _open_section(self, node: Node) -> None:
        metadata = self._checked_metadata()
        source = self.document.source
        self._close_section(source.starts[node[1]] if metadata is None else metadata.span.start)
        self._heading = node
        self._heading_metadata = metadata
        self._recipes = []
        self._recipe_lists.append(self._recipes)

    def _close_section(self, end: int) -> None:
        if self._heading is not None:
            section = SectionRecipe(self._heading, self._heading_metadata, end, self._recipes)
            self.section_recipes.append(section)

    def _take_code(self, node: Node) -> None:
        held = self._held
        if held is not None and held.role is Role.SMART and node[0].label == "elixir":
            self._held = None
            smart = smart_cell(held.metadata)
            self.failures += smart.failures
            outputs = self._take_outputs()
            make = partial(smart_cell_of, self.document, node, held.metadata, smart, outputs)
            self._recipes.append(CellRecipe(CellType.SMART, held.metadata, outputs, make))
        else:
            metadata = self._checked_metadata()
            outputs = self._take_outputs()
            make = partial(code_cell, self.document, node, metadata, outputs)
            self._recipes.append(CellRecipe(CellType.CODE, metadata, outputs, make))

    def _take_outputs(self) -> tuple[Output, ...]:
        """The output blocks behind a code cell (`take_outputs`)."""
        outputs: list[Output] = []
        nodes = self.nodes
        while self.at < len(nodes):
            node = nodes[self.at]
            block = node[0]
            if block.kind is _FENCED and block.label == "output":
                outputs.append(output_of(self.document, node, node))
                self.at += 1
                continue
            if block.kind is not _COMMENT or self.at + 1 == len(nodes):
                break
            code = nodes[self.at + 1]
            is_code = code[0].kind is _FENCED or code[0].kind is _INDENTED
            if not is_code or self.annotations.says(node) != OUTPUT:
                break
            outputs.append(output_of(self.document, node, code))
            self.at += 2
        return tuple(outputs)

    def _take_comment(self, node: Node) -> None:
        said = self.annotations.says(node)
        if said is None:
            self._add_prose(node)
        elif said == FORCE_MARKDOWN and self.at < len(self.nodes):
            self._add_prose(self.nodes[self.at])
            self.at += 1
        elif said == BREAK_MARKDOWN:
            self._close_prose()
            self._prose, self._break = [], node
            self._prose_metadata = self._grab_metadata()
        else:
            if self._prose is not None:
                self._close_prose()
            self._hold(self.annotations.read(node, said))

    def _hold(self, read: Annotation | Failure) -> None:
        if isinstance(read, Failure):
            self.failures.append(read)
            return
        if self._held is not None:
            self.leftovers.append(self._held)
            self._held = None
        if read.role is Role.INPUT:
            self.inputs.append(read.metadata)
        else:
            self._held = read

    def _add_prose(self, node: Node) -> None:
        if self._prose is None:
            self._prose = [node]
            self._prose_metadata = self._grab_metadata()
        else:
            self._prose.append(node)

    def _close_prose(self) -> None:
        nodes = self._prose
        if nodes is None:
            return
        self.prose.append(nodes)
        metadata = self._prose_metadata
        make = partial(markdown_cell, self.document, nodes, metadata)
        if not nodes and self._break is not None:
            make = partial(empty_markdown_cell, self.document, self._break, metadata)
        self._recipes.append(CellRecipe(CellType.MARKDOWN, metadata, (), make))
        self._prose = None

    def _grab_metadata(self) -> Metadata | None:
        held = self._held
        if held is None:
            return None
        self._held = None
        if held.role is Role.METADATA:
            return held.metadata
        self.leftovers.append(held)
        return None

    def _checked_metadata(self) -> Metadata | None:
        """The comment in hand, for what can't bear just any JSON in it."""
        if self._held is None:
            return None
        metadata = self._grab_metadata()
        if metadata is not None and not is_enumerable(metadata.value):
            message = "the comment must hold a JSON object"
            self.failures.append(Failure("no-object", message, metadata.json_span))
        return metadata
