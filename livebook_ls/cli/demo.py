"""`demo`: the real server between a stand-in Livebook and a stand-in editor, step by step."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from livebook_ls import clock
from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn

_LOOK_S = 0.1
_NOTEBOOK = """# Demo

## First steps

Everything here is an ordinary file.

```elixir
1 + 1
```
"""
_EDITED = _NOTEBOOK.replace("1 + 1", 'IO.puts("Hello from the editor")')
_FAILING = _NOTEBOOK.replace("1 + 1", "IO.puts(greeting)")

# As the LSP numbers severities: errors, then warnings; the rest is for information.
_WARNING = 2
_BROKEN = _EDITED + '\n<!-- livebook:{"branch_parent_index":} -->\n\n## Half typed\n'
_MENDED = _EDITED + "\n## Now complete\n\n```elixir\n2 + 2\n```\n"


class _StepFailed(Exception):
    """A step did not come out as it must."""


_KEPT = """
It goes on, so that you can try it yourself:

  1. Show this page in a browser: {page}
  2. Change this file in any editor, and save: {file}
     Each save that Livebook could take shows in the page; for what is held back, look here.

Ctrl-C ends it and removes the file.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """What `demo` takes."""
    parser.add_argument(
        "--keep",
        action="store_true",
        help="leave it running, with a page of the notebook that follows saves, until Ctrl-C",
    )


def run(options: Namespace) -> int:
    """Run the demo; 0 when every step came out as it must, else 1."""
    print("A stand-in for Livebook is used: the demo needs neither Livebook nor an editor.\n")
    with (
        tempfile.TemporaryDirectory() as folder,
        StandIn() as livebook,
    ):
        environ = {k: v for k, v in os.environ.items() if not k.startswith("LIVEBOOK")}
        environ["LIVEBOOK_URL"] = livebook.url
        command = (sys.executable, "-m", "livebook_ls", "--stdio")
        path = Path(folder).resolve() / "demo.livemd"
        path.write_text(_NOTEBOOK, encoding="utf-8")
        try:
            with Editor(command, environ=environ) as editor:
                demo = _Demo(livebook, editor, path, environ)
                demo.run()
                print("\nEvery step came out as it must.")
                if options.keep:
                    demo.keep()
        except (_StepFailed, TimeoutError, RuntimeError) as error:
            print(f"FAILED: {error}")
            return 1
    return 0


