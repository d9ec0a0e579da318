"""The answer to `initialize`: what this server promises to the client that asks.

A table, so that a client has its answer before anything that keeps the promises is loaded.
`tests/lsp/connection/test_capabilities.py` holds it equal to what pygls builds of the handlers.
"""

from __future__ import annotations

from livebook_ls import __version__
from livebook_ls.lsp.client.introduction import ability, keeps_message_order, position_encoding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NAME = "livebook-ls"
_SYNCHRONIZATION = ("textDocument", "synchronization")
_FULL, _INCREMENTAL = 1, 2
_RENAMED_NOTEBOOKS = {"filters": [{"scheme": "file", "pattern": {"glob": "**/*.livemd"}}]}
COMMANDS = (
    "livebook.open",
    "livebook.openAnyway",
    "livebook.openAtSection",
    "livebook.sync",
    "livebook.syncAnyway",
    "livebook.alwaysSyncAnyway",
    "livebook.holdBackAgain",
    "livebook.syncInTwoSteps",
    "livebook.format",
    "livebook.restamp",
    "livebook.restore",
    "livebook.restoreVersion",
    "livebook.restoreBrowserVersion",
    "livebook.status",
    "livebook.doctor",
    "livebook.openSettings",
    "livebook.attach",
    "livebook.nextCell",
    "livebook.previousCell",
    "livebook.start",
    "livebook.stop",
    "livebook.runCell",
    "livebook.runAbove",
    "livebook.runBelow",
    "livebook.runSection",
    "livebook.runAll",
    "livebook.runStale",
    "livebook.stopRun",
    "livebook.startRuntime",
    "livebook.restartRuntime",
    "livebook.showOutput",
)


def initialize_result(params: Mapping[str, Any]) -> dict[str, Any]:
    """The result of `initialize` for its `params`, both in JSON."""
    return {
        "capabilities": _capabilities(params),
        "serverInfo": {"name": NAME, "version": __version__},
    }


def _capabilities(params: Mapping[str, Any]) -> dict[str, Any]:
    """LSP's `ServerCapabilities`."""
    return {
        "positionEncoding": position_encoding(params),
        "textDocumentSync": _text_document_sync(params),
        "completionProvider": {
            "triggerCharacters": [".", ":", "@", "%", "&", "^", "~"],
            "resolveProvider": True,
        },
        "hoverProvider": True,
        "signatureHelpProvider": {"triggerCharacters": ["(", ","]},
        "definitionProvider": True,
        "documentSymbolProvider": True,
        "codeActionProvider": {"codeActionKinds": ["quickfix"]},
        "codeLensProvider": {"resolveProvider": False},
        "documentFormattingProvider": True,
        "documentRangeFormattingProvider": True,
        "foldingRangeProvider": True,
        "selectionRangeProvider": True,
        "executeCommandProvider": {"commands": list(COMMANDS)},
        "inlayHintProvider": {"resolveProvider": False},
        "workspace": {
            "workspaceFolders": {"supported": True, "changeNotifications": True},
            "fileOperations": _file_operations(params),
        },
    }


def _text_document_sync(params: Mapping[str, Any]) -> dict[str, Any]:
    sync: dict[str, Any] = {
        "openClose": True,
        "change": _INCREMENTAL if keeps_message_order(params) else _FULL,
        "save": {"includeText": True},
    }
    # Of what a client doesn't speak, nothing is said either.
    if ability(params, *_SYNCHRONIZATION, "willSave") is not None:
        sync["willSave"] = False
    if (waits := ability(params, *_SYNCHRONIZATION, "willSaveWaitUntil")) is not None:
        sync["willSaveWaitUntil"] = waits is True
    return sync


def _file_operations(params: Mapping[str, Any]) -> dict[str, Any]:
    is_told = ability(params, "workspace", "fileOperations", "didRename") is True
    return {"didRename": _RENAMED_NOTEBOOKS} if is_told else {}
