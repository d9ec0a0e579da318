"""Running the hook as an agent does: a payload in, and what comes out."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from livebook_ls.agents.answers.channels import HookAnswer
from livebook_ls.agents.hook_run import hear
from tests.support.fork_server.program import quick_program
from tests.support.places import ROOT

PAYLOADS = ROOT / "tests" / "agents" / "payloads"
NAMES = sorted(it.stem for it in PAYLOADS.glob("*.json"))
# Longer than an agent would wait: a test's machine may be busy.
HOOK = ("hook", "--within", "60")
PROGRAM = (sys.executable, "-m", "livebook_ls", *HOOK)


def payload(name: str, folder: Path, **changes: Any) -> bytes:
    """The payload of that name for an agent that works in `folder`."""
    text = (PAYLOADS / f"{name}.json").read_text(encoding="utf-8")
    # As JSON has it: a path on Windows has backslashes.
    value = json.loads(text.replace("{folder}", json.dumps(str(folder))[1:-1]))
    data = json.dumps(value | changes).encode()
    return b"\xef\xbb\xbf" + data if name.startswith("cursor") else data


def run(
    data: bytes, environ: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        (*quick_program(environ), *HOOK, *arguments),
        input=data,
        capture_output=True,
        env=environ,
        check=False,
    )


def run_here(
    data: bytes, environ: dict[str, str], runs_for_s: float | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The same without a process, which takes longer than all the rest."""
    ends_s = time.monotonic() + 60.0
    runs_until_s = None if runs_for_s is None else ends_s + runs_for_s
    heard = hear(data, None, environ, ends_s, runs_until_s)
    answer = heard.answer or HookAnswer()
    out, err = answer.stdout.encode(), answer.stderr.encode()
    return subprocess.CompletedProcess((), answer.code, out, err)


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    """What the model reads, by whichever channel."""
    if done.returncode == 2:
        return done.stderr.decode()
    if not done.stdout:
        return ""
    answer = json.loads(done.stdout)
    specific = answer.get("hookSpecificOutput", {})
    keys = ("additional_context", "followup_message", "reason")
    found = [specific.get("additionalContext"), *(answer.get(key) for key in keys)]
    return "".join(it for it in found if it)
