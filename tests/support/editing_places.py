"""Editors of one notebook in a session, and the three places where each word must come to be.

Each types into a cell of its own and saves, as people do.
"""

from __future__ import annotations

import json
import os
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.text_edits import apply_edits
from tests.support.command import PROGRAM
from tests.support.editors.neovim import neovim
from tests.support.editors.tools import path_with_server, server_program, until
from tests.support.editors.vscode import Window, build_client
from tests.support.sockets import free_port
from tests.support.typed_words import has_once

TEXT = "# Note\n\n## One\n\n```elixir\n:mine\n```\n\nProse.\n\n## Two\n\n```elixir\n:theirs\n```\n"
# Longer than the plugin waits for the server.
_ASKS_AFTER_S = 4.0
_CODE_LIMIT_S = 3600.0
_TOLD = ("browser-overwritten", "browser-conflict")


class Places:
    """The three places where each word must come to be."""

    def __init__(self, path: Path, url: str, state: Path) -> None:
        self.path = path
        self.environ = dict(os.environ) | {"LIVEBOOK_URL": url, "XDG_STATE_HOME": str(state)}
        self.start()
        self.livebook = Livebook(read_address(url, "this script"))
        self.session_path = ""
        self.uri = ""
        self.saved = ""
        self.mtime_ns = 0
        # Saves before which an editor would have asked, since the file is newer than it knows.
        self.questions = 0

    def start(self) -> None:
        """Start the editor's server."""
        self.editor = Editor(
            (*PROGRAM, "--stdio"), environ=self.environ, settings={"languageHelp": False}
        )

    def open(self) -> None:
        """Open the notebook, and wait until its session is there and at rest."""
        self.uri = self.editor.open(self.path)
        self.editor.wait_for_state(self.uri, "inSync")
        self.session_path = self.livebook.open(str(self.path))
        time.sleep(6.0)
        self.take_over()

    def take_over(self) -> None:
        """Reload the file, as editors do, where nothing was typed since."""
        mtime_ns = self.path.stat().st_mtime_ns
        now = self.path.read_text(encoding="utf-8")
        time.sleep(0.02)
        if not now or self.path.stat().st_mtime_ns != mtime_ns:
            # Livebook is just writing it; editors look again.
            return
        with self.editor.buffers.editing:
            held = self.editor.texts[self.uri]
            if held == now or held == self.saved or not self.saved:
                self.saved, self.mtime_ns = now, mtime_ns
                if held != now:
                    self.editor.change(self.uri, now)

    def type(self, word: str) -> None:
        """Type into the editor's own cell."""
        typed = f":mine\n# {word}\n"
        self.editor.buffers.edit(self.uri, lambda text: text.replace(":mine\n", typed))

    def save(self) -> None:
        """Save as an editor that waits for the server's edits before."""
        buffers = self.editor.buffers
        version = buffers.version(self.uri)
        params = {"textDocument": {"uri": self.uri}, "reason": 1}
        edits = self.editor.request("textDocument/willSaveWaitUntil", params) or []
        with buffers.editing:
            if edits and version == buffers.version(self.uri):
                buffers.edit(self.uri, lambda text: apply_edits(text, edits))
            self.questions += self.path.stat().st_mtime_ns > self.mtime_ns
            self.mtime_ns = self.editor.save(self.uri, self.path)
            self.saved = self.editor.texts[self.uri]

    def lacking(self, word: str) -> list[str]:
        """Where a word has no line of its own, or more than one; nowhere if it is offered back."""
        if self.offered():
            return []
        texts = {
            "session": self.livebook.export(self.session_path, 5.0) or "",
            "file": self.path.read_text(encoding="utf-8"),
            "buffer": self.buffer(),
        }
        return [place for place, text in texts.items() if not has_once(text, word)]

    def offered(self) -> list[object]:
        """The names of what is told of texts that a person has to choose from, or take back."""
        return [it for it in self.told() if it in _TOLD]

    def told(self) -> list[object]:
        """The names of what is told of the notebook."""
        return [it["code"] for it in self.editor.diagnostics.get(self.uri, [])]

    def buffer(self) -> str:
        """What the editor has."""
        return self.editor.texts[self.uri]

    def close(self) -> None:
        """Leave the editor."""
        self.editor.close()


class NeovimPlaces(Places):
    """The same with a real Neovim, which takes over what its plugin has it take over."""

    def start(self) -> None:
        home = self.path.parent
        environ = self.environ | {"PATH": path_with_server(home)}
        self._running = ExitStack()
        self.neovim = self._running.enter_context(neovim(self.path, home, environ))

    def open(self) -> None:
        state = "return (vim.b.livebook_status or {}).state or ''"
        until(lambda: self.neovim.lua(state) == "inSync", "the session")
        self.session_path = self.livebook.open(str(self.path))
        time.sleep(6.0)

    def take_over(self) -> None:
        pass

    def type(self, word: str) -> None:
        self.neovim.lua(f"vim.fn.append(vim.fn.search(':mine$', 'cnw'), '# {word}')")

    def save(self) -> None:
        saving = threading.Thread(target=self.neovim.lua, args=("vim.cmd.write()",))
        saving.start()
        saving.join(_ASKS_AFTER_S)
        if saving.is_alive():
            # It asks whether to write over what has changed; a person says yes.
            self.questions += 1
            found = self.path.read_text(encoding="utf-8")
            print(f"asked: {found[-200:]!r}", flush=True)
            self.neovim.press("y<CR>")
            saving.join()

    def told(self) -> list[object]:
        return list(
            self.neovim.lua(
                "return vim.tbl_map(function(it) return it.code end, vim.diagnostic.get(0))"
            )
        )

    def buffer(self) -> str:
        return str(
            self.neovim.lua(
                "return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\\n')"
            )
        )

    def close(self) -> None:
        self._running.close()


class CodePlaces(Places):
    """The same with a real VS Code, which does in `vscode_host/place.js` what it is told."""

    def start(self) -> None:
        home = self.path.parent / "vscode"
        workspace = self.path.parent / "workspace"
        workspace.mkdir()
        home.mkdir()
        self.path = self.path.rename(workspace / self.path.name)
        self._port = free_port()
        window = Window(
            home=home,
            workspace=workspace,
            extension=build_client(),
            settings={
                "livebook.url": self.environ["LIVEBOOK_URL"],
                "livebook.server.path": str(server_program(home)),
                "livebook.languageHelp": False,
            },
            environ=self.environ | {"PLACE_PORT": str(self._port)},
            limit_s=_CODE_LIMIT_S,
        )
        self._running = threading.Thread(target=window.run, args=("place",), daemon=True)
        self._running.start()

    def open(self) -> None:
        until(self._is_open, "the session in VS Code")
        self.session_path = self.livebook.open(str(self.path))
        time.sleep(6.0)

    def _is_open(self) -> bool:
        try:
            return bool(self._ask("isInSync"))
        except httpx.TransportError:
            return False

    def take_over(self) -> None:
        pass

    def type(self, word: str) -> None:
        self._ask("type", word)

    def save(self) -> None:
        asked = self._ask("save")
        if asked:
            self.questions += 1
            print(f"asked: {asked}", flush=True)

    def told(self) -> list[object]:
        return list(self._ask("told"))

    def buffer(self) -> str:
        return str(self._ask("buffer"))

    def close(self) -> None:
        self._ask("leave")
        self._running.join()

    def _ask(self, action: str, word: str = "") -> Any:
        body = json.dumps({"action": action, "word": word})
        return httpx.post(f"http://127.0.0.1:{self._port}/", content=body, timeout=60.0).json()
