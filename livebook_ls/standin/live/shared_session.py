"""A session as all its open pages see it: who takes part, what they ask for, what they are told."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.standin.live import (
    cell_texts,
    intellisense_table,
    session_diff,
    session_markup,
)
from livebook_ls.standin.live.evaluator import Change, Evaluator
from livebook_ls.standin.live.session_cells import BY_SYNC, CellEvent, SessionCells, StandInCell
from livebook_ls.standin.live.session_markup import PageKeys
from livebook_ls.standin.sessions.session import SessionView

# Called with an event of the channel and its payload.
Tell: TypeAlias = Callable[[str, Mapping[str, object]], None]
Response: TypeAlias = dict[str, object]

_A_BROWSER = "browser"


class CrashedError(Exception):
    """The page's process crashes over an event, and whoever sent it gets no reply."""


@dataclass(slots=True)
class _Client:
    name: str
    cookie: str
    tell: Tell


class SharedSession:
    """The live side of one session. Methods may be called from several threads."""

    def __init__(
        self,
        session_id: str,
        file: str,
        text: str,
        catch_up: Callable[[], object],
        append_section: Callable[[], None],
        save: Callable[[], None],
        put_source: Callable[[int, str], None],
    ) -> None:
        """`catch_up` returns once every sync that was asked for before is done; `put_source` gives
        the notebook's cell of a number another text.
        """
        self.id = session_id
        self._catch_up = catch_up
        self._append_section = append_section
        self._save = save
        self._put_source = put_source
        # Who typed what the session is just about to hold.
        self._typing = _A_BROWSER
        self._cells = SessionCells(text)
        self._evaluator = Evaluator(self._cells, file, self._changed)
        self._clients: dict[str, _Client] = {}
        self._refs = itertools.count(1)
        self._reported: dict[str, int] = {}
        self._is_dirty = True
        self.is_dead = False
        self.is_silent = False
        # What somebody else would answer to questions about code, instead of the table.
        self.answer_to: Callable[[Mapping[str, object]], object] | None = None

    @property
    def client_names(self) -> tuple[str, ...]:
        """Who takes part, as people see it."""
        with self._evaluator.lock:
            return tuple(it.name for it in self._clients.values())

    @property
    def reported(self) -> Mapping[str, int]:
        """The revision of each cell that a client has said to have seen."""
        return dict(self._reported)

    @property
    def evaluated(self) -> tuple[str, ...]:
        """The ids of all cells whose evaluation was ever begun, in that order."""
        with self._evaluator.lock:
            return tuple(self._evaluator.begun)

    def page(self, keys: PageKeys) -> str:
        """What its page has in the body."""
        with self._evaluator.lock:
            return session_markup.body(keys, self.id, self._cells, self._evaluator.runtime)

    def with_outputs(self, text: str) -> str:
        """`text`, the session's notebook, with the texts that its cells have put out."""
        with self._evaluator.lock:
            texts = {
                number: cell_texts.texts_of(cell)
                for number, cell in enumerate(self._cells.cells)
                if cell.outputs
            }
        return cell_texts.with_texts(text, texts) if texts else text

    def with_kept_outputs(self, text: str) -> str:
        """`text` as it is saved: with its outputs where the notebook says that it keeps them."""
        is_kept = "persist_outputs" in text and parse(text).attrs.get("persist_outputs") is True
        return self.with_outputs(text) if is_kept else text

    def synced(self, text: str) -> None:
        """The session holds another notebook now."""
        self._take(text, BY_SYNC)

    def edited(self, text: str) -> None:
        """The same, by a person in the browser."""
        self._take(text, self._typing)

    def dirt_turned(self, view: SessionView) -> None:
        """It has something that is not saved, and had not before, or the other way round."""
        with self._evaluator.lock:
            self._is_dirty = view.is_dirty
            self._changed(Change(has_saved=not view.is_dirty))

    def join(
        self,
        user: Mapping[str, object],
        cookie: str,
        tell: Tell,
        welcome: Callable[[str, object], None],
    ) -> None:
        """Take part; `welcome` gets the client's id and the page's tree before anything is told."""
        with self._evaluator.lock:
            me = secrets.token_hex(8)
            name = user.get("name")
            self._clients[me] = _Client(str(name) if name else "Anonymous", cookie, tell)
            others = [{"id": it, "name": c.name} for it, c in self._clients.items()]
            runtime = self._evaluator.runtime
            has_saved = not self._is_dirty
            tree = session_diff.joined(self._cells, runtime, others, me, has_saved=has_saved)
            welcome(me, tree)

    def leave(self, client_id: str) -> None:
        """Take part no more."""
        with self._evaluator.lock:
            self._clients.pop(client_id, None)

    def seen_with(self, cookie: str) -> None:
        """A page was fetched with this cookie: Livebook takes over that one's name everywhere."""
        with self._evaluator.lock:
            renamed = [it for it in self._clients.values() if cookie and it.cookie == cookie]
            for client in renamed:
                client.name = "Anonymous"
            clients = [{"id": it, "name": c.name} for it, c in self._clients.items()]
            if renamed:
                event = CellEvent("clients_updated", {"clients": clients})
                self._changed(Change(events=(event,)))

    def end(self) -> None:
        """The session was closed: its pages are sent home."""
        self.die()
        for client in tuple(self._clients.values()):
            client.tell("live_redirect", {"to": "/", "kind": "push", "flash": ""})
            client.tell("phx_close", {})

    def die(self) -> None:
        """The session is gone, and nobody is told."""
        self.is_dead = True
        self._evaluator.close()

    @property
    def most_compared(self) -> int:
        """The most characters by which a sync had to find out that a cell differs."""
        return self._cells.most_compared

    def event(
        self, name: object, value: object, client_id: str = ""
    ) -> tuple[Response, Response | None]:
        """What an event of a client's page is replied, and what its page alone is told after that.

        CrashedError where Livebook's page would crash.
        """
        if not isinstance(value, Mapping):
            raise CrashedError
        if not self.is_dead:
            # Livebook's session takes one message after the other, a sync too.
            self._catch_up()
        try:
            if name == "apply_cell_delta" and not self.is_dead:
                self._type(value, client_id)
                return {}, None
            with self._evaluator.lock:
                if name == "intellisense_request":
                    return self._ask(value)
                self._act(name, value)
        except (KeyError, ValueError, TypeError):
            raise CrashedError from None
        return {}, None

    def _type(self, value: Mapping[str, object], client_id: str) -> None:
        """One who takes part has changed a cell's text; one that knew an older one is ignored."""
        with self._evaluator.lock:
            cell = self._cells.find(value["cell_id"])
            if cell is None or value["revision"] != cell.revision:
                return
            delta = value["delta"]
            if not isinstance(delta, list):
                raise TypeError
            number = self._cells.cells.index(cell)
            source = cell_texts.applied(cell.source, delta)
        self._typing = client_id
        self._put_source(number, source)
        self._catch_up()
        self._typing = _A_BROWSER

    def _take(self, text: str, by: str) -> None:
        with self._evaluator.lock:
            before = {it.id: it.status for it in self._cells.cells}
            self._evaluator.synced(tuple(self._cells.take(text, by)), before)

    def _act(self, name: object, value: Mapping[str, object]) -> None:
        cells = self._cells
        match name:
            case "queue_cell_evaluation":
                cell = cells.find(value["cell_id"])
                self._queue([] if cell is None else [cell])
            case "queue_full_evaluation":
                forced = value["forced_cell_ids"]
                if not isinstance(forced, list):
                    raise TypeError
                self._queue([it for it in cells.cells if it.is_outdated or it.id in forced])
            case "queue_section_evaluation":
                section = value["section_id"]
                self._queue([it for it in cells.cells if it.section == section])
            case "cancel_cell_evaluation":
                cell = cells.find(value["cell_id"])
                if cell is not None and not self.is_dead:
                    self._evaluator.cancel(cell)
            case "connect_runtime" if not self.is_dead:
                self._evaluator.connect()
            case "reconnect_runtime" if not self.is_dead:
                self._evaluator.lose_runtime("connected")
            case "disconnect_runtime" if not self.is_dead:
                self._evaluator.lose_runtime("disconnected")
            case "append_section" if not self.is_dead:
                self._append_section()
            case "save" if not self.is_dead:
                self._save()
            case "report_cell_revision":
                self._reported[str(value["cell_id"])] = int(str(value["revision"]))
            case "append_section" | "save":
                pass
            case "connect_runtime" | "reconnect_runtime" | "disconnect_runtime":
                pass
            case _:
                raise ValueError

    def _queue(self, cells: list[StandInCell]) -> None:
        if not self.is_dead:
            self._evaluator.queue(it for it in cells if it.is_evaluable)

    def _ask(self, value: Mapping[str, object]) -> tuple[Response, Response | None]:
        cell = self._cells.find(value["cell_id"])
        if cell is None:
            return {}, None
        if self._evaluator.runtime == "disconnected":
            # Without this field the page crashes only where there is no runtime.
            if value["type"] == "completion":
                _ = value["editor_auto_completion"]
            return {"diff": {"r": {"ref": None}}}, None
        answer = self._known(value, cell)
        ref = f"#Reference<0.1.2.{next(self._refs)}>"
        told: Response = {"e": [["intellisense_response", {"ref": ref, "response": answer}]]}
        return {"diff": {"r": {"ref": ref}}}, None if self.is_silent else told

    def _known(self, question: Mapping[str, object], cell: StandInCell) -> object:
        if self.answer_to is not None:
            return self.answer_to(question)
        if cell.language != "elixir":
            return None
        names = {k: v for it in self._cells.before(cell) for k, v in it.bindings.items()}
        return intellisense_table.answer(question, names)

    def _changed(self, change: Change) -> None:
        if self.is_dead:
            return
        for client_id, client in tuple(self._clients.items()):
            if diff := session_diff.changed(change, client_id):
                client.tell("diff", diff)
