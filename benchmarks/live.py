"""How long a session's page takes to read, and joining and running over a bare socket client.

Run it as `python benchmarks/live.py [CELLS…]`: against the stand-in, whose own share is in the
figures of both clients. Every figure is the median of several runs.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1]))

from websockets.asyncio.client import ClientConnection, connect

from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.livebook.live.identity import Identity
from livebook_ls.livebook.live.page.session_page import read_page
from livebook_ls.livebook.live.session import LiveSession
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.session import Timing
from livebook_ls.standin.settings import StandInSettings

RUNS = 15
RECORDED = Path(__file__).parents[2] / "shared" / "livebook" / "live" / "pages"


def main() -> None:
    """Print the figures."""
    _pages()
    for cells in [int(it) for it in sys.argv[1:]] or [1, 50, 500]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "n.livemd"
            _write(path, cells)
            joined_ms, *runs = asyncio.run(_session(path))
        ours, bare = map(statistics.median, runs)
        print(
            f"{cells:4} cells: joined in {joined_ms:.0f} ms; 1 + 1 with its text {ours:.1f} ms, "
            f"a bare client until its end {bare:.1f} ms"
        )


def _pages() -> None:
    for path in sorted(RECORDED.glob("*.html")):
        html = path.read_text(encoding="utf-8")
        took_s = statistics.median(_timed(html) for _ in range(RUNS))
        print(f"{path.stem:30} {took_s * 1000:6.1f} ms  {len(html) / took_s / 1e6:5.1f} MB/s")


def _timed(html: str) -> float:
    began_s = time.process_time()
    read_page(html)
    return time.process_time() - began_s


def _write(path: Path, cells: int) -> None:
    fenced = "\n\n".join(f"```elixir\n{number} + 1\n```" for number in range(cells))
    path.write_text(f"# N\n\n## S\n\n{fenced}\n", encoding="utf-8")


async def _session(path: Path) -> tuple[float, list[float], list[float]]:
    """Milliseconds of a join, of our runs, and of a bare client's."""
    with StandIn(StandInSettings(timing=Timing(autosave_s=600))) as stand_in:
        endpoint = Endpoint(stand_in.url, "here")
        livebook = Livebook(endpoint)
        session_path = livebook.open(str(path))
        began_s = time.perf_counter()
        session = await LiveSession.join(endpoint, session_path, lambda _: None)
        joined_ms = (time.perf_counter() - began_s) * 1000
        cell = session.notebook.cells[1].id
        socket, topic = await _bare(endpoint, session_path)
        ours, bare = [], []
        for _ in range(RUNS):
            ours.append(await _run_ours(session, cell))
            await _drain(socket)
            bare.append(await _run_bare(socket, topic, cell))
        await socket.close()
        await session.leave()
        livebook.close()
    return joined_ms, ours, bare


async def _bare(endpoint: Endpoint, session_path: str) -> tuple[ClientConnection, str]:
    identity = Identity(endpoint)
    keys = read_page(identity.page(session_path)).keys
    query = urlencode({"_csrf_token": keys.csrf_token, "vsn": "2.0.0"})
    socket = await connect(
        f"ws{identity.root.removeprefix('http')}/live/websocket?{query}",
        additional_headers={"Cookie": identity.cookies},
        proxy=None,
        max_size=None,
        compression=None,
    )
    url = f"{identity.root}{session_path}"
    payload = {"url": url, "params": {}, "session": keys.session, "static": keys.static}
    await socket.send(json.dumps(["1", "1", keys.topic, "phx_join", payload]))
    await socket.recv()
    identity.close()
    return socket, keys.topic


async def _drain(socket: ClientConnection) -> None:
    try:
        while True:
            await asyncio.wait_for(socket.recv(), 0.02)
    except TimeoutError:
        return


async def _run_ours(session: LiveSession, cell: str) -> float:
    began_s = time.perf_counter()
    await session.queue_cell(cell)
    await session.wait_until_idle(10)
    await session.export()
    return (time.perf_counter() - began_s) * 1000


async def _run_bare(socket: ClientConnection, topic: str, cell: str) -> float:
    value: dict[str, Any] = {"event": "queue_cell_evaluation", "value": {"cell_id": cell}}
    began_s = time.perf_counter()
    await socket.send(json.dumps(["1", "2", topic, "event", {"type": "hook", **value}]))
    while f"evaluation_finished:{cell}" not in str(await socket.recv()):
        pass
    return (time.perf_counter() - began_s) * 1000


if __name__ == "__main__":
    main()
