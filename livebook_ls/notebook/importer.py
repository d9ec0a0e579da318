"""Text to `Notebook`, as Livebook's importer builds it (`import.ex`, `build_notebook`).

Warnings come word for word in Livebook's order, without those that need a stamp's key or the
hubs of the machine. What would make Livebook raise is listed, and reading goes on behind it.
"""

from __future__ import annotations

from livebook_ls.notebook.blocks import FAULT_TAG, BlockKind, NoteKind
from livebook_ls.notebook.cells import code_cell, markdown_cell, smart_cell_of
from livebook_ls.notebook.elements import (
    Annotation,
    Code,
    Element,
    Prose,
    Role,
    SectionHeading,
    Title,
    group_elements,
)
from livebook_ls.notebook.elixir import downcase_first
from livebook_ls.notebook.lines import scan
from livebook_ls.notebook.metadata import is_enumerable, notebook_attributes, smart_cell
from livebook_ls.notebook.model import (
    Cell,
    CellType,
    Failure,
    ImportWarning,
    Metadata,
    Notebook,
    Section,
    Span,
    Stamp,
)
from livebook_ls.notebook.nested import split_document
from livebook_ls.notebook.places import (
    Document,
    Node,
    block_span,
    comment_lines,
    label_span,
    line_span,
)
from livebook_ls.notebook.sections import resolve_parents
from livebook_ls.notebook.source import Source
from livebook_ls.notebook.stamps import stamp_failure

DEFAULT_NAME = "Untitled notebook"
DEFAULT_SECTION = "Section"


def parse(text: str) -> Notebook:
    """The notebook that this text is."""
    return parse_source(Source(text))


def parse_source(source: Source) -> Notebook:
    """The notebook that this source is."""
    return build_notebook(read_document(source))


def read_document(source: Source) -> Document:
    """The source, split into blocks."""
    lines = source.lines
    if "\0" in source.text:
        lines = [line.replace("\0", "\ufffd") for line in lines]
    scanned = scan(lines)
    return Document(source, scanned, split_document(scanned))


def build_notebook(document: Document) -> Notebook:
    """The notebook that a document's blocks make."""
    return _Builder(document).notebook()


