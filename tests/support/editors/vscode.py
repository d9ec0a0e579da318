"""Runs JavaScript test modules in a real VS Code: its own server, its window in a browser.

A new test is a module in `vscode_host/`, which says what it claims, and a few lines in Python that
set the stage: files, settings, a stand-in Livebook.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import clean_environ
from tests.support.editors.tools import go_without, installed, program, script
from tests.support.places import ROOT

HOST = Path(__file__).parent / "vscode_host"
CLIENT = ROOT / "vscode-client"
# For people to look at.
SCREENSHOTS = ROOT / "build" / "screenshots"
# Everything runs in it, the window too; a busy machine takes most of a minute to show a window.
LIMIT_S = 600
# In a browser VS Code saves by itself a second after a key, as it doesn't on a desktop.
_QUIET = {
    "workbench.startupEditor": "none",
    "chat.disableAIFeatures": True,
    "files.autoSave": "off",
}
# Else it tells of every port that a process of this machine listens on.
_MACHINE = {"remote.autoForwardPorts": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A workspace to open in VS Code, with an extension.

    `settings` are the user's on this machine, `workspace_settings` those that a folder brings.
    With `roots` the workspace has these folders beside its own. A `vsix` is installed as a user
    installs one; `extension` is then a folder that only has to be there.
    """

    home: Path
    workspace: Path
    roots: tuple[Path, ...] = ()
    extension: Path = CLIENT
    vsix: Path | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    workspace_settings: dict[str, Any] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    is_trusted: bool = True
    comes_to_rest: bool = True
    limit_s: float = LIMIT_S

    def run(self, module: str) -> list[str]:
        """Run `vscode_host/MODULE.js` in the extension host; the names of its tests, all passed."""
        self._write_settings()
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        job = self.home / "job.json"
        job.write_text(json.dumps(self._job(module)), encoding="utf-8")
        done = subprocess.run(
            [_system_node(), str(HOST / "driver.mjs"), str(job)],
            env=clean_environ() | self.environ | {"SCREENSHOTS": str(SCREENSHOTS)},
            stdout=subprocess.PIPE,
            timeout=self.limit_s + 60,
            check=False,
            text=True,
        )
        lines = done.stdout.splitlines()
        result: dict[str, Any] = json.loads(lines[-1]) if lines else {"crashed": "the driver ended"}
        if "passed" not in result or "failed" in result:
            pytest.fail(f"{self._told(result)}\nMore is in {self.home}: window.png, code.log")
        passed: list[str] = result["passed"]
        return passed

    @staticmethod
    def _told(result: Mapping[str, Any]) -> str:
        told = [f"passed: {name}" for name in result.get("passed", ())]
        told += [f"FAILED: {name}\n{why}" for name, why in result.get("failed", {}).items()]
        return "\n".join([*told, result.get("crashed", "")])

    def _write_settings(self) -> None:
        for folder, settings in (
            (self.home / "user" / "Machine", _MACHINE | self.settings),
            (self.workspace / ".vscode", _QUIET | self.workspace_settings),
        ):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "settings.json").write_text(json.dumps(settings), "utf-8")

    def _opened(self) -> Path:
        if not self.roots:
            return self.workspace
        file = self.home / "all.code-workspace"
        folders = [{"path": str(root)} for root in (self.workspace, *self.roots)]
        file.write_text(json.dumps({"folders": folders, "settings": _QUIET}), "utf-8")
        return file

    def _job(self, module: str) -> dict[str, Any]:
        return {
            "node": str(installed("node24/node_modules/node/bin/node", "vscode")),
            "codeServer": str(installed("code-server/node_modules/code-server", "vscode")),
            "playwright": str(installed("playwright", "vscode")),
            "chromium": str(program("chromium", "vscode")),
            "home": str(self.home),
            "workspace": str(self._opened()),
            "extension": str(self.extension),
            "vsix": str(self.vsix) if self.vsix else None,
            "module": str(HOST / f"{module}.js"),
            "isTrusted": self.is_trusted,
            "comesToRest": self.comes_to_rest,
            "limitS": self.limit_s,
        }


def build_client() -> Path:
    """The client's folder with its code bundled as it is now."""
    if not (CLIENT / "node_modules").exists():
        go_without("vscode-client/node_modules is missing; run scripts/test-client")
    subprocess.run([_system_node(), "esbuild.mjs"], cwd=CLIENT, check=True)
    return CLIENT


def empty_extension(folder: Path) -> Path:
    """An extension that is there and does nothing."""
    return extension(
        folder, {"name": "nothing", "main": "./main.js"}, "exports.activate = () => {};"
    )


def extension(folder: Path, manifest: Mapping[str, Any], main: str) -> Path:
    """Somebody else's extension, in `folder`."""
    folder.mkdir(parents=True)
    base = {"publisher": "somebody", "version": "1.0.0", "engines": {"vscode": "^1.91.0"}}
    (folder / "package.json").write_text(json.dumps(base | dict(manifest)), "utf-8")
    (folder / "main.js").write_text(main, "utf-8")
    return folder


def ending_program(folder: Path) -> Path:
    """A program that ends at once and notes each time in `ends`."""
    return script(folder / "broken" / "livebook-ls", f'echo end >> "{folder}/ends"\nexit 3')


def _system_node() -> str:
    node = program("node", "vscode")
    return os.fspath(node)
