"""A session that we take part in, with the stand-in as the other side."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.livebook.finding.addresses import Endpoint, read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.livebook.live import connection
from livebook_ls.livebook.live.cells import (
    CellStatus,
    LiveCell,
    RuntimeStatus,
    Validity,
)
from livebook_ls.livebook.live.errors import (
    ConnectionLost,
    LoginRefused,
    NotLetIn,
    PageNotUnderstood,
    SessionGone,
)
from livebook_ls.livebook.live.events import (
    ConnectionBack,
    ConnectionDown,
    FlashShown,
    LiveEvent,
    SessionEnded,
)
from livebook_ls.livebook.live.joining import Joined, join
from livebook_ls.livebook.live.outputs import ImageOutput, shown_text
from livebook_ls.livebook.live.questions import Unanswered
from livebook_ls.livebook.live.session import LiveSession
from livebook_ls.standin import Access, Faults, StandIn, StandInSettings, Timing
from livebook_ls.standin.control.faults import Reply
from tests.support.waiting import until

SOON_S = 120.0
PNG = "iVBORw0KGgo="


class Desk:
    """A stand-in with a notebook in a session."""

    def __init__(self, stand_in: StandIn, path: Path) -> None:
        self.stand_in = stand_in
        self.path = path
        self.events: list[LiveEvent] = []
        self._livebook = Livebook(self.endpoint())
        self.session_path = ""

    def endpoint(self, **changes: Any) -> Endpoint:
        url = f"{self.stand_in.url}{changes.pop('base', '')}"
        found = read_address(url, "here")
        return Endpoint(found.url, found.found_by, **changes)

    def write(self, *cells: str) -> None:
        fenced = "\n\n".join(f"```elixir\n{it}\n```" for it in cells)
        self.path.write_text(f"# N\n\n## S\n\n{fenced}\n", encoding="utf-8")

    def open(self, *cells: str) -> None:
        self.write(*cells)
        self.session_path = self._livebook.open(str(self.path))

    def sync(self, *cells: str) -> None:
        self.write(*cells)
        self._livebook.sync(str(self.path))

    @asynccontextmanager
    async def joined(self, **changes: Any) -> AsyncIterator[LiveSession]:
        session = await LiveSession.join(
            self.endpoint(**changes), self.session_path, self.events.append
        )
        try:
            yield session
        finally:
            await session.leave()

    async def told(self, kind: type) -> LiveEvent:
        async with asyncio.timeout(SOON_S):
            while True:
                if found := next((it for it in self.events if isinstance(it, kind)), None):
                    return found
                await asyncio.sleep(0.005)

    def close(self) -> None:
        self._livebook.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(access: Access | None = None) -> Desk:
        timing = Timing(autosave_s=600, save_s=0.005)
        stand_in = StandIn(StandInSettings(timing=timing, access=access or Access()))
        stand_in.start()
        made.append(Desk(stand_in, tmp_path / "n.livemd"))
        return made[-1]

    yield make
    for it in made:
        it.close()
        it.stand_in.stop()


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 300))


def code(session: LiveSession) -> tuple[LiveCell, ...]:
    return tuple(it for it in session.notebook.cells if it.is_evaluable and not it.is_setup)


def states(session: LiveSession) -> list[str]:
    return [
        f"{it.state.validity.value if it.state.validity else '-'}"
        f"{' errored' if it.state.is_errored else ''}"
        f"{'' if it.state.status is CellStatus.READY else f' {it.state.status.value}'}"
        for it in code(session)
    ]


async def evaluating(session: LiveSession, number: int) -> None:
    assert await session.wait_until(
        lambda _: code(session)[number].state.status is CellStatus.EVALUATING, SOON_S
    )


def test_joining_knows_all_cells_with_their_sources(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("x = 1", "x + 1")
        async with here.joined() as session:
            assert [it.source for it in code(session)] == ["x = 1", "x + 1"]
            assert states(session) == ["fresh", "fresh"]
            assert session.notebook.cells[0].is_setup
            assert session.notebook.runtime is RuntimeStatus.DISCONNECTED

    run(check())


def test_joining_neither_runs_nor_touches_anything(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        here.stand_in.wait_settled()
        before = here.path.stat()
        async with here.joined() as session:
            await session.refresh()
            await session.export()
            assert states(session) == ["fresh"]
            assert session.notebook.runtime is RuntimeStatus.DISCONNECTED
        after = here.path.stat()

        assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)

    run(check())


def test_a_cell_runs_with_what_it_stands_on_and_nothing_behind(
    desk: Callable[..., Desk],
) -> None:
    async def check() -> None:
        here = desk()
        here.open("x = 20", "x + 1", ":behind")
        async with here.joined() as session:
            assert await session.queue_cell(code(session)[1].id)
            assert await session.wait_until_idle(SOON_S)
            await session.refresh()

            assert states(session) == ["evaluated", "evaluated", "fresh"]
            assert shown_text(code(session)[1].outputs) == "21\n"
            assert not code(session)[1].is_changed_since_evaluation

    run(check())


def test_states_told_by_diffs_are_those_of_the_page(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("x = 1", 'raise "no"', "x")
        async with here.joined() as session:
            await session.queue_all()
            await session.wait_until_idle(SOON_S)
            told = [it.state for it in session.notebook.cells]
            await session.refresh()

            assert told == [it.state for it in session.notebook.cells]
            assert states(session) == ["evaluated", "evaluated errored", "fresh"]

    run(check())


def test_an_edit_shows_by_the_digest_alone(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1 + 1", "2")
        async with here.joined() as session:
            await session.queue_all()
            await session.wait_until_idle(SOON_S)
            here.sync("1 + 2", "2")
            await session.wait_until(lambda _: code(session)[0].source == "1 + 2", SOON_S)

            assert states(session) == ["evaluated", "evaluated"]
            assert [it.is_changed_since_evaluation for it in code(session)] == [True, False]
            assert [it.is_outdated for it in code(session)] == [True, False]

    run(check())


def test_cells_that_come_go_and_move_are_read_from_the_page(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open(":a", ":b", ":c")
        async with here.joined() as session:
            first, second, _ = (it.id for it in code(session))
            here.sync(":b", ":new", ":a")
            await session.wait_until(
                lambda it: it.is_complete and any(c.source == ":new" for c in it.cells), SOON_S
            )
            await session.refresh()

            assert [it.source for it in code(session)] == [":b", ":new", ":a"]
            assert (code(session)[0].id, code(session)[2].id) == (second, first)

    run(check())


def test_revisions_are_reported_so_that_livebook_can_forget(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        async with here.joined() as session:
            here.sync("1 + 1")
            live = here.stand_in.live(here.path)
            assert live is not None
            async with asyncio.timeout(SOON_S):
                while live.reported != {code(session)[0].id: 1}:  # noqa: ASYNC110 — in a thread
                    await asyncio.sleep(0.01)

    run(check())


def test_looking_at_pages_renames_nobody(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        async with here.joined() as session:
            await session.refresh()
            await session.export()
            live = here.stand_in.live(here.path)

            assert live is not None
            assert live.client_names == ("livebook-ls",)

    run(check())


def test_stopping_a_running_cell_loses_the_values_of_all(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("x = 1", "Process.sleep(60000)", "x")
        async with here.joined() as session:
            await session.queue_all()
            await evaluating(session, 1)
            assert await session.cancel_cell(code(session)[1].id)

            assert states(session) == ["aborted", "aborted", "fresh"]
            assert not session.notebook.is_busy

    run(check())


def test_stopping_a_queued_cell_loses_nothing(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("Process.sleep(300)", "2", "3")
        async with here.joined() as session:
            await session.queue_all()
            await evaluating(session, 0)
            assert await session.cancel_cell(code(session)[1].id)
            assert await session.wait_until_idle(SOON_S)

            assert states(session) == ["evaluated", "fresh", "fresh"]

    run(check())


def test_compile_errors_come_with_their_lines(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("x = 1\nzzz + x")
        async with here.joined() as session:
            await session.queue_all()
            await session.wait_until_idle(SOON_S)
            (cell,) = code(session)

            found = [(it.line, it.description, it.severity) for it in cell.markers]
            assert found == [(1, 'undefined variable "zzz"', "error")]
            here.sync("x = 1")
            await session.queue_all()
            await session.wait_until_idle(SOON_S)
            assert code(session)[0].markers == ()

    run(check())


def test_doctests_are_reported_one_by_one(desk: Callable[..., Desk]) -> None:
    module = (
        'defmodule Doc do\n  @doc """\n      iex> Doc.one()\n      1\n\n'
        '      iex> Doc.one()\n      2\n  """\n  def one, do: 1\nend'
    )

    async def check() -> None:
        here = desk()
        here.open(module)
        async with here.joined() as session:
            await session.queue_all()
            await session.wait_until_idle(SOON_S)

            found = [(it.line, it.end_line, it.status.value) for it in code(session)[0].doctests]
            assert found == [(2, 2, "success"), (5, 6, "failed")]
            assert states(session) == ["evaluated"]

    run(check())


