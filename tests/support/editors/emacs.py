"""A real Emacs in a terminal, asked in Lisp by emacsclient."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.editors.screen import Screen, on_screen
from tests.support.editors.tools import installed, until
from tests.support.places import ROOT

# One that stands at a question may answer nothing any more.
_ANSWER_S = 120
_INIT = """
(setq native-comp-jit-compilation nil
      native-comp-enable-subr-trampolines nil
      make-backup-files nil
      create-lockfiles nil
      server-socket-dir "{home}"
      lsp-keep-workspace-alive nil
      lsp-auto-guess-root t
      lsp-warn-no-matched-clients nil
      lsp-enable-suggest-server-download nil)
(add-to-list 'load-path "{plugin}")
(require 'livebook-ls)
(setq livebook-ls-client '{client})
{settings}
;; Unpacked and not installed, lsp-mode knows nothing of its own parts.
(with-eval-after-load 'lsp-mode
  (dolist (part '(lsp-completion lsp-diagnostics lsp-headerline lsp-lens lsp-modeline))
    (require part)))
(setq browse-url-browser-function
      (lambda (url &rest _) (write-region (concat url "\\n") nil "{home}/opened" t)))
(require 'server)
(server-start)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emacs:
    """A running Emacs with the Lisp of this work tree."""

    terminal: Screen
    client: Path
    home: Path
    environ: Mapping[str, str]

    def lisp(self, code: str) -> Any:
        """Evaluate Lisp in the notebook's buffer; its value, by way of JSON."""
        code = (
            "(with-current-buffer (seq-find #'buffer-file-name (buffer-list))"
            f" (decode-coding-string (json-serialize (vector (progn {code}))) 'utf-8))"
        )
        command: list[str | Path] = [self.client, "-s", str(self.home / "server"), "--eval", code]
        try:
            done = subprocess.run(
                command,
                env=self.environ,
                capture_output=True,
                text=True,
                timeout=_ANSWER_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            pytest.fail(f"Emacs answers nothing:\n{code}\n{self.terminal.screen()}")
        if done.returncode != 0:
            pytest.fail(f"{code}\n{done.stdout}{done.stderr}")
        # Emacs prints the JSON as one of its own strings.
        printed = done.stdout.strip()[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        return json.loads(printed)[0]

    def key(self, *keys: str) -> None:
        """Press keys."""
        self.terminal.press(*keys)

    def messages(self) -> str:
        """All that was said so far."""
        # Emacs says some words of its own in bytes.
        said: str = self.lisp(
            '(replace-regexp-in-string "[^[:ascii:]]" "?"'
            ' (with-current-buffer "*Messages*" (buffer-string)))'
        )
        return said


@contextmanager
def emacs(
    file: Path,
    home: Path,
    environ: Mapping[str, str],
    client: str = "eglot",
    settings: str = "",
) -> Iterator[Emacs]:
    """An Emacs with `file` open, with nothing of the user's in it but `settings` in Lisp."""
    program = installed("emacs/bin/emacs", "emacs")
    init = home / "init.el"
    plugin = ROOT / "editors" / "emacs"
    said = _INIT.format(home=home, plugin=plugin, client=client, settings=settings)
    init.write_text(said, encoding="utf-8")
    command = [str(program), "-Q", "-nw", "-l", str(init), str(file)]
    with on_screen(command, home, environ, "emacs") as screen:
        until((home / "server").exists, f"Emacs's socket:\n{screen.screen()}")
        yield Emacs(
            terminal=screen,
            client=program.with_name("emacsclient"),
            home=home,
            environ=dict(environ) | {"HOME": str(home)},
        )
