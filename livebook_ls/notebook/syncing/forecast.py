"""What a session will hold after a sync, foreseen by Livebook's own difference.

A sync may leave the session with something else than the file, and the write-back then takes it
from the file too (`session/data_sync.ex`, `session/data.ex`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.exporting.export import exported_text
from livebook_ls.notebook.exporting.prose import cell_sources, reread
from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.importing.metadata import OPENING_FAILURES
from livebook_ls.notebook.markdown.tree import UnwritableError
from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.source import Source
from livebook_ls.notebook.syncing.applying import ForwardParentError, apply_sync
from livebook_ls.notebook.syncing.cell_fates import CellFate, cell_fates
from livebook_ls.notebook.syncing.file_losses import Loss, leftovers, losses
from livebook_ls.notebook.syncing.one_edit import is_one_edit, with_one_edit
from livebook_ls.notebook.syncing.session_content import (
    ReadCells,
    exported,
    held_notebook,
    reading,
    same_json,
)
from livebook_ls.notebook.syncing.session_operations import EDIT_SOURCE

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import BlockDocument
    from livebook_ls.notebook.model import Notebook
    from livebook_ls.notebook.syncing.session_content import HeldNotebook

# The code of a failure that only a sync has: a branch of a section that comes later.
_FORWARD_PARENT = "forward-parent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a sync will do.

    `equal` says that the session will hold exactly the file, `leftovers` names sections that stay
    although the file has them no more, `ignored_metadata` the notebook attributes that keep the
    session's value. `raises` names the error that would end the session, which then holds nothing.
    `fates` are those of the held sections' cells, by their places, where one doesn't just stay.
    With `is_exact` false the notebooks differ in so much that only part of this can be trusted.
    """

    equal: bool
    session: HeldNotebook | None
    operations: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    leftovers: tuple[str, ...] = ()
    ignored_metadata: tuple[str, ...] = ()
    fates: Mapping[int, CellFate] = field(default_factory=dict)
    raises: str | None = None
    is_exact: bool = True


def forecast(before: Notebook, after: Notebook) -> Forecast:
    """What a session that holds `before` will hold once it has read `after`.

    Markdown cells are reread on their own here; `forecast_texts` reads them in their place.
    """
    known: dict[str, str] = {}
    return _foresee(_read_alone(before, known), _read_alone(after, known))


def forecast_texts(before: str, after: str) -> Forecast:
    """The same for a session that was opened on, or last saved, the text `before`."""
    return forecast_read(_read(before), _read(after))


def comes_to(before: str, after: str, found: str) -> bool:
    """Whether a session that held `before` and has read `after` holds what `found` says."""
    session = forecast_texts(before, after).session
    return session is not None and exported(session) == exported(held_notebook(_read(found)))


def two_step(before: Notebook, after_text: str) -> str | None:
    """A text to sync before `after_text`, so that all of it arrives; None when there is none.

    It has all cells, in their final order, in the first section. Whoever syncs it must also save
    it, since Livebook reads files.
    """
    after = _read(after_text)
    sections = after.notebook.sections
    if not sections:
        return None
    cells = tuple(cell for section in sections for cell in section.cells)
    gathered = replace(after.notebook, sections=(sections[0].with_cells(cells),))
    prose = [cell.source for cell in after.cells if cell.type is CellType.MARKDOWN]
    try:
        text = exported_text(gathered, prose)
    except UnwritableError:
        return None
    halfway = _read(text)
    if not _arrives(_read_alone(before, {}), halfway) or not _arrives(halfway, after):
        return None
    return text


def forecast_read(before: ReadCells, after: ReadCells) -> Forecast:
    """The same of texts that were read by `read_cells`."""
    return _foresee(before, after)


def forecast_edit(held: ReadCells, before: BlockDocument, after: BlockDocument) -> Forecast | None:
    """The same of `held` and a text that can be imported, by what differs between its text
    `before` and `after`; None where that is more than the code of one cell.
    """
    edited = with_one_edit(held, before, after)
    return None if edited is None else _of_one_edit(edited)


def _arrives(held: ReadCells, read: ReadCells) -> bool:
    """Whether a sync is sure to bring everything into the session."""
    step = _foresee(held, read)
    return step.equal and step.is_exact


def _foresee(held: ReadCells, read: ReadCells) -> Forecast:
    after = read.notebook
    # What only keeps a session from starting does no harm to one that runs.
    fatal = [failure for failure in after.failures if failure.code not in OPENING_FAILURES]
    if fatal:
        return Forecast(equal=False, session=None, raises=fatal[0].code)
    if is_one_edit(held, read):
        return _of_one_edit(read)
    try:
        applied = apply_sync(held, read)
    except ForwardParentError:
        return Forecast(equal=False, session=None, raises=_FORWARD_PARENT)
    holding, wanted = applied.session.holding(), held_notebook(read)
    return Forecast(
        equal=exported(holding) == exported(wanted),
        session=holding,
        operations=tuple(applied.session.operations),
        failed=tuple(applied.session.failed),
        losses=tuple(losses(after, applied)),
        leftovers=leftovers(applied),
        ignored_metadata=_ignored_metadata(holding, wanted),
        fates=cell_fates(applied.held, applied.session),
        is_exact=applied.is_exact,
    )


def _of_one_edit(read: ReadCells) -> Forecast:
    return Forecast(equal=True, session=held_notebook(read), operations=(EDIT_SOURCE,))


def read_cells(document: BlockDocument, notebook: Notebook) -> ReadCells:
    """The cells of a text as a session holds them that has read it."""
    try:
        return reading(notebook, cell_sources(document))
    except UnwritableError:
        return _read_alone(notebook, {})


def _read(text: str) -> ReadCells:
    document = read_document(Source(text))
    return read_cells(document, build_notebook(document))


def _read_alone(notebook: Notebook, known: dict[str, str]) -> ReadCells:
    """The notebook with its Markdown cells reread; `known` remembers those seen before."""
    cells = [cell for section in notebook.sections for cell in section.cells]
    prose = [cell.source for cell in cells if cell.type is CellType.MARKDOWN]
    for source in prose:
        if source not in known:
            known[source] = _reread(source)
    return reading(notebook, map(known.__getitem__, prose))


def _reread(source: str) -> str:
    try:
        return reread(source)
    except UnwritableError:
        return source


def _ignored_metadata(holding: HeldNotebook, wanted: HeldNotebook) -> tuple[str, ...]:
    names = sorted({*holding.attrs, *wanted.attrs})
    return tuple(
        name for name in names if not same_json(holding.attrs.get(name), wanted.attrs.get(name))
    )