def test_images_come_as_bytes_and_texts_also_by_the_export(desk: Callable[..., Desk]) -> None:
    image = f'put.(%{{type: :image, content: Base.decode64!("{PNG}"), mime_type: "image/png"}})'

    async def check() -> None:
        here = desk()
        here.open(f'{image}\nIO.puts("text")')
        async with here.joined() as session:
            await session.queue_all()
            await session.wait_until_idle(SOON_S)
            assert not code(session)[0].are_outputs_current
            assert "```\ntext\n```" in await session.export()
            await session.refresh()

            shown = code(session)[0].outputs[0]
            assert isinstance(shown, ImageOutput)
            assert shown.content.startswith(b"\x89PNG")
            assert code(session)[0].are_outputs_current

    run(check())


@pytest.mark.parametrize(
    ("source", "flash"),
    [
        ("System.halt(0)", "Runtime terminated unexpectedly - no connection"),
        ('spawn_link(fn -> raise "x" end)', "Evaluation process terminated - "),
    ],
)
def test_why_all_values_are_lost_is_told(
    desk: Callable[..., Desk], source: str, flash: str
) -> None:
    async def check() -> None:
        here = desk()
        here.open("x = 1", source)
        async with here.joined() as session:
            await session.queue_all()
            event = await here.told(FlashShown)

            assert isinstance(event, FlashShown)
            assert event.flash.message.startswith(flash)
            assert states(session) == ["aborted", "aborted"]

    run(check())


