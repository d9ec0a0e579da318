"""From the start of a process to the first answers, and the memory that is used then."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from benchmarks.lsp_process import LspProcess
from benchmarks.measuring import Rounds
from benchmarks.texts import usual

_HERE = Path(__file__).parent
_BARE = str(_HERE / "peers" / "bare_pygls.py")
_SIZE = 100_000
INITIALIZE, OUTLINE, MEMORY, NOTHING = (
    "spawn to the answer of `initialize`",
    "spawn to the first outline of 100 KB",
    "memory then",
    "start and end of a program",
)
UNITS = {INITIALIZE: "ms", OUTLINE: "ms", MEMORY: "MB", NOTHING: "ms"}


def rounds(tree: Path | None = None) -> Rounds:
    """Ours and its peers, or in their place the server of another revision, out of its `tree`."""
    acts: dict[str, Callable[[], Mapping[str, float]]] = {
        "livebook-ls": partial(served, (sys.executable, "-m", "livebook_ls", "--stdio"))
    }
    if tree is not None:
        acts["before"] = partial(served, (sys.executable, "-m", "livebook_ls", "--stdio"), tree)
        return Rounds(acts)
    acts["bare pygls"] = partial(served, (sys.executable, _BARE))
    acts["bare pygls with httpx"] = partial(served, (sys.executable, _BARE, "--httpx"))
    if importlib.util.find_spec("pylsp") is not None:
        acts["pylsp"] = partial(served, (sys.executable, "-m", "pylsp"))
    if node := shutil.which("vscode-markdown-language-server", path=_peers()):
        acts["VS Code's Markdown server (node)"] = partial(answered, (node, "--stdio"))
    return Rounds(acts)


def served(command: tuple[str, ...], tree: Path | None = None) -> Mapping[str, float]:
    """The figures of one start with an outline."""
    with LspProcess(command, environ(tree)) as server:
        server.initialize()
        initialized_s = time.perf_counter()
        server.tell("initialized", {})
        document = {"uri": "file:///tmp/bench.livemd", "languageId": "livebook", "version": 1}
        server.tell("textDocument/didOpen", {"textDocument": document | {"text": usual(_SIZE)}})
        server.ask("textDocument/documentSymbol", {"textDocument": {"uri": document["uri"]}})
        outlined_s = time.perf_counter()
        return {
            INITIALIZE: (initialized_s - server.spawned_s) * 1000,
            OUTLINE: (outlined_s - server.spawned_s) * 1000,
            MEMORY: server.resident_mb,
        }


def answered(command: tuple[str, ...]) -> Mapping[str, float]:
    """The same of a server that needs its client's help to read Markdown: its first answer."""
    with LspProcess(command, environ(None)) as server:
        server.initialize({"markdownFileExtensions": ["md"]})
        return {
            INITIALIZE: (time.perf_counter() - server.spawned_s) * 1000,
            MEMORY: server.resident_mb,
        }


def environ(tree: Path | None) -> dict[str, str]:
    """The environment, with compiled modules, and the package out of `tree` where one is given."""
    found = {it: value for it, value in os.environ.items() if it != "PYTHONDONTWRITEBYTECODE"}
    # Else the folder that we are started in would be the package, whatever the tree.
    found["PYTHONSAFEPATH"] = "1"
    return found | ({"PYTHONPATH": str(tree)} if tree is not None else {})


def _peers() -> str:
    return os.pathsep.join((str(_HERE / ".peers" / "node_modules" / ".bin"), os.environ["PATH"]))
