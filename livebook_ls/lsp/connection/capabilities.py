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
_RENAMED_FILES = {"filters": [{"scheme": "file", "pattern": {"glob": "**/*"}}]}
_COMPLETED_BEHIND = '"#%&(,./:<@^`{~'
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
    "livebook.merge",
    "livebook.takeMine",
    "livebook.takeBrowsers",
    "livebook.takeBoth",
    "livebook.showBrowserVersion",
    "livebook.status",
    "livebook.doctor",
    "livebook.openSettings",
    "livebook.attach",
    "livebook.nextCell",
    "livebook.previousCell",
    "livebook.beginNotebook",
    "livebook.import",
    "livebook.insertFile",
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
    "livebook.foldOutputs",
    "livebook.changeCellLanguage",
    "livebook.insertCodeCellBelow",
    "livebook.insertMarkdownCellBelow",
    "livebook.insertCodeCellAbove",
    "livebook.insertMarkdownCellAbove",
    "livebook.splitCell",
    "livebook.joinCells",
    "livebook.moveCellUp",
    "livebook.moveCellDown",
    "livebook.duplicateCell",
    "livebook.deleteCell",
    "livebook.selectCell",
    "livebook.convertCellToMarkdown",
    "livebook.convertCellToCode",
    "livebook.insertSection",
    "livebook.branchOff",
    "livebook.makeBranch",
    "livebook.moveSectionUp",
    "livebook.moveSectionDown",
    "livebook.promote",
    "livebook.demote",
    "livebook.deleteSection",
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
            "triggerCharacters": sorted(_COMPLETED_BEHIND),
            "resolveProvider": True,
        },
        "hoverProvider": True,
        "signatureHelpProvider": {"triggerCharacters": ["(", ","]},
        "definitionProvider": True,
        "referencesProvider": True,
        "documentSymbolProvider": True,
        "codeActionProvider": {
            "codeActionKinds": ["quickfix", "refactor.move", "refactor.rewrite"]
        },
        "codeLensProvider": {"resolveProvider": False},
        "documentLinkProvider": {"resolveProvider": False},
        "workspaceSymbolProvider": {"resolveProvider": False},
        "renameProvider": _rename(params),
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
    told = {"didRename": _RENAMED_NOTEBOOKS, "willRename": _RENAMED_FILES}
    return {
        name: files
        for name, files in told.items()
        if ability(params, "workspace", "fileOperations", name) is True
    }


def _rename(params: Mapping[str, Any]) -> Any:  # noqa: ANN401 — as LSP has it
    """A client that doesn't ask first takes no more than a yes."""
    asks_first = ability(params, "textDocument", "rename", "prepareSupport") is True
    return {"prepareProvider": True} if asks_first else True
