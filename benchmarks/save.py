"""How long a save takes to reach Livebook, beside a bare request and a `curl` process.

Run it as `python benchmarks/save.py`; medians in milliseconds of one run, so compare the ratios.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn

ROUNDS = 40
CELLS = "".join(f"\n```elixir\nx{n} = {n}\n```\n" for n in range(10))
TEXT = "# Note\n\n## Section\n" + CELLS


def main() -> None:
    """Measure all three in turn and print them."""
    with tempfile.TemporaryDirectory() as folder, StandIn() as livebook:
        path = Path(folder) / "note.livemd"
        path.write_text(TEXT, encoding="utf-8")
        environ = dict(os.environ) | {"LIVEBOOK_URL": livebook.url}
        with Editor((sys.executable, "-m", "livebook_ls", "--stdio"), environ=environ) as editor:
            uri = editor.open(path)
            editor.wait_for_state(uri, "inSync")
            livebook.wait_settled()

            def save(number: int) -> None:
                text = TEXT.replace("x0 = 0", f"x0 = {number}")
                editor.change(uri, text)
                path.write_text(text, encoding="utf-8")
                editor.save(uri, path)

            saves = measure(livebook, save, pause_s=0.5)
        connection = http.client.HTTPConnection("127.0.0.1", livebook.port)
        body = json.dumps({"file": str(path)})
        headers = {"content-type": "application/json"}

        def post(_: int) -> None:
            connection.request("POST", "/dev/sync", body, headers)
            connection.getresponse().read()

        bare = measure(livebook, post, pause_s=0.05)
        report("save: didSave written, to the request's arrival", saves)
        report("bare keep-alive POST", bare)
        if curl := shutil.which("curl"):
            command = [curl, "-s", "-d", body, "-H", "content-type: application/json"]
            command.append(f"{livebook.url}/dev/sync")
            report("curl process", measure(livebook, lambda _: run(command), pause_s=0.05))


def run(command: list[str]) -> None:
    """Run a program to its end."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 — curl, by its path


def measure(livebook: StandIn, act: Callable[[int], None], pause_s: float) -> list[float]:
    """Milliseconds from each act to the arrival of the first sync that it causes."""
    found = []
    for number in range(1, ROUNDS + 1):
        livebook.clear_requests()
        began = time.monotonic()
        act(number)
        while not any(it.target == "/dev/sync" for it in livebook.requests):
            time.sleep(0.0005)
        first = next(it for it in livebook.requests if it.target == "/dev/sync")
        found.append((first.began_s - began) * 1000)
        time.sleep(pause_s)
    return found


def report(what: str, found: list[float]) -> None:
    """Print one row."""
    print(f"{what:48} median {statistics.median(found):7.2f}  min {min(found):7.2f}")


if __name__ == "__main__":
    main()
