"""Two steps, killed at random moments: `python -m tests.support.step_kills [TIMES [SEED]]`.

After each death the next `livebook-ls sync` must leave file and session with every heading.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from subprocess import DEVNULL, PIPE

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.sessions.session import Timing
from tests.support.agent_hooks import PROGRAM as HOOK
from tests.support.agent_hooks import payload
from tests.support.command import PROGRAM

BEFORE = "# Note\n\n## One\n\n```elixir\n1\n```\n\n## Two\n\n```elixir\n2\n```\n"
AFTER = BEFORE.replace("## One", "## Zero\n\n```elixir\n0\n```\n\n## One")
# What is synced first, so that all of it arrives.
HALFWAY = "# Note\n\n## Zero\n\n```elixir\n0\n```\n\n```elixir\n1\n```\n\n```elixir\n2\n```\n"
SERVER = (*PROGRAM, "--stdio")
_LONGEST_S = 0.7


def killed_once(livebook: StandIn, folder: Path, chance: random.Random) -> str:
    """Kill a server soon after a save that needs two steps; what went wrong, else nothing."""
    path = folder / "n.livemd"
    path.write_text(BEFORE, encoding="utf-8")
    environ = dict(os.environ) | {
        "LIVEBOOK_URL": livebook.url,
        "XDG_STATE_HOME": str(folder / "state"),
    }
    editor = Editor(SERVER, environ=environ, settings={"twoStepSync": "auto"})
    uri = editor.open(path)
    editor.wait_for_state(uri, "inSync")
    # Else Livebook's first save of the session may land over the text, which nobody knows then.
    editor.wait_for(lambda: (it := livebook.session(path)) and it.saves, "the first write-back")
    livebook.wait_settled()
    editor.save(uri, path, AFTER)
    time.sleep(chance.uniform(0.0, _LONGEST_S))
    editor.process.kill()
    editor.process.wait()
    editor.close()
    if chance.random() < 0.5:
        # Without leave for two steps it may say that the text is held, but loses nothing.
        subprocess.run((*PROGRAM, "sync", path), env=environ, capture_output=True, check=False)
        livebook.wait_settled()
        if path.read_text(encoding="utf-8") != AFTER:
            return f"on disk after a sync: {path.read_text(encoding='utf-8')!r}"
    return _unfinished(livebook, path, environ)


def killed_hook_once(livebook: StandIn, folder: Path, chance: random.Random) -> str:
    """Kill a hook soon after an edit that needs two steps; what went wrong, else nothing."""
    path = folder / "n.livemd"
    path.write_text(BEFORE, encoding="utf-8")
    environ = dict(os.environ) | {
        "LIVEBOOK_URL": livebook.url,
        "XDG_STATE_HOME": str(folder / "state"),
    }

    def hook(name: str) -> subprocess.Popen[bytes]:
        data = payload(name, folder, tool_input={"file_path": str(path)}, cwd=str(folder))
        process = subprocess.Popen(HOOK, env=environ, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL)
        assert process.stdin is not None
        process.stdin.write(data)
        process.stdin.close()
        return process

    hook("claude_before_edit").wait()
    livebook.wait_settled()
    path.write_text(AFTER, encoding="utf-8")
    process = hook("claude_after_edit")
    time.sleep(chance.uniform(0.0, 2 * _LONGEST_S))
    process.kill()
    process.wait()
    return _unfinished(livebook, path, environ)


def _unfinished(livebook: StandIn, path: Path, environ: dict[str, str]) -> str:
    """What an editor that comes next doesn't bring to its end, else nothing."""
    with Editor(SERVER, environ=environ, settings={"twoStepSync": "auto"}) as editor:
        uri = editor.open(path)
        try:
            editor.wait_for_state(uri, "inSync")
        except TimeoutError:
            return f"told {editor.statuses.get(uri)}"
    livebook.wait_settled()
    session = livebook.session(path)
    on_disk = path.read_text(encoding="utf-8")
    if on_disk != AFTER:
        return f"on disk: {on_disk!r}"
    return "" if session and session.text == AFTER else f"in the session: {session}"


def kill_once(chance: random.Random) -> str:
    """Kill a server or a hook with a Livebook that writes now sooner, now later; what went wrong,
    else nothing.
    """
    timing = Timing(autosave_s=0.5, save_s=chance.choice((0.005, 0.05, 0.3, 0.6)))
    kill = chance.choice((killed_once, killed_hook_once))
    with (
        StandIn(StandInSettings(timing=timing)) as livebook,
        tempfile.TemporaryDirectory() as folder,
    ):
        problem = kill(livebook, Path(folder), chance)
    return f"{kill.__name__}, saves after {timing.save_s} s: {problem}" if problem else ""


def main(times: int, seed: int = 7) -> int:
    """Kill so often, and say what went wrong."""
    chance = random.Random(seed)  # noqa: S311 — a test's dice
    problems = [it for _ in range(times) if (it := kill_once(chance))]
    print(f"{times} kills, {len(problems)} went wrong", *problems, sep="\n")
    return min(1, len(problems))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:] or ("500",))))
