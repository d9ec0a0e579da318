"""A Livebook session that we take part in: what it holds at every moment, and what can be asked.

This is all that the rooms above use of this wing, beside the values and errors that it gives. It
acts only when told to: joining starts no runtime, runs no code and touches no file.

    session = await LiveSession.join(endpoint, "/sessions/ID", listener)
    await session.queue_cell("…")              # once the sync before it was answered
    await session.wait_until_idle(timeout_s)
    session.notebook.cell("…")                 # its state, and the digest of what was run
    text = await session.export()              # texts of outputs, quickly; in any size of notebook
    await session.refresh()                    # all kinds of outputs, dearly in large notebooks
    await session.leave()

States (`notebook`) are kept up to date by what Livebook tells its page. Outputs are as old as the
last `refresh` or `read_texts`; `LiveCell.are_outputs_current` says whether anything has happened
since. After each sync that moved cells, `refresh`: Livebook tells nobody of moves. After each sync
at all, `export` or `refresh`: a session that died by it looks alive here. What happened in the
session's name is seen the same, whoever caused it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.live import intellisense
from livebook_ls.livebook.live.cells import CodeMarker, LiveNotebook, RuntimeStatus
from livebook_ls.livebook.live.connection import SessionConnection
from livebook_ls.livebook.live.events import LiveEvent
from livebook_ls.livebook.live.intellisense import CallSignatures, CodeDetails, CompletionItem
from livebook_ls.livebook.live.phoenix.frames import Payload
from livebook_ls.livebook.live.questions import Questions, Unanswered
from livebook_ls.livebook.live.session_state import ExportReader

# How long Livebook may take until an act is seen to do something.
_EFFECT_S = 1.0


class LiveSession:
    """One session. All of it belongs to one event loop; what blocks is done in threads.

    Acts answer whether an effect was seen within a second. Where none was, that the session lives
    was asked, too. Queueing what is queued or runs already has no effect, even where its text has
    changed since, and is answered True at once. Whose effect it was can't be told: other clients
    act, too, so look at the digest of what ran. Acts raise SessionGone, ConnectionLost while the
    connection is down, TimedOut, and NotLetIn where Livebook's page crashed over it; after that,
    don't ask the same again.
    """

    def __init__(
        self, endpoint: Endpoint, session_path: str, listener: Callable[[LiveEvent], None]
    ) -> None:
        """Not joined yet: `join` makes joined ones."""
        self._connection = SessionConnection(endpoint, session_path, listener, self._answered)
        self._questions = Questions(self._connection)

    @classmethod
    async def join(
        cls, endpoint: Endpoint, session_path: str, listener: Callable[[LiveEvent], None]
    ) -> LiveSession:
        """The session at `session_path`, as `Livebook.open` answers it, joined.

        `listener` is called in the event loop with everything that happens, and must not raise.
        Raises PageNotUnderstood, SessionGone, LoginRefused, NotLetIn, NotRunning,
        CertificateRefused, Misconfigured, TimedOut.
        """
        session = cls(endpoint, session_path, listener)
        try:
            await session._connection.join()
        except BaseException:
            await session.leave()
            raise
        return session

    async def leave(self) -> None:
        """Take part no more. Nothing in the session changes by it."""
        await self._connection.leave()

    @property
    def notebook(self) -> LiveNotebook:
        """What the session holds, as far as was told; as it was last while the connection is down.

        Raises why the session has ended.
        """
        return self._connection.state.notebook

    @property
    def is_connected(self) -> bool:
        """Whether `notebook` is up to date, and acts are possible."""
        return self._connection.is_connected

    @property
    def rest(self) -> Hashable | None:
        """Names the moment: as long as this is the same, the session holds the same notebook, as
        far as Livebook has told us; None where it might hold another without a word.
        """
        if not self.is_connected or not self._connection.state.tells_all:
            return None
        return self._connection.state, self._connection.state.sequence

    @property
    def typed_s(self) -> float:
        """When somebody was last seen to type in a cell, by the clock's seconds; long ago where
        nobody was. Raises as `notebook`.
        """
        return self._connection.state.typed_s

    @property
    def saved_s(self) -> float:
        """When the session was last told to have saved, by the clock's seconds; long ago where it
        was not. Raises as `notebook`.
        """
        return self._connection.state.saved_s

    @property
    def typed(self) -> tuple[str, ...]:
        """Texts that cells had lately as somebody typed in them, the newest last; raises as
        `notebook`.
        """
        return self._connection.state.typed

    @property
    def ever_typed(self) -> tuple[str, ...]:
        """The same, with what a sync has replaced since; raises as `notebook`."""
        return self._connection.state.ever_typed

    async def refresh(self) -> LiveNotebook:
        """The notebook with order, states and outputs by a page that is read from now on.

        While cells run, the page is read at most every 0.3 s, and for at most a sixth of the time.
        Raises SessionGone, LoginRefused, PageNotUnderstood, Unreachable.
        """
        await self._connection.look()
        return self.notebook

    async def export(self) -> str:
        """The notebook in the session as text, with the texts of outputs; raises as `refresh`.

        Of each text Livebook drops the colours and one line feed at the end; errors are not told
        from other texts, and what is no text is left out. Other control characters are in it as
        they were printed: `page.printable` is to be asked before any of it is shown.
        """
        return await self._connection.export()

    async def read_texts(self, read: ExportReader) -> None:
        """Give cells whose outputs are old the texts of them, in milliseconds; raises as `export`.

        `read` takes the export and the notebook, and gives texts by the cells' ids. What a cell
        shows by it is not `are_outputs_whole`; a `refresh` brings the rest.
        """
        await self._connection.read_texts(read)

    async def wait_until(self, holds: Callable[[LiveNotebook], bool], timeout_s: float) -> bool:
        """Wait until something holds of the notebook; whether it did in time."""
        return await self._connection.wait_until(lambda: holds(self.notebook), timeout_s)

    async def wait_until_idle(self, timeout_s: float) -> bool:
        """Wait until nothing is queued or evaluating; whether that came about in time."""
        return await self.wait_until(lambda it: not it.is_busy, timeout_s)

    async def queue_cell(self, cell_id: str) -> bool:
        """Run a cell, and before it every outdated cell that it stands on, the setup included."""
        value = {"cell_id": cell_id}
        return await self._queue((cell_id,), "queue_cell_evaluation", value)

    async def queue_setup_without_cache(self) -> bool:
        """Run the setup cell, with its dependencies fetched anew; all values are lost."""
        value = {"cell_id": "setup", "disable_dependencies_cache": True}
        return await self._queue(("setup",), "queue_cell_evaluation", value)

    async def queue_section(self, section_id: str) -> bool:
        """Run all cells of a section, and every outdated cell that they stand on."""
        cells = self.notebook.cells
        ids = [it.id for it in cells if it.section and it.section.id == section_id]
        return await self._queue(ids, "queue_section_evaluation", {"section_id": section_id})

    async def queue_all(self, forced: Iterable[str] = ()) -> bool:
        """Run all outdated cells, and those of `forced` with what stands on them, outdated or not.

        Livebook does nothing where no cell is outdated.
        """
        # Which are outdated is Livebook's to say: a sync that was answered may not be told yet.
        ids = [it.id for it in self.notebook.cells]
        value = {"forced_cell_ids": list(forced)}
        return await self._queue(ids, "queue_full_evaluation", value)

    async def cancel_cell(self, cell_id: str) -> bool:
        """Stop a cell. A queued one leaves the queue, with those behind it. With a running one, the
        values of its whole flow are lost: of the main flow, or of its branch.
        """
        if not self._connection.state.is_busy(cell_id):
            return False
        return await self._effect(
            "cancel_cell_evaluation",
            {"cell_id": cell_id},
            lambda: not self._connection.state.is_busy(cell_id),
        )

    async def connect_runtime(self) -> bool:
        """Begin to start a runtime if there is none; nothing is run."""
        return await self._act_on_runtime("connect_runtime")

    async def reconnect_runtime(self) -> bool:
        """Begin to start another runtime; all values are lost, and nothing is run."""
        return await self._act_on_runtime("reconnect_runtime")

    async def disconnect_runtime(self) -> bool:
        """End the runtime; all values are lost."""
        return await self._act_on_runtime("disconnect_runtime")

    async def replace_source(self, cell_id: str, text: str) -> bool:
        """Give a cell with a text of its own another one, as somebody who takes part does by typing
        (`session_live.ex`, `apply_cell_delta`); whether the session is seen to have it now. What
        others type meanwhile stays. Raises as acts do.
        """
        state = self._connection.state
        cell = state.notebook.cell(cell_id)
        if cell is None or cell.source == text:
            return cell is not None
        delta, revision = state.begin_replacing(cell_id, text)
        value = {"cell_id": cell_id, "tag": "primary", "delta": delta, "selection": None}

        def has_it() -> bool:
            now = self.notebook.cell(cell_id)
            return now is not None and now.source == text

        return await self._effect("apply_cell_delta", value | {"revision": revision}, has_it)

    async def append_section(self) -> None:
        """Give the notebook an empty section at its end, as its page's own button does.

        Raises as acts do (`session_live.ex`, `append_section`).
        """
        await self._connection.push("append_section", {})

    async def save(self) -> None:
        """Have Livebook write what it has not written yet into the notebook's file, as its page's
        own button does. Raises as acts do (`session_live.ex`, `save`).
        """
        await self._connection.push("save", {})

    async def complete(self, cell_id: str, hint: str) -> tuple[CompletionItem, ...] | Unanswered:
        """What may follow `hint`, the code of the cell up to the cursor, or its last line."""
        question = intellisense.completion_question(hint)
        answer = await self._questions.ask(cell_id, question)
        return answer if isinstance(answer, Unanswered) else intellisense.completions(answer)

    async def describe(
        self, cell_id: str, line: str, column: int
    ) -> CodeDetails | Unanswered | None:
        """What is at `column` (0-based, in UTF-16 units) of a line; None where nothing is known."""
        question = intellisense.details_question(line, column)
        answer = await self._questions.ask(cell_id, question)
        return answer if isinstance(answer, Unanswered) else intellisense.details(answer)

    async def signatures(self, cell_id: str, hint: str) -> CallSignatures | Unanswered | None:
        """The signatures of the call that `hint` ends in; None where there is none, or unknown."""
        question = intellisense.signature_question(hint)
        answer = await self._questions.ask(cell_id, question)
        return answer if isinstance(answer, Unanswered) else intellisense.signatures(answer)

    async def format_code(self, cell_id: str, code: str) -> str | Unanswered | None:
        """`code` as the formatter writes it; None where it can't be parsed, or is not Elixir."""
        answer = await self._form(cell_id, code)
        return answer if isinstance(answer, Unanswered) else intellisense.formatted(answer, code)

    async def complaints(self, cell_id: str, code: str) -> tuple[CodeMarker, ...] | Unanswered:
        """Why the runtime's parser can't read `code`, if it can't; nothing of it is evaluated."""
        answer = await self._form(cell_id, code)
        return answer if isinstance(answer, Unanswered) else intellisense.complaints(answer)

    async def _form(self, cell_id: str, code: str) -> object:
        if self.notebook.runtime is not RuntimeStatus.CONNECTED:
            # Livebook would show a dialog on our page there.
            return Unanswered.NO_RUNTIME
        return await self._questions.ask(cell_id, intellisense.format_question(code))

    def _answered(self, payload: Payload) -> None:
        self._questions.answered(payload)

    async def _queue(self, cell_ids: Iterable[str], event: str, value: Payload) -> bool:
        """Send an event and wait until one of the cells is queued by it, or runs already.

        That one has ended is no such sign, as it may have been begun by somebody else. A cell that
        is not there (any more) is not asked for: Livebook would say `ok` all the same.
        """
        state = self._connection.state
        ids = [it for it in cell_ids if state.notebook.cell(it) is not None]
        if not ids:
            return False
        since = state.sequence

        def is_seen() -> bool:
            now = self._connection.state
            return any(now.begun_at(it) > since or now.is_busy(it) for it in ids)

        return await self._effect(event, value, is_seen)

    async def _act_on_runtime(self, event: str) -> bool:
        state = self._connection.state
        since, ids = state.sequence, [it.id for it in state.notebook.cells]
        return await self._effect(
            event,
            {},
            lambda: (
                self._connection.state.runtime_changed_at > since
                or any(self._connection.state.changed_at(it) > since for it in ids)
            ),
        )

    async def _effect(self, event: str, value: Payload, is_seen: Callable[[], bool]) -> bool:
        await self._connection.push(event, value)
        if await self._connection.wait_until(is_seen, _EFFECT_S):
            return True
        # No effect may mean that the session is dead, which only a page or an export tells.
        await self._connection.export()
        return is_seen()
