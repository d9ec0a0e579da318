"""Every recorded exchange: the server's side of it said again, ours by our own client."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.live.diffs import DiffReader
from livebook_ls.livebook.live.outputs import TextOutput
from livebook_ls.livebook.live.page.session_page import read_page
from livebook_ls.livebook.live.phoenix.channel import Channel
from livebook_ls.livebook.live.phoenix.frames import ChannelEnd, Payload
from livebook_ls.livebook.live.session_state import SessionState
from livebook_ls.livebook.live.sources import Sources
from tests.livebook.live.recordings import named, needs_recordings, page_of, transcripts

pytestmark = needs_recordings

OUTPUT = re.compile(r'<!-- livebook:\{"output":true\} -->\n\n(`{3,})\n(.*?)\n?\1\n', re.DOTALL)
EXCHANGES = transcripts()
FRAMES = [it for it in EXCHANGES if any(step["dir"] == "ws>" for step in it["steps"])]
# These nobody needs to answer, or a client sends them by itself.
OURSELVES = ("heartbeat", "phx_leave")


class Again:
    """A server that says what was said, with the references of who asks now."""

    def __init__(self, steps: list[dict[str, Any]]) -> None:
        self._steps = [it for it in steps if it["dir"] in ("ws>", "ws<")]
        self._refs: dict[str, str] = {}

    async def serve(self, connection: ServerConnection) -> None:
        for step in self._steps:
            frame = step["msg"]
            if step["dir"] == "ws>":
                if frame[3] not in OURSELVES:
                    asked = json.loads(await connection.recv())
                    self._refs[frame[1]] = asked[1]
            elif frame[2] != "phoenix" and not self._is_ours(frame):
                await connection.send(json.dumps(self._renamed(frame)))
        await connection.close(1000)

    def _is_ours(self, frame: list[Any]) -> bool:
        """A reply to what isn't asked here."""
        return frame[3] == "phx_reply" and frame[1] not in self._refs

    def _renamed(self, frame: list[Any]) -> list[Any]:
        join_ref, ref, _, event, payload = frame
        names = [self._refs.get(it, it) for it in (join_ref, ref)]
        return [*names, "topic", event, payload]


async def played(exchange: dict[str, Any]) -> tuple[list[tuple[str, Payload]], list[Any]]:
    """What came unasked, and what each of our frames was answered or came to."""
    received: list[tuple[str, Payload]] = []
    ended: asyncio.Future[ChannelEnd] = asyncio.get_running_loop().create_future()
    async with serve(Again(exchange["steps"]).serve, "127.0.0.1", 0, max_size=None) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"127.0.0.1:{port}"
        channel = Channel("topic", lambda *it: received.append(it), ended.set_result)
        await channel.open(f"ws://{url}", read_address(url, "here"), "")
        asked = [it["msg"] for it in exchange["steps"] if it["dir"] == "ws>"]
        answers = [await answer(channel, it) for it in asked if it[3] not in OURSELVES]
        if not answers or not isinstance(answers[-1], LivebookError):
            await asyncio.wait_for(ended, 120)
        await channel.close()
    return received, answers


async def answer(channel: Channel, frame: list[Any]) -> Any:
    *_, event, payload = frame
    try:
        if event == "phx_join":
            return await channel.join(payload, 5)
        return await channel.push(payload["event"], payload["value"], 5)
    except LivebookError as error:
        return error


def is_whole(exchange: dict[str, Any]) -> bool:
    """Recorded from the first frame to the last, on one connection, none of them cut."""
    steps = exchange["steps"]
    joins = [it for it in steps if it["dir"] == "ws>" and it["msg"][3] == "phx_join"]
    crashes = [it for it in steps if it["dir"] == "ws<" and it["msg"][3] == "phx_error"]
    others = re.search("client B|two clients", exchange["setup"])
    waits = others or exchange["name"] == "join-twice-on-one-socket"
    return len(joins) <= 1 and not crashes and not waits


