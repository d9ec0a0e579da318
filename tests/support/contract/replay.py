"""Replays a recording: brings about its set-up, sends its request, compares what comes of it."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.support.contract.checks import Checks
from tests.support.contract.recordings import RECORDED_FOLDER, Case, Recording
from tests.support.contract.target import Answer, StandInTarget, Target, body_bytes

# This one body was recorded with the folder it was really sent from.
_FORM_FOLDER = "%2Ftmp%2Flbx"
_SESSION_ID = re.compile(r"(?<=/sessions/)[a-z2-7]{48}")
_TOKEN = re.compile(r"XCP\.[\w-]+")


class Replay:
    """One case against one Livebook, with a folder of its own."""

    def __init__(self, target: Target, folder: Path, recordings: Mapping[str, Recording]) -> None:
        self._target = target
        self._folder = folder
        self._recordings = recordings
        self._tokens: dict[str, str] = {}
        self._opened: dict[str, str] = {}
        self._cookie = ""
        self._mtime_before: int | None = None

    def run(self, case: Case) -> None:
        """Replay the case; fails where anything differs from the recording."""
        recording = self._recordings[case.name]
        for step in case.set_up:
            self._do(step)
        checks = Checks(self._target, self._folder, case, recording.seen, dict(self._opened))
        answer = self._send(case, recording)
        for step in case.after:
            self._do(step)
        self._compare(recording, answer)
        self._target.settle()
        checks.check(answer)
        self._target.leave(self._folder)

    def _do(self, step: list[Any]) -> None:
        verb, *arguments = step
        if verb in ("settle", "log_in"):
            self._steps()[verb](*arguments)
        elif verb == "stamp":
            self._stamp(*arguments)
        else:
            self._steps()[verb](self._folder / arguments[0], *arguments[1:])

    def _steps(self) -> Mapping[str, Callable[..., object]]:
        return {
            "bytes": lambda path, encoded: path.write_bytes(base64.b64decode(encoded)),
            "chmod": lambda path, mode: path.chmod(mode),
            "close": self._close,
            "delete": lambda path: path.unlink(),
            "edit": self._edit,
            "log_in": self._log_in,
            "mkdir": lambda path: path.mkdir(),
            "nested_list": lambda path, depth: path.write_text(_nested_list(depth)),
            "open": self._open,
            "recorded": self._write_recorded,
            "repeat": lambda path, text, times: path.write_text(text * times + "\n"),
            "saved": self._wait_saved,
            "settle": self._target.settle,
            "symlink": lambda path, to: path.symlink_to(self._folder / to),
            "sync": lambda path: self._target.post("/dev/sync", {"file": str(path)}),
            "write": lambda path, text: path.write_bytes(text.encode()),
        }

    def _open(self, path: Path) -> None:
        self._mtime_before = path.stat().st_mtime_ns
        answer = self._target.post("/dev/open", {"file": str(path)})

        assert answer.status == 200, answer
        self._opened[path.name] = json.loads(answer.body)["path"]

    def _close(self, path: Path) -> None:
        assert isinstance(self._target, StandInTarget)
        self._target.close(str(path))

    def _edit(self, path: Path, old: str, new: str) -> None:
        path.write_bytes(path.read_bytes().replace(old.encode(), new.encode()))

    def _write_recorded(self, path: Path, name: str) -> None:
        path.write_bytes(
            self._ours(self._recordings[name].file_content.decode("latin-1")).encode("latin-1")
        )

    def _wait_saved(self, path: Path) -> None:
        deadline = time.monotonic() + 60
        while path.stat().st_mtime_ns == self._mtime_before and time.monotonic() < deadline:
            time.sleep(0.01)
        self._target.settle()

    def _stamp(self, recorded_token: str, body: str) -> None:
        assert isinstance(self._target, StandInTarget)
        found = _TOKEN.search(self._target.stamp(body))

        assert found is not None
        self._tokens[recorded_token] = found.group(0)

    def _log_in(self) -> None:
        answer = self._target.send("GET", "/?token=TOKEN", {}, None)
        self._cookie = answer.cookie or ""

    def _ours(self, text: str) -> str:
        """Recorded text with this folder, these stamps and these sessions in it."""
        text = text.replace(RECORDED_FOLDER, str(self._folder))
        text = text.replace(_FORM_FOLDER, quote(str(self._folder), safe=""))
        for recorded, token in self._tokens.items():
            text = text.replace(recorded, token)
        for path in self._opened.values():
            text = _SESSION_ID.sub(path.rpartition("/")[2], text)
        return text

    def _send(self, case: Case, recording: Recording) -> Answer:
        request = recording.request
        headers = {
            name: self._cookie if name == "Cookie" else value
            for name, value in request["headers"].items()
        }
        for path in self._folder.iterdir():
            if path.name in request["path"] or path.name in str(request["body"]):
                self._mtime_before = _mtime(path)
        body = body_bytes(request["body"])
        if "restamp_bytes" in case.body_of:
            text = "# Big\n\n## S\n\n" + "x" * case.body_of["restamp_bytes"]
            body = json.dumps({"old_source": text, "new_source": text}).encode()
        elif body is not None and isinstance(request["body"], str):
            body = self._ours(body.decode()).encode()
        return self._target.send(request["method"], self._ours(request["path"]), headers, body)

    def _compare(self, recording: Recording, answer: Answer) -> None:
        expected = recording.response
        if expected["status"] is None:
            # The limit was reached: which of the two a client sees depends on timing alone.
            assert answer.status in (None, 413)
            return
        headers = expected["headers"]

        assert answer.status == expected["status"], answer
        assert answer.content_type == headers.get("content-type")
        assert _anonymous(answer.location) == _anonymous(headers.get("location"))
        if headers["content-type"].startswith("application/json") or "location" in headers:
            assert _anonymous(answer.body) == _anonymous(expected["body"])
        self._compare_restamped(recording, answer)

    def _compare_restamped(self, recording: Recording, answer: Answer) -> None:
        """A valid stamp comes back as it was, which the anonymous comparison can't tell."""
        if recording.request["path"] != "/dev/restamp" or answer.status != 200:
            return
        sent = json.loads(recording.request["body"])["new_source"]
        received = json.loads(recording.response["body"])["source"]
        if sent == received:
            assert json.loads(answer.body)["source"] == self._ours(sent)


def _mtime(path: Path) -> int | None:
    return path.stat().st_mtime_ns if path.exists() else None


def _anonymous(text: str | None) -> str | None:
    return None if text is None else _TOKEN.sub("TOKEN", _SESSION_ID.sub("ID", text))


def _nested_list(depth: int) -> str:
    return "".join("  " * level + "- x\n" for level in range(depth))
