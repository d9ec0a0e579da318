"""`hook --self-test`: a stand-in Livebook, an agent's payloads, and a session that follows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from livebook_ls.standin.server import StandIn

_BEFORE = "# Self-test\n\n## Section\n\n```elixir\n1 + 1\n```\n"
_AFTER = _BEFORE.replace("1 + 1", "2 + 2")
_BROKEN = _AFTER.removesuffix("```\n")
# A busy machine proves the chain as well; an agent would not be kept waiting so long.
_TIMEOUT_S = 60.0


class _NotProvenError(Exception):
    """A link of the chain that does not hold."""


def run() -> int:
    """Prove the chain link by link; 1 where one does not hold."""
    with (
        tempfile.TemporaryDirectory() as folder,
        StandIn() as livebook,
    ):
        proof = _Proof(livebook, Path(folder).resolve())
        try:
            proof.run()
        except (_NotProvenError, subprocess.TimeoutExpired) as error:
            print(f"FAILED: {error}")
            return 1
    print("The chain holds: payload, hook, sync, session, answer.")
    return 0


class _Proof:
    """One run, with a notebook of its own."""

    def __init__(self, livebook: StandIn, folder: Path) -> None:
        self.livebook = livebook
        self.folder = folder
        self.path = folder / "proof.livemd"
        self.environ = {k: v for k, v in os.environ.items() if not k.startswith("LIVEBOOK")}
        self.environ |= {"LIVEBOOK_URL": livebook.url, "XDG_CACHE_HOME": str(folder / "cache")}

    def run(self) -> None:
        self.path.write_text(_BEFORE, encoding="utf-8")
        done = self.hook("PreToolUse")
        self.require(self.held() == _BEFORE, "no session was opened before the edit", done)
        print("before an edit: the session is open")

        self.path.write_text(_AFTER, encoding="utf-8")
        written_ns = self.path.stat().st_mtime_ns
        done = self.hook("PostToolUse")
        self.livebook.wait_settled()
        self.require(self.held() == _AFTER, "the session did not follow the edit", done)
        same = self.path.stat().st_mtime_ns == written_ns
        self.require(same, "the file is not as the agent left it", done)
        print("after an edit: the session holds it, and the file is as the agent left it")

        self.path.write_text(_BROKEN, encoding="utf-8")
        done = self.hook("PostToolUse")
        self.livebook.wait_settled()
        self.require(self.held() == _AFTER, "a broken notebook was sent", done)
        is_told = done.returncode == 2 and b"unclosed-fence" in done.stderr
        self.require(is_told, "the model was not told that the notebook is broken", done)
        print(f"after an edit that breaks it: {done.stderr.decode().strip()}")

    def hook(self, event: str) -> subprocess.CompletedProcess[bytes]:
        """Run the hook as Claude Code does."""
        payload = {
            "session_id": "self-test",
            "cwd": str(self.folder),
            "hook_event_name": event,
            "tool_name": "Write",
            "tool_input": {"file_path": str(self.path), "content": ""},
        }
        return subprocess.run(  # noqa: S603 — ourselves
            [sys.executable, "-m", "livebook_ls", "hook", "--within", str(_TIMEOUT_S / 2)],
            input=json.dumps(payload).encode(),
            capture_output=True,
            timeout=_TIMEOUT_S,
            env=self.environ,
            check=False,
        )

    def held(self) -> str | None:
        session = self.livebook.session(self.path)
        return session.text if session else None

    @staticmethod
    def require(holds: bool, otherwise: str, done: subprocess.CompletedProcess[bytes]) -> None:
        if not holds:
            said = (done.stdout + done.stderr).decode(errors="replace").strip()
            raise _NotProvenError(f"{otherwise}. The hook exited with {done.returncode}. {said}")
