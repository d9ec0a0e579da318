"""What `livebook-ls hook` costs with nothing to do, as a ratio to `python -c pass`.

Run it as `python benchmarks/hook.py`, with the interpreter that has livebook-ls installed. Each
round times all of them in turn, so that a busy machine strikes all alike; the last row has
something to do, with a stand-in for Livebook.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from livebook_ls.standin.server import StandIn

ROUNDS = 30
TEXT = "# Note\n\n## Section\n\n```elixir\n1 + 1\n```\n"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, StandIn() as livebook:
        folder = Path(name).resolve()
        environ = dict(os.environ)
        environ |= {"LIVEBOOK_URL": livebook.url, "XDG_CACHE_HOME": str(folder / "cache")}
        rows = {
            "nothing on stdin": b"",
            "an edit of another file": payload(folder, "Edit", folder / "code.ex"),
            "a shell command that changed no notebook": payload(folder, "Bash", folder),
        }
        note = folder / "note" / "note.livemd"
        note.parent.mkdir()
        found: dict[str, list[float]] = {}
        for number in range(ROUNDS):
            bare = timed((sys.executable, "-c", "pass"), b"", environ)
            for what, data in rows.items():
                found.setdefault(what, []).append(timed(program(), data, environ) / bare)
            note.write_text(TEXT.replace("1 + 1", f"1 + {number}"), encoding="utf-8")
            edit = payload(note.parent, "Edit", note)
            found.setdefault("an edit of a notebook, synced", []).append(
                timed(program(), edit, environ) / bare
            )
            note.unlink()
    for what, ratios in found.items():
        print(f"{what:44} median {statistics.median(ratios):6.2f}  max {max(ratios):6.2f}")


def program() -> tuple[str, ...]:
    """The program as an agent starts it."""
    script = Path(sys.executable).with_name("livebook-ls")
    return (
        (str(script), "hook") if script.exists() else (sys.executable, "-m", "livebook_ls", "hook")
    )


def payload(folder: Path, tool: str, path: Path) -> bytes:
    """What an agent says after a tool call."""
    call = {"hook_event_name": "PostToolUse", "cwd": str(folder), "tool_name": tool}
    return json.dumps(call | {"tool_input": {"file_path": str(path)}}).encode()


def timed(command: tuple[str, ...], data: bytes, environ: dict[str, str]) -> float:
    """How long a process takes from its start to its end, in seconds."""
    began = time.perf_counter()
    subprocess.run(command, input=data, env=environ, capture_output=True, check=True)  # noqa: S603 — ourselves
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