class _Builder:
    """Goes through the elements from the last to the first, as Livebook does."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.source = document.source
        grouping = group_elements(document)
        self.elements = grouping.elements
        self.rewrites = grouping.warnings
        self.failures = grouping.failures
        self.warnings: list[ImportWarning] = []
        self.cells: list[Cell] = []
        self.sections: list[Section] = []
        self.title: Title | None = None
        self.end = len(self.source.text)

    def notebook(self) -> Notebook:
        block_warnings = self.block_warnings()
        stamp = self.take_stamp()
        while self.elements and self.title is None:
            self.take(self.elements.pop())
        metadata = self.grab_metadata()
        comments = self.leading_comments()
        attributes = notebook_attributes(metadata)
        self.warnings += attributes.warnings
        self.failures += attributes.failures
        setup = self.settle_cells()
        sections, parent_warnings, parent_failures = resolve_parents(self.sections[::-1])
        self.failures += parent_failures
        if stamp is not None and attributes.values.get("hub_id") is None:
            self.failures += stamp_failure(stamp, self.source)
        title = self.title
        return Notebook(
            name=DEFAULT_NAME if title is None else title.node.block.label,
            name_span=None if title is None else label_span(self.source, title.node),
            leading_comments=comments,
            metadata_comment=metadata,
            attrs=attributes.values,
            setup=setup,
            sections=sections,
            warnings=(
                *block_warnings,
                *self.rewrites,
                *self.warnings,
                *parent_warnings,
                *self.image_warning(sections),
            ),
            stamp=stamp,
            failures=tuple(self.failures),
        )

    def block_warnings(self) -> list[ImportWarning]:
        """EarmarkParser's messages in the order of their lines; the same one is said once."""
        said: set[tuple[int, str, str]] = set()
        line = 0
        for block in self.document.blocks:
            for note in block.notes:
                if note.kind is NoteKind.FAULT:
                    self.add_fault(note.text, line + note.line)
                else:
                    said.add((line + note.line, note.kind.value, note.text))
            line += block.size + block.gap
        return [
            ImportWarning(f"line {line + 1} - {downcase_first(text)}", line_span(self.source, line))
            for line, _kind, text in sorted(said)
        ]

    def add_fault(self, fault: str, line: int) -> None:
        span = line_span(self.source, line)
        if fault == FAULT_TAG:
            message = "the HTML tag's closing > stands inside a quoted attribute"
            self.failures.append(Failure("broken-tag", message, span))
        else:
            message = "Livebook can't write the block above with these attributes"
            self.failures.append(Failure("fatal-attributes", message, span))

    def take_stamp(self) -> Stamp | None:
        if not self.elements:
            return None
        last = self.elements[-1]
        if not isinstance(last, Annotation) or last.role is not Role.STAMP:
            return None
        self.elements.pop()
        value = last.metadata.value
        data = value if isinstance(value, dict) else {}
        self.end = last.metadata.span.start
        return Stamp(span=last.metadata.span, value=data.get("stamp"), offset=data.get("offset"))

    def take(self, element: Element) -> None:
        match element:
            case Code():
                self.take_code(element)
            case Prose():
                self.take_prose(element)
            case SectionHeading():
                self.take_section(element.node)
            case Title():
                self.title = element
            case Annotation(Role.INPUT, metadata):
                self.take_input(metadata)
            case Annotation(role, metadata):
                self.fail_leftover(role, metadata)

    def take_code(self, code: Code) -> None:
        node = code.node
        above = self.elements[-1] if self.elements else None
        is_smart = (
            node.block.label == "elixir"
            and isinstance(above, Annotation)
            and above.role is Role.SMART
        )
        if is_smart and isinstance(above, Annotation):
            self.elements.pop()
            smart = smart_cell(above.metadata)
            self.failures += smart.failures
            self.cells.append(smart_cell_of(self.document, code, above.metadata, smart))
        else:
            self.cells.append(code_cell(self.document, code, self.checked_metadata()))

    def take_prose(self, prose: Prose) -> None:
        self.cells.append(markdown_cell(self.document, prose, self.grab_metadata()))

    def take_section(self, node: Node) -> None:
        metadata = self.checked_metadata()
        heading = block_span(self.source, node)
        start = heading.start if metadata is None else metadata.span.start
        self.add_section(node.block.label, start, label_span(self.source, node), metadata)

    def add_section(
        self, name: str, start: int, name_span: Span | None, metadata: Metadata | None
    ) -> None:
        self.sections.append(
            Section(
                name=name,
                span=Span(start, max(start, self.end)),
                name_span=name_span,
                parent_index=None,
                metadata_comment=metadata,
                cells=tuple(self.cells[::-1]),
            )
        )
        self.cells = []
        self.end = start

    def take_input(self, metadata: Metadata) -> None:
        message = (
            "found an input cell, but those are no longer supported, please use Kino.Input instead"
        )
        if isinstance(metadata.value, dict) and metadata.value.get("reactive") is True:
            message += (
                ". Also, to make the input reactive you can use an automatically reevaluating cell"
            )
        self.warnings.append(ImportWarning(message, metadata.span))

    def fail_leftover(self, role: Role, metadata: Metadata) -> None:
        message = {
            Role.SMART: "no Elixir code block follows this smart cell's comment directly",
            Role.STAMP: "a stamp must be the last comment of the file",
        }.get(role, "nothing that takes attributes follows this comment directly")
        self.failures.append(Failure(f"misplaced-{role.value}", message, metadata.span))

    def grab_metadata(self) -> Metadata | None:
        above = self.elements[-1] if self.elements else None
        if isinstance(above, Annotation) and above.role is Role.METADATA:
            self.elements.pop()
            return above.metadata
        return None

    def checked_metadata(self) -> Metadata | None:
        """The comment above, for what can't bear just any JSON in it."""
        metadata = self.grab_metadata()
        if metadata is not None and not is_enumerable(metadata.value):
            message = "the comment must hold a JSON object"
            self.failures.append(Failure("no-object", message, metadata.json_span))
        return metadata

    def leading_comments(self) -> tuple[tuple[str, ...], ...]:
        if self.title is None or not self.elements:
            return ()
        only = self.elements[0]
        if len(self.elements) == 1 and isinstance(only, Prose):
            return tuple(
                tuple(comment_lines(self.document.scan.lines[line : line + block.size]))
                for block, line in only.nodes
                if block.kind is BlockKind.COMMENT
            )
        message = (
            "found an invalid sequence of comments at the beginning,"
            " make sure custom comments are at the very top"
        )
        self.warnings.append(ImportWarning(message, _element_span(self.source, only)))
        return ()

    def settle_cells(self) -> tuple[Cell, ...]:
        """The cells before any section: the setup cells, or a section of their own."""
        cells = self.cells[::-1]
        languages = [cell.language for cell in cells if cell.type is CellType.CODE]
        fits = languages in (["elixir"], ["elixir", "pyproject.toml"])
        if self.title is not None and fits and len(languages) == len(cells):
            return tuple(cells)
        if cells:
            self.add_section(DEFAULT_SECTION, cells[0].span.start, None, None)
        return ()

    def image_warning(self, sections: tuple[Section, ...]) -> list[ImportWarning]:
        if "](images/" not in self.source.text:
            return []
        message = (
            "found Markdown images pointing to the images/ directory."
            " Using this directory has been deprecated, please use notebook files instead"
        )
        for section in sections:
            for cell in section.cells:
                at = cell.source.find("](images/") if cell.type is CellType.MARKDOWN else -1
                if at != -1:
                    start = cell.source_span.start + at
                    return [ImportWarning(message, Span(start, start + len("](images/")))]
        return []


def _element_span(source: Source, element: Element) -> Span:
    match element:
        case Annotation(_, metadata):
            return metadata.span
        case Prose(_, span):
            return span
        case Title(node) | SectionHeading(node) | Code(node):
            return block_span(source, node)
