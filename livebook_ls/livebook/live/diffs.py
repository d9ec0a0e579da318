"""Cells' states out of LiveView's diffs, without knowing how its trees are built.

A diff holds what changed of each component (`c`, by number), and of a page's element whole
attributes as texts. A component that has the attribute `data-p-cell-id` is that cell, for as long
as the page lives; its later diffs send its other attributes anew, together. That much has held over
the versions whose trees differ; what depends on more (order, outputs) is asked of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from livebook_ls.livebook.http.entities import unescaped
from livebook_ls.livebook.http.session_pages import has_saved_by
from livebook_ls.livebook.live.cells import CellState, CellStatus, RuntimeStatus, Validity
from livebook_ls.livebook.live.page import attribute_values
from livebook_ls.livebook.live.page.printable import printable
from livebook_ls.livebook.live.page.session_page import runtime_after

_CELL_ID = "data-p-cell-id"
_VALIDITY = "data-eval-validity"
_ERRORED = "data-eval-errored"
_DIGEST = "data-p-evaluation-digest"
_FLASH = "phx-value-key"
_CLICK = ' phx-click="'


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """What a diff says of one cell; what is None was not said."""

    validity: Validity | None = None
    is_errored: bool | None = None
    digest: str | None = None
    has_digest: bool = False
    status: CellStatus | None = None
    evaluating_since: datetime | None = None
    took_ms: int | None = None

    def applied_to(self, state: CellState) -> CellState:
        """The state after it."""
        if self.validity is not None:
            errored = state.is_errored if self.is_errored is None else self.is_errored
            state = replace(state, validity=self.validity, is_errored=errored)
        if self.has_digest:
            state = replace(state, digest=self.digest)
        if self.status is not None:
            took_ms = state.took_ms if self.status is CellStatus.READY else None
            since = self.evaluating_since
            state = replace(state, status=self.status, evaluating_since=since, took_ms=took_ms)
        if self.took_ms is not None:
            state = replace(state, took_ms=self.took_ms)
        return state


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """A message that Livebook's page shows for a while; of `kind` “error”, why a runtime died."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffNews:
    """What a diff told. `is_unclear` says that a cell changed in a way that wasn't understood;
    `outputs` are the cells whose outputs have changed, too; `has_saved` whether the session has
    written all that it holds, where that was told.
    """

    cells: Mapping[str, CellChange]
    outputs: frozenset[str] = frozenset()
    flashes: tuple[Flash, ...] = ()
    runtime: RuntimeStatus | None = None
    has_saved: bool | None = None
    is_unclear: bool = False


class DiffReader:
    """Reads the diffs of one joined page, in the order they come, from the join's reply on."""

    def __init__(self) -> None:
        self._cell_ids: dict[str, str] = {}
        # Components inside a cell, which are those of its outputs.
        self._owners: dict[str, str] = {}

    def read(self, tree: Mapping[str, Any]) -> DiffNews:
        """What `tree`, a diff or the tree of a join's reply, says."""
        components, templates = tree.get("c"), tree.get("p")
        cells: dict[str, CellChange] = {}
        outputs: set[str] = set()
        is_unclear = False
        for number, component in (components if isinstance(components, dict) else {}).items():
            if not isinstance(component, dict):
                continue
            attributes = _attributes(component)
            if _CELL_ID in attributes:
                self._cell_ids[number] = attribute_values.json_text(attributes[_CELL_ID])
            if owner := self._owners.get(number):
                outputs.add(owner)
            if cell_id := self._cell_ids.get(number):
                self._own(cell_id, component)
                if _has_stream(component):
                    outputs.add(cell_id)
                change = _change(cell_id, component, attributes, templates)
                is_unclear = is_unclear or change is None
                if change is not None:
                    cells[cell_id] = change
        around = {name: value for name, value in tree.items() if name not in ("c", "e", "p", "s")}
        return DiffNews(
            cells=cells,
            outputs=frozenset(outputs),
            flashes=tuple(_flashes(around)),
            runtime=_runtime(around),
            has_saved=_has_saved(around),
            is_unclear=is_unclear,
        )

    def _own(self, cell_id: str, tree: object) -> None:
        """Note the components that a cell's tree names: a component stands there as a number."""
        if isinstance(tree, dict):
            for name, value in tree.items():
                if isinstance(value, dict):
                    self._own(cell_id, value)
                elif isinstance(value, int) and name.isdecimal():
                    self._owners[str(value)] = cell_id


