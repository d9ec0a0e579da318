"""From a save in the editor to the request's arrival at Livebook, beside what does nothing else."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.measuring import Rounds
from benchmarks.starting import environ
from benchmarks.texts import cells
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn

_SYNC = "/dev/sync"
# Long enough for all that comes behind a save.
_REST_S = 0.5
_COMMAND = (sys.executable, "-m", "livebook_ls", "--stdio")


@dataclass(frozen=True)
class Save:
    """A save of a notebook of so many cells, so long after its last key."""

    cells: int
    after_s: float

    @property
    def figure(self) -> str:
        """What is measured of it."""
        behind = "" if self.after_s else " with the last key right before it"
        return f"`didSave`{behind} to the request's arrival, {self.cells} cells"


# A person takes longer from key to save; an editor that takes over our form does not.
SAVES = (*(Save(it, 0.1) for it in (10, 20, 40, 80)), Save(10, 0.0))


class Saving:
    """Editors with a notebook each, before one stand-in for Livebook; a context manager."""

    def __init__(self, tree: Path | None = None) -> None:
        self._stack = ExitStack()
        self._tree = tree

    def __enter__(self) -> Saving:
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._livebook = self._stack.enter_context(StandIn())
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def rounds(self, kind: Save) -> Rounds:
        """Such a save, a bare request, and `curl`, in turn."""
        acts = {"livebook-ls": self._saver("now", kind, None)}
        if self._tree is not None:
            acts["before"] = self._saver("before", kind, self._tree)
        else:
            acts["bare keep-alive POST"] = self._bare()
            if curl := shutil.which("curl"):
                acts["curl"] = self._curl(curl)
        return Rounds({who: partial(_named, kind.figure, act) for who, act in acts.items()})

    def _saver(self, name: str, kind: Save, tree: Path | None) -> Callable[[], float]:
        text, path = cells(kind.cells), self._folder / f"{name}.livemd"
        path.write_text(text, encoding="utf-8")
        around = environ(tree) | {
            "LIVEBOOK_URL": self._livebook.url,
            "XDG_STATE_HOME": str(self._folder),
        }
        editor = self._stack.enter_context(Editor(_COMMAND, environ=around))
        uri = editor.open(path)
        editor.wait_for_state(uri, "inSync")
        number = 0

        def save() -> float:
            nonlocal number
            number += 1
            changed = text.replace("x0 = 0", f"x0 = {number}")
            said = {"textDocument": {"uri": uri}, "text": changed}

            def change() -> None:
                editor.change(uri, changed)
                time.sleep(kind.after_s)
                path.write_text(changed, encoding="utf-8")

            return self._arrival_ms(lambda: editor.notify("textDocument/didSave", said), change)

        return save

    def _bare(self) -> Callable[[], float]:
        connection = http.client.HTTPConnection("127.0.0.1", self._livebook.port)
        body = json.dumps({"file": str(self._folder / "none.livemd")})

        def post() -> None:
            connection.request("POST", _SYNC, body, {"content-type": "application/json"})
            connection.getresponse().read()

        return lambda: self._arrival_ms(post)

    def _curl(self, curl: str) -> Callable[[], float]:
        body = json.dumps({"file": str(self._folder / "none.livemd")})
        command = [curl, "-s", "-d", body, "-H", "content-type: application/json"]
        command.append(f"{self._livebook.url}{_SYNC}")

        def run() -> None:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603

        return lambda: self._arrival_ms(run)

    def _arrival_ms(
        self, act: Callable[[], object], first: Callable[[], object] = lambda: None
    ) -> float:
        self._livebook.wait_settled()
        self._livebook.clear_requests()
        first()
        began_s = time.monotonic()
        act()
        while not (arrived := [it for it in self._livebook.requests if it.target == _SYNC]):
            time.sleep(0.001)
        time.sleep(_REST_S)
        return (arrived[0].began_s - began_s) * 1000


def _named(figure: str, act: Callable[[], float]) -> Mapping[str, float]:
    return {figure: act()}