@pytest.mark.parametrize(
    "exchange", [it for it in FRAMES if is_whole(it)], ids=lambda it: it["name"]
)
def test_what_was_said_is_taken_in(exchange: dict[str, Any]) -> None:
    received, answers = asyncio.run(played(exchange))

    said = [it["msg"] for it in exchange["steps"] if it["dir"] == "ws<"]
    told = [it[3] for it in said if it[3] in ("diff", "live_redirect", "redirect")]
    assert [event for event, _ in received] == told[: len(received)]
    refused = [it for it in answers if isinstance(it, LivebookError)]
    assert len(received) == len(told) or refused


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda it: it["name"])
def test_every_cell_that_a_page_shows_is_read(exchange: dict[str, Any]) -> None:
    for step in exchange["steps"]:
        # Outputs that were cut while recording end within an element.
        if (
            step["dir"] == "http<"
            and step.get("cells")
            and "[cut," not in json.dumps(step["cells"])
        ):
            cells = read_page(page_of(step["cells"])).cells

            assert [it.language for it in cells] == [it["language"] for it in step["cells"]]


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda it: it["name"])
def test_texts_of_outputs_are_those_of_the_export(exchange: dict[str, Any]) -> None:
    """Where outputs are texts alone, and neither cut nor with control characters."""
    page = export = None
    for step in exchange["steps"]:
        if step["dir"] == "http<" and step.get("cells"):
            page = step
        elif step["dir"] == "http<" and step.get("content_type") == "text/plain" and page:
            export = step["body"]
    if page is None or export is None or "cut," in json.dumps(page["cells"]) + export:
        pytest.skip("no page and export of the same moment")
    outputs = [
        output
        for cell in read_page(page_of(page["cells"])).cells
        if not cell.is_setup
        for output in cell.outputs
    ]
    if not all(isinstance(it, TextOutput) for it in outputs) or "kind" in exchange["name"]:
        pytest.skip("it shows more than texts")
    if "control" in exchange["name"]:
        pytest.skip("what is raw there is filtered here")

    texts = [it.text.rstrip("\n") for it in outputs if isinstance(it, TextOutput)]
    assert texts == [found[1].rstrip("\n") for found in OUTPUT.findall(export)]


def test_events_are_all_known_by_name() -> None:
    known = {
        "session_init",
        "cell_editor_init",
        "cell_delta",
        "cell_deleted",
        "section_deleted",
        "evaluation_finished",
        "doctest_report",
        "intellisense_response",
        "erase_outputs",
        # What other people do, which is no concern of ours.
        "client_joined",
        "client_left",
        "clients_updated",
        "cell_acknowledgement",
    }
    names = {
        event[0].split(":")[0]
        for exchange in EXCHANGES
        for step in exchange["steps"]
        if step["dir"] == "ws<" and isinstance(step["msg"][4], dict)
        for event in step["msg"][4].get("e") or ()
    }

    assert names <= known


def test_states_of_a_run_come_out_of_its_diffs() -> None:
    reader = DiffReader()
    told: list[str] = []
    for step in named("run-with-whole-diffs")["steps"]:
        if step["dir"] == "ws<":
            payload = step["msg"][4]
            news = reader.read(payload.get("response", {}).get("rendered", payload))
            told.extend(
                f"{cell_id[:5]} {change.status.value}"
                for cell_id, change in news.cells.items()
                if change.status is not None
            )

    assert told[4:8] == ["setup queued", "uhnt5 queued", "atv6l queued", "kckyo queued"]
    assert told[8:] == [
        "setup evaluating",
        "setup ready",
        "uhnt5 evaluating",
        "uhnt5 ready",
        "atv6l evaluating",
        "atv6l ready",
        "kckyo evaluating",
        "kckyo ready",
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("system-halt", "Runtime terminated unexpectedly - no connection"),
        (
            "spawned-process-crashes",
            'Evaluation process terminated - {%RuntimeError{message: "in child"}, []}',
        ),
    ],
)
def test_why_values_are_lost_is_read_from_the_message_shown(name: str, message: str) -> None:
    reader = DiffReader()
    diffs = [it["msg"][4] for it in named(name)["steps"] if it["dir"] == "ws<"]

    assert [it.message for diff in diffs for it in reader.read(diff).flashes] == [message]


def test_a_change_in_the_file_arrives_as_a_change_of_the_source() -> None:
    sources = Sources()
    exchange = named("sync-delta-counts-utf16")
    events = [
        event
        for step in exchange["steps"]
        if step["dir"] == "ws<" and isinstance(step["msg"][4], dict)
        for event in step["msg"][4].get("e") or ()
    ]
    cell_id = events[0][0].split(":")[1]
    before = 'a = "😀x"\n😀'
    sources.take(f"cell_editor_init:{cell_id}:primary", {"source": before, "revision": 0})
    for name, payload in events:
        sources.take(name, payload)

    assert sources.unreported() == ((cell_id, 1),)


def test_joining_after_errors_tells_of_them() -> None:
    steps = named("join-after-errors")["steps"]
    page = next(it for it in steps if it["dir"] == "http<" and it.get("cells"))
    rendered = next(
        it["msg"][4]["response"]["rendered"]
        for it in steps
        if it["dir"] == "ws<" and it["msg"][3] == "phx_reply"
    )
    cells = SessionState(read_page(page_of(page["cells"])), rendered).notebook.cells

    assert {marker.severity for it in cells for marker in it.markers} == {"warning", "error"}
    assert any(it.doctests for it in cells)


@pytest.mark.parametrize(
    "name", ["sync-edit-one-cell", "sync-edit-markdown", "sync-rename-section", "sync-delete-cell"]
)
def test_each_sync_is_told_to_be_unsaved_and_then_saved(name: str) -> None:
    reader = DiffReader()
    steps = named(name)["steps"]
    diffs = [it["msg"][4] for it in steps if it["dir"] == "ws<" and it["msg"][3] == "diff"]
    told = [reader.read(it).has_saved for it in diffs]

    assert [it for it in told if it is not None] == [False, True]