def _has_stream(tree: object) -> bool:
    """Whether outputs came or went: a cell's outputs are LiveView's stream."""
    return isinstance(tree, dict) and (
        "stream" in tree or any(_has_stream(value) for value in tree.values())
    )


def _change(
    cell_id: str, component: Mapping[str, Any], attributes: Mapping[str, str], templates: object
) -> CellChange | None:
    """What a cell's component says of it; None where it has a word that we don't know."""
    change = _status_change(cell_id, component, templates)
    if _VALIDITY in attributes:
        validity = attribute_values.validity(attributes[_VALIDITY])
        change = replace(change, validity=validity, is_errored=_ERRORED in attributes)
    if _DIGEST in attributes:
        digest = attribute_values.json_text(attributes[_DIGEST]) or None
        change = replace(change, digest=digest, has_digest=True)
    is_known = change.validity is not Validity.UNKNOWN
    is_digest = attribute_values.is_digest(attributes.get(_DIGEST, "null"))
    return change if is_known and is_digest else None


def _status_change(cell_id: str, component: Mapping[str, Any], templates: object) -> CellChange:
    """Told by what can be done: a timer runs, or the cell can be run, or else only stopped.

    A cell that is queued again while it runs could be stopped before, too; the word is new then.
    """
    since: datetime | None = None
    took: int | None = None
    is_evaluating = is_ready = is_stoppable = False
    for text in _texts(component):
        name, value = _attribute(text)
        match name:
            case "data-p-start":
                is_evaluating, since = True, attribute_values.moment(value)
            case "data-cell-id":
                is_ready = is_ready or value == cell_id
            case "phx-value-cell_id":
                is_stoppable = is_stoppable or value == cell_id
            case "data-tooltip" if value.startswith("Took "):
                took = attribute_values.took_ms(value)
    status = None
    if is_evaluating:
        status = CellStatus.EVALUATING
    elif is_ready:
        status = CellStatus.READY
    elif is_stoppable or _shows_queued(component, templates):
        status = CellStatus.QUEUED
    return CellChange(status=status, evaluating_since=since, took_ms=took)


def _shows_queued(tree: object, templates: object) -> bool:
    """Whether a static part says so: they are in their place, or named by number."""
    if not isinstance(tree, dict):
        return False
    statics = tree.get("s")
    if isinstance(statics, int) and isinstance(templates, dict):
        statics = templates.get(str(statics))
    if isinstance(statics, list) and [str(it).strip() for it in statics] == ["Queued"]:
        return True
    return any(_shows_queued(value, templates) for value in tree.values())


def _attributes(component: Mapping[str, Any]) -> dict[str, str]:
    """The attributes of a component's own element, as far as they came."""
    texts = (it for it in component.values() if isinstance(it, str))
    return dict(found for text in texts if (found := _attribute(text))[0])


def _attribute(text: str) -> tuple[str, str]:
    """An attribute's name and value; an empty name where the text is none."""
    if not text.startswith(" ") or text.isspace():
        return "", ""
    name, _, value = text[1:].partition("=")
    return name, unescaped(value.removeprefix('"').removesuffix('"'))


def _texts(tree: object) -> Iterator[str]:
    """Every dynamic text in a tree: its static parts tell nothing of this page."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for name, value in tree.items():
            if name not in ("s", "p", "e"):
                yield from _texts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _texts(value)


def _runtime(tree: object) -> RuntimeStatus | None:
    """What can be done with the runtime, where a diff shows its buttons."""
    status = RuntimeStatus.UNKNOWN
    for text in _texts(tree):
        _, is_click, click = text.partition(_CLICK)
        if is_click:
            status = runtime_after(click, status)
    return None if status is RuntimeStatus.UNKNOWN else status


def _has_saved(tree: object) -> bool | None:
    """What the indicator at the notebook's side says, where a diff shows it."""
    shown = (it.encode("utf-8", "replace") for it in _texts(tree) if "aria-label" in it)
    return next((told for it in shown if (told := has_saved_by(it)) is not None), None)


def _flashes(tree: object) -> Iterator[Flash]:
    """The messages: each in an object that has the attribute of its button beside it."""
    if not isinstance(tree, dict):
        return
    texts = [it for it in tree.values() if isinstance(it, str) and it]
    kinds = [value for name, value in map(_attribute, texts) if name == _FLASH]
    if kinds and texts and not texts[-1].startswith(" "):
        yield Flash(kind=kinds[0], message=printable(unescaped(texts[-1])))
        return
    for name, value in tree.items():
        if name not in ("s", "p", "e"):
            yield from _flashes(value)
