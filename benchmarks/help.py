"""How long help with code takes in an editor: from a request to its answer, over the protocol.

Run it as `python benchmarks/help.py [URL]`: with the session of a real Livebook at URL, else with
the stand-in's, and with the Elixir on the PATH. A client of the session's socket alone asks the
same in turn. Milliseconds of one run, so compare the ratios; what Elixir itself takes is in
`code_help.py`.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.livebook.live.session import LiveSession
from livebook_ls.standin import StandIn
from livebook_ls.standin.editor import Editor, Json

ROUNDS = 100
TYPED = "Enum.map([1], fn x -> x end) |> " * 10
CELLS = "".join(f"\n```elixir\nx{n} = Enum.map(1..3, & &1)\n```\n" for n in range(20))
NOTEBOOK = f"# Note\n\n## Section\n\nProse here.\n{CELLS}\n```elixir\nEnum.ma\n```\n"
PROSE = {"line": 4, "character": 5}
CODE = {"line": NOTEBOOK.count("\n") - 2, "character": len("Enum.ma")}


def main() -> None:
    """Print the figures."""
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else stack.enter_context(StandIn()).url
        own = stack.enter_context(opened(folder, url, helps=True))
        by_the_text(own, Path(folder) / "own.livemd")
        session = stack.enter_context(opened(folder, url, helps=False))
        path = Path(folder) / "session.livemd"
        path.write_text(NOTEBOOK, encoding="utf-8")
        asyncio.run(by_the_session(session, path, url))


def opened(folder: str, url: str, *, helps: bool) -> Editor:
    """An editor with a server, beside which there is an Elixir or none."""
    environ = os.environ | {"LIVEBOOK_URL": url, "XDG_STATE_HOME": folder}
    command = (sys.executable, "-m", "livebook_ls", "--stdio")
    return Editor(command, environ=environ, settings={"languageHelp": helps})


def by_the_text(editor: Editor, path: Path) -> None:
    """Answers where no session is joined, and how a save goes while somebody types."""
    path.write_text(NOTEBOOK, encoding="utf-8")
    uri = editor.open(path)

    def ask(method: str, place: Json) -> Json:
        asked = {"textDocument": {"uri": uri}, "position": place}
        return editor.request(f"textDocument/{method}", asked)

    editor.wait_for(lambda: ask("completion", CODE)["items"], "the helper")
    report("prose, completion", lambda: ask("completion", PROSE))
    report("own Elixir, completion", lambda: ask("completion", CODE))
    report("own Elixir, hover", lambda: ask("hover", CODE))
    report("own Elixir, signature", lambda: ask("signatureHelp", CODE))
    saving = {"textDocument": {"uri": uri}, "reason": 1}
    quiet = timed(lambda: editor.request("textDocument/willSaveWaitUntil", saving))
    for count in range(1, len(TYPED[:300]) + 1):
        editor.change(uri, NOTEBOOK.replace("Enum.ma\n", f"{TYPED[:count]}\n"))
        place = {"line": CODE["line"], "character": count}
        asked = {"textDocument": {"uri": uri}, "position": place}
        # A request whose answer nobody waits for, as while one types on.
        editor._send({"id": 10**6 + count, "method": "textDocument/completion", "params": asked})
    busy = timed(lambda: editor.request("textDocument/willSaveWaitUntil", saving))
    print(f"a save's question: {quiet:.1f}, behind 300 typed characters {busy:.1f}")


async def by_the_session(editor: Editor, path: Path, url: str) -> None:
    """Answers of a session, and the same to a client of its socket alone, in turns."""
    uri = editor.open(path)
    editor.command("livebook.open", {"uri": uri})
    editor.wait_for_state(uri, "inSync")
    editor.command("livebook.startRuntime", {"uri": uri})
    asked = {"textDocument": {"uri": uri}, "position": CODE}
    ask = lambda: editor.request("textDocument/completion", asked)  # noqa: E731
    editor.wait_for(lambda: ask()["items"], "the session")
    endpoint = read_address(url, "here")
    livebook = Livebook(endpoint)
    session_path = await asyncio.to_thread(livebook.open, str(path))
    livebook.close()
    session = await LiveSession.join(endpoint, session_path, lambda _: None)
    cell_id = session.notebook.cells[-1].id
    ours, bare = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await session.complete(cell_id, "Enum.ma")
        bare.append(1000 * (time.perf_counter() - began))
        ours.append(await asyncio.to_thread(timed, ask))
    await session.leave()
    row("session, completion", ours)
    row("session, a bare client", bare)


def report(name: str, ask: Callable[[], object]) -> None:
    """Ask once to warm up, then often, and print a row."""
    ask()
    row(name, [timed(ask) for _ in range(ROUNDS)])


def row(name: str, found: list[float]) -> None:
    """Print the median and the 95th percentile."""
    p95 = sorted(found)[int(len(found) * 0.95) - 1]
    print(f"{name:26} median {statistics.median(found):7.2f}  p95 {p95:7.2f}")


def timed(ask: Callable[[], object]) -> float:
    """How long an answer takes, in milliseconds."""
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
