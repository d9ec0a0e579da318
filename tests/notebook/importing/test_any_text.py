"""What holds for any text: reading never raises, blocks tile it, spans say what they stand for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.notebook.hazards.finding import find_all_hazards
from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.model import Notebook, Span
from livebook_ls.notebook.source import Source, Unit
from tests.support.arbitrary import SOUPS, TEXTS
from tests.support.examples import tried


@given(TEXTS)
@tried(400)
def test_reading_never_raises_and_blocks_tile_the_text(text: str) -> None:
    source = Source(text)
    document = read_document(source)
    notebook = build_notebook(document)
    find_all_hazards(document, notebook)
    assert sum(block.size + block.gap for block in document.blocks) == len(source.lines)
    assert all(block.size >= 0 and block.gap >= 0 for block in document.blocks)


@given(TEXTS)
@tried(300)
def test_every_span_is_inside_the_text(text: str) -> None:
    document = read_document(Source(text))
    notebook = build_notebook(document)
    hazards = find_all_hazards(document, notebook)
    spans = [*spans_of(notebook), *(hazard.span for hazard in hazards)]
    for hazard in hazards:
        if hazard.fix is not None:
            spans += [change.span for change in hazard.fix.replacements]
    assert [span for span in spans if not 0 <= span.start <= span.end <= len(text)] == []


@given(SOUPS)
@tried(200)
def test_names_and_languages_stand_where_they_are_said_to(text: str) -> None:
    notebook = build_notebook(read_document(Source(text)))
    for section in notebook.sections:
        if section.name_span is not None and "\0" not in text and "\t" not in text:
            assert text[section.name_span.start : section.name_span.end] == section.name
        for cell in section.cells:
            if cell.language_span is not None:
                start, end = cell.language_span
                assert text[start:end] == cell.language


@given(TEXTS, st.data())
@tried(300)
def test_a_changed_source_equals_a_fresh_one(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    new = data.draw(st.text(alphabet="a\r\né\U0001f600", max_size=5))
    changed = Source(text).replaced(start, end, new)
    fresh = Source(text[:start] + new + text[end:])
    assert (changed.text, changed.lines, changed.starts) == (fresh.text, fresh.lines, fresh.starts)


@given(TEXTS, st.sampled_from(Unit), st.data())
@tried(300)
def test_positions_lead_back(text: str, unit: Unit, data: st.DataObject) -> None:
    source = Source(text)
    offset = data.draw(st.integers(0, len(text)))
    line, column = source.position(offset, unit)
    is_in_a_break = offset > source.line_end(line)
    assert source.offset(line, column, unit) == (source.line_end(line) if is_in_a_break else offset)
    assert source.from_byte_offset(source.byte_offset(offset)) == offset


def test_positions_beyond_a_line_move_back_to_its_end() -> None:
    source = Source("ab\r\ncd")
    assert source.offset(0, 99, Unit.UTF16) == 2
    assert source.offset(99, 0, Unit.UTF16) == 6
    assert source.offset(1, -1, Unit.UTF8) == 4


def test_columns_count_what_the_editor_counts() -> None:
    source = Source("é😀x")
    assert [source.position(2, unit)[1] for unit in (Unit.UTF8, Unit.UTF16, Unit.UTF32)] == [
        6,
        3,
        2,
    ]
    assert source.offset(0, 2, Unit.UTF16) == 1


def spans_of(notebook: Notebook) -> list[Span]:
    found = [warning.span for warning in notebook.warnings]
    found += [failure.span for failure in notebook.failures]
    found += [section.span for section in notebook.sections]
    if notebook.metadata_comment is not None:
        found.append(notebook.metadata_comment.span)
    if notebook.stamp is not None:
        found.append(notebook.stamp.span)
    cells = [*notebook.setup, *(cell for it in notebook.sections for cell in it.cells)]
    for cell in cells:
        found += [cell.span, cell.body_span, cell.source_span]
        found += [output.span for output in cell.outputs]
    return found