def test_another_run_of_a_parent_makes_what_used_it_stale(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("x = 1", "x + 1", ":other")
        async with here.joined() as session:
            await session.queue_all()
            await session.wait_until_idle(SOON_S)
            here.sync("x = 2", "x + 1", ":other")
            await session.queue_cell(code(session)[0].id)
            await session.wait_until_idle(SOON_S)

            assert states(session) == ["evaluated", "stale", "evaluated"]

    run(check())


def test_what_another_client_runs_is_seen_the_same(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1", "2")
        async with here.joined() as session, here.joined() as other:
            await other.queue_all()
            await session.wait_until(
                lambda it: all(c.state.validity is Validity.EVALUATED for c in it.cells), SOON_S
            )

            assert states(session) == ["evaluated", "evaluated"]

    run(check())


def test_an_act_on_what_is_not_there_does_nothing_and_says_so(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        async with here.joined() as session:
            assert not await session.queue_cell("gone")
            assert not await session.queue_section("gone")
            assert not await session.cancel_cell(code(session)[0].id)

    run(check())


def test_the_runtime_is_connected_and_let_go_without_running_anything(
    desk: Callable[..., Desk],
) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        async with here.joined() as session:
            assert await session.connect_runtime()
            assert await session.wait_until(
                lambda it: it.runtime is RuntimeStatus.CONNECTED, SOON_S
            )
            assert states(session) == ["fresh"]
            assert await session.disconnect_runtime()
            assert session.notebook.runtime is RuntimeStatus.DISCONNECTED

    run(check())


def test_questions_about_code_are_answered(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("my_value = 1", "my")
        async with here.joined() as session:
            await session.queue_cell(code(session)[0].id)
            await session.wait_until_idle(SOON_S)
            cell = code(session)[1].id

            items, enum = await asyncio.gather(
                session.complete(cell, "my_va"), session.complete(cell, "Enum.ma")
            )
            assert not isinstance(items, Unanswered)
            assert not isinstance(enum, Unanswered)
            assert [it.label for it in items] == ["my_value"]
            assert [it.insert_text for it in enum] == ["map(${})"]
            details = await session.describe(cell, "Enum.map([], & &1)", 0)
            assert not isinstance(details, Unanswered)
            assert details is not None
            assert (details.start, details.end) == (0, 8)
            assert await session.describe(cell, "zzz", 1) is None
            signatures = await session.signatures(cell, "Enum.map([1], ")
            assert not isinstance(signatures, Unanswered)
            assert signatures is not None
            assert signatures.active_argument == 1
            assert await session.format_code(cell, "x   =  1") == "x = 1"
            assert await session.format_code(cell, "x = (") is None

    run(check())


def test_without_a_runtime_there_is_nobody_to_ask(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        async with here.joined() as session:
            cell = code(session)[0].id
            assert await session.complete(cell, "En") is Unanswered.NO_RUNTIME
            assert await session.describe(cell, "Enum", 1) is Unanswered.NO_RUNTIME
            assert await session.format_code(cell, "x  = 1") is Unanswered.NO_RUNTIME
            assert await session.complete("gone", "En") is Unanswered.NOT_CODE

    run(check())


@pytest.mark.slow
def test_an_answer_that_never_comes_is_not_waited_for(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        here.stand_in.faults = Faults(is_intellisense_silent=True)
        async with here.joined() as session:
            await session.queue_all()
            await session.wait_until_idle(SOON_S)

            cell = code(session)[0].id
            assert await session.complete(cell, "En") is Unanswered.NO_ANSWER

    run(check())


@pytest.mark.parametrize(
    "attribute",
    [
        "data-phx-session",
        "data-el-session",
        "csrf-token",
        "data-el-cell",
        "data-eval-validity",
        "data-p-evaluation-digest",
        'id="cell-setup"',
    ],
)
def test_a_page_that_lacks_something_is_refused_by_one_sentence(
    desk: Callable[..., Desk], attribute: str
) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        here.stand_in.faults = Faults(page_lacks=attribute)
        with pytest.raises(PageNotUnderstood) as caught:
            async with here.joined():
                pass

        assert caught.value.sentence.startswith("This Livebook's page is not understood: ")
        here.sync("2")

    run(check())


def test_a_refused_join_is_tried_once_more_and_then_given_up(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        here.stand_in.faults = Faults(is_join_stale=True)
        here.stand_in.clear_requests()
        with pytest.raises(NotLetIn):
            async with here.joined():
                pass

        pages = [it for it in here.stand_in.requests if it.target == here.session_path]
        assert len(pages) == 2

    run(check())


def test_a_connection_that_drops_again_while_it_is_made_is_made_all_the_same(
    desk: Callable[..., Desk],
) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        async with here.joined():
            # Each is asked for twice.
            here.stand_in.faults = Faults(reply=Reply.RESET, under=here.session_path, times=2)
            here.stand_in.drop_sockets()
            await here.told(ConnectionBack)
            assert not [it for it in here.events if isinstance(it, SessionEnded)]

    run(check())


@pytest.mark.fault(
    "network",
    "the socket of a joined session is cut",
    during="cells run",
    shows="nothing: states are read from the page again",
    recovers="by itself",
)
def test_a_dropped_connection_is_made_again(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        async with here.joined() as session:
            here.stand_in.drop_sockets()
            await here.told(ConnectionDown)
            if not session.is_connected:
                with pytest.raises(ConnectionLost):
                    await session.queue_all()
            await here.told(ConnectionBack)
            assert await session.queue_all()
            assert await session.wait_until_idle(SOON_S)
            assert states(session) == ["evaluated"]

    run(check())


def test_who_leaves_while_it_is_made_again_leaves_nothing_behind(
    desk: Callable[..., Desk],
) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        before = asyncio.all_tasks()
        async with here.joined():
            here.stand_in.drop_sockets()
            await here.told(ConnectionDown)
        assert asyncio.all_tasks() == before

    run(check())


def test_who_leaves_as_it_is_dropped_leaves_nothing_behind(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        before = asyncio.all_tasks()
        left: list[asyncio.Task[None]] = []

        def leave(event: LiveEvent) -> None:
            if isinstance(event, ConnectionDown):
                left.append(asyncio.create_task(session.leave()))
            here.events.append(event)

        session = await LiveSession.join(here.endpoint(), here.session_path, leave)
        here.stand_in.drop_sockets()
        await here.told(ConnectionDown)
        await left[0]
        assert asyncio.all_tasks() == before

    run(check())


def test_what_ends_while_it_is_joined_leaves_nothing_behind(
    desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        before = asyncio.all_tasks()

        async def dropped(*given: Any) -> Joined:
            joined = await join(*given)
            here.stand_in.drop_sockets()
            await asyncio.to_thread(until, lambda: joined.channel.is_over)
            return joined

        monkeypatch.setattr(connection, "join", dropped)
        with pytest.raises(ConnectionLost):
            await LiveSession.join(here.endpoint(), here.session_path, here.events.append)
        assert asyncio.all_tasks() == before

    run(check())


def test_a_restart_of_livebook_ends_the_session(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        async with here.joined() as session:
            await asyncio.to_thread(here.stand_in.restart)
            event = await here.told(SessionEnded)

            assert isinstance(event, SessionEnded)
            assert isinstance(event.reason, SessionGone)
            with pytest.raises(SessionGone):
                _ = session.notebook

    run(check())


def test_a_session_that_is_closed_ends(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        async with here.joined():
            await asyncio.to_thread(here.stand_in.close_session, here.path)
            event = await here.told(SessionEnded)

            assert isinstance(event, SessionEnded)
            assert isinstance(event.reason, SessionGone)

    run(check())


def test_a_session_that_died_in_silence_is_found_out_by_the_next_act(
    desk: Callable[..., Desk],
) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        async with here.joined() as session:
            here.stand_in.kill_session(here.path)
            assert session.is_connected
            with pytest.raises(SessionGone):
                await session.queue_all()
            await here.told(SessionEnded)

    run(check())


def test_whoever_waits_is_told_that_the_session_ended(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("Process.sleep(60000)")
        async with here.joined() as session:
            await session.queue_all()
            waiting = asyncio.create_task(session.wait_until_idle(SOON_S))
            await asyncio.to_thread(here.stand_in.close_session, here.path)
            with pytest.raises(SessionGone):
                await waiting

    run(check())


def test_there_is_no_joining_what_is_not_there(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.session_path = "/sessions/nonsense"
        with pytest.raises(SessionGone):
            async with here.joined():
                pass

    run(check())


@pytest.mark.parametrize("secret", ["token", "password"])
def test_a_secret_lets_us_in(desk: Callable[..., Desk], secret: str) -> None:
    async def check() -> None:
        here = desk(Access(**{secret: "right"}))
        here.open("1")
        async with here.joined(**{secret: "right"}) as session:
            await session.queue_all()
            await session.wait_until_idle(SOON_S)
            await session.refresh()
            assert "```\n1\n```" in await session.export()

        targets = [it.target for it in here.stand_in.requests]
        assert not any("right" in it for it in targets)

    run(check())


@pytest.mark.parametrize("secret", ["token", "password"])
def test_looks_at_the_same_time_log_in_once(desk: Callable[..., Desk], secret: str) -> None:
    async def check() -> None:
        here = desk(Access(**{secret: "right"}))
        here.open("1")
        async with here.joined(**{secret: "right"}) as session:
            await asyncio.gather(session.refresh(), *(session.export() for _ in range(6)))

        posts = [it for it in here.stand_in.requests if it.method == "POST"]
        # The participant's own, and that of who looks at pages.
        assert [it.target for it in posts if "authenticate" in it.target] == ["/authenticate"] * 2

    run(check())


def test_no_log_has_a_secret_or_a_word_of_the_notebook(
    desk: Callable[..., Desk], caplog: pytest.LogCaptureFixture
) -> None:
    secret = "s3cret"  # noqa: S105 — of the stand-in

    async def check() -> None:
        here = desk(Access(token=secret))
        here.open('IO.puts("pr1vate")')
        caplog.set_level(logging.DEBUG)
        async with here.joined(token=secret) as session:
            await session.queue_all()
            await session.wait_until_idle(SOON_S)
            await session.refresh()
            await session.export()
        ours = ("livebook_ls", "websockets.client")
        lines = [it.getMessage() for it in caplog.records if it.name.startswith(ours)]

        assert any(it.startswith("Joined a session") for it in lines)
        assert not any(word in it for it in lines for word in (secret, "pr1vate", "lb_", "csrf"))

    run(check())


@pytest.mark.fault(
    "livebook",
    "the password or token that was given is another",
    during="cells are run",
    sees="LoginRefused",
    recovers="once it is set",
)
@pytest.mark.parametrize("secret", ["token", "password"])
@pytest.mark.parametrize("given", ["", "wrong"])
def test_a_secret_that_is_missing_or_wrong_is_asked_for(
    desk: Callable[..., Desk], secret: str, given: str
) -> None:
    async def check() -> None:
        here = desk(Access(**{secret: "right"}))
        here.open("1")
        with pytest.raises(LoginRefused) as caught:
            async with here.joined(**{secret: given}):
                pass

        assert secret in caught.value.sentence
        assert given == "" or given not in caught.value.sentence

    run(check())


@pytest.mark.parametrize("base", ["", "/base"])
def test_a_base_path_is_not_part_of_the_routes_at_its_own_port(
    desk: Callable[..., Desk], base: str
) -> None:
    async def check() -> None:
        here = desk(Access(base_path="/base"))
        here.open("1")
        assert here.session_path.startswith("/base/sessions/")
        async with here.joined(base=base) as session:
            assert len(code(session)) == 1
            await session.refresh()

    run(check())


@pytest.mark.parametrize("text", ["x = 2", "x = 1\ny = 😀 + 1", "", "z" * 100_000])
def test_a_cell_is_given_another_text(desk: Callable[..., Desk], text: str) -> None:
    async def check() -> None:
        here = desk()
        here.open("x = 1", "x + 1")
        async with here.joined() as session, here.joined() as other:
            cell = code(session)[0]
            assert await session.replace_source(cell.id, text)
            assert code(session)[0].source == text
            assert await other.wait_until(lambda _: code(other)[0].source == text, SOON_S)
            assert await session.replace_source(cell.id, text + " # more")
            assert other.typed
            assert not session.typed
        held = here.stand_in.session(here.path)
        assert held is not None
        assert f"{text} # more" in held.text

    run(check())


def test_a_cell_that_is_gone_is_given_no_text(desk: Callable[..., Desk]) -> None:
    async def check() -> None:
        here = desk()
        here.open("1")
        async with here.joined() as session:
            assert not await session.replace_source("gone", "2")

    run(check())