class _Demo:
    """One run of the demo; `number` counts the steps."""

    def __init__(
        self, livebook: StandIn, editor: Editor, path: Path, environ: dict[str, str]
    ) -> None:
        self.livebook = livebook
        self.editor = editor
        self.path = path
        self.environ = environ
        self.uri = ""
        self.number = 0

    def run(self) -> None:
        self.step("Open the notebook in the editor", self.open)
        self.step("Edit a cell and save: the session follows", self.edit)
        self.step("Run the cell from a terminal: see its output", self.run_cell)
        self.step("Break the cell, save and run: see the error in its line", self.run_failing)
        self.step("Ask for “Open in Livebook”", self.show)
        self.step("Save a half-typed comment, which would end Livebook's session", self.break_)
        self.step("Mend it and save: the save goes through by itself", self.mend)
        self.step("Switch Livebook's dev endpoints off, and save", self.switch_off)
        self.step("Switch them on again: it is noticed without a save", self.switch_on)

    def keep(self) -> None:
        """Tell what is to be seen, and every state of the notebook, until interrupted."""
        page = self.reach("inSync")["url"]
        print(_KEPT.format(page=page, file=self.path), flush=True)
        told = len(self.editor.statuses[self.uri])
        try:
            while True:
                for status in self.editor.statuses[self.uri][told:]:
                    told += 1
                    print(f"   → {status['sentence']}", flush=True)
                clock.pause(_LOOK_S)
        except KeyboardInterrupt:
            print()

    def step(self, what: str, act: Callable[[], list[str]]) -> None:
        self.number += 1
        print(f"{self.number}. {what}")
        for line in act():
            print(f"   → {line}")

    def open(self) -> list[str]:
        self.uri = self.editor.open(self.path)
        status = self.reach("inSync")
        return [status["sentence"], f"session at {status['url']}"]

    def edit(self) -> list[str]:
        self.editor.save(self.uri, self.path, _EDITED)
        self.session_holds(_EDITED)
        line = next(line for line in _EDITED.splitlines() if "IO.puts" in line)
        return [self.reach("inSync")["sentence"], f"the session's cell is now: {line}"]

    def run_cell(self) -> list[str]:
        done = self.program("run", self.path.name, "--cell", "1")
        self.require(done.returncode == 0, done.stderr)
        self.require("Hello from the editor" in done.stdout, "the output is missing")
        return done.stdout.splitlines()

    def run_failing(self) -> list[str]:
        self.editor.save(self.uri, self.path, _FAILING)
        self.session_holds(_FAILING)
        self.reach("inSync")
        done = self.program("run", self.path.name, "--cell", "1", "--quiet")
        line = next(at for at, it in enumerate(_FAILING.splitlines(), 1) if "greeting" in it)
        place = f"{self.path.name}:{line}: "
        self.require(done.returncode == 1, "it did not fail")
        self.require(done.stderr.startswith(place), f"not told at {place}")
        return done.stderr.splitlines()

    def program(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The program as it is run in a terminal, in the notebook's folder."""
        return subprocess.run(  # noqa: S603 — this very program
            (sys.executable, "-m", "livebook_ls", *arguments),
            capture_output=True,
            encoding="utf-8",
            env=self.environ | {"PYTHONIOENCODING": "utf-8"},
            cwd=self.path.parent,
            check=False,
        )

    def show(self) -> list[str]:
        titles = [it["title"] for it in self.editor.actions(self.uri)]
        self.editor.command("livebook.open", self.uri)
        self.require(bool(self.editor.shown), "no page was shown")
        return [f"offered at the cursor: {', '.join(titles)}", f"shown: {self.editor.shown[-1]}"]

    def break_(self) -> list[str]:
        before = self.livebook.session(self.path)
        self.editor.save(self.uri, self.path, _BROKEN)
        status = self.reach("held")
        now = self.livebook.session(self.path)
        self.require(before is not None and now is not None, "the session is gone")
        self.require(now is not None and "Half typed" not in now.text, "it was sent all the same")
        return [f"held: {status['sentence']}", "the session lives, with everything evaluated in it"]

    def _troubles(self) -> list[str]:
        """What is told of the notebook, but for what its cells gave."""
        shown = self.editor.diagnostics[self.uri]
        return [it["message"] for it in shown if it["severity"] <= _WARNING]

    def mend(self) -> list[str]:
        self.editor.save(self.uri, self.path, _MENDED)
        self.session_holds(_MENDED)
        self.editor.wait_for(lambda: not self._troubles(), "the diagnostics to go")
        return [self.reach("inSync")["sentence"], "the session has the new section"]

    def switch_off(self) -> list[str]:
        self.livebook.faults = Faults(is_off=True)
        self.editor.save(self.uri, self.path, _MENDED + "\nWritten while Livebook looked away.\n")
        self.reach("refused")
        return [f"diagnostic: {it['message']}" for it in self.editor.diagnostics[self.uri]]

    def switch_on(self) -> list[str]:
        self.livebook.faults = Faults()
        status = self.reach("inSync")
        self.session_holds(self.editor.texts[self.uri])
        self.editor.wait_for(lambda: not self._troubles(), "the diagnostics to go")
        return [status["sentence"], "the session holds what was written meanwhile"]

    def reach(self, state: str) -> dict[str, str]:
        status: dict[str, str] = self.editor.wait_for_state(self.uri, state)
        return status

    def session_holds(self, text: str) -> None:
        def claim() -> bool:
            session = self.livebook.session(self.path)
            return session is not None and session.text == text

        self.editor.wait_for(claim, "the session holds the saved text")

    @staticmethod
    def require(holds: bool, otherwise: str) -> None:
        if not holds:
            raise _StepFailed(otherwise)
