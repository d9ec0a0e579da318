"""What the client at the other end can do, read once from its `initialize` request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from livebook_ls.lsp.client.introduction import ability, client_name, is_helix, keeps_message_order

# VS Code waits 1.5 s and more before a save, Neovim 1 s, Eglot half a second.
_HURRIED = frozenset({"eglot"})
_VSCODE = ("Visual Studio Code", "VSCodium", "Code - OSS")
_PATIENT_S, _HURRIED_S = 0.8, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A client's abilities, as far as they change what we do."""

    name: str = ""
    shows_documents: bool = False
    has_progress: bool = False
    has_configuration: bool = False
    watches_files: bool = False
    waits_before_saves: bool = False
    applies_edits: bool = False
    checks_versions: bool = False
    reloads_files: bool = True
    has_hierarchical_symbols: bool = False
    asks: bool = False
    refreshes_lenses: bool = False
    refreshes_hints: bool = False
    shows_images: bool = False
    # What our own plugins for editors say of themselves, under `experimental.livebook`.
    takes_cells: bool = False
    takes_outputs: bool = False
    takes_comparisons: bool = False
    brings_snippets: bool = False
    keeps_message_order: bool = True
    has_snippets: bool = False
    has_label_details: bool = False
    has_markdown: bool = False
    has_message_buttons: bool = False
    # How long an answer before a save may take until the client saves without it.
    save_patience_s: float = _PATIENT_S
    shows_answers: bool = True
    # What a key does after a save may come before it.
    saves_late: bool = False
    # A menu of refactorings beside the one of everything.
    shows_refactorings: bool = True
    shows_status: bool = False
    # Whether a URI's fragment like `#L3` leads to a line, as in VS Code alone.
    shows_lines_of_uris: bool = False


def read_profile(params: Mapping[str, Any]) -> Profile:
    """The profile of the client that sent `params` of `initialize`, in JSON."""
    name = client_name(params)
    helix = is_helix(params)

    def can(*path: str) -> bool:
        # An object without members is a yes, too.
        return ability(params, *path) not in (None, False)

    own = ability(params, "experimental", "livebook")
    own = own if isinstance(own, Mapping) else {}
    completion = ("textDocument", "completion", "completionItem")
    return Profile(
        name=name,
        # Helix answers showDocument since long before it began to declare it.
        shows_documents=can("window", "showDocument", "support") or helix,
        has_progress=can("window", "workDoneProgress"),
        has_configuration=can("workspace", "configuration"),
        # Helix reports only files that it wrote itself.
        watches_files=not helix
        and can("workspace", "didChangeWatchedFiles", "dynamicRegistration"),
        waits_before_saves=can("textDocument", "synchronization", "willSaveWaitUntil"),
        applies_edits=can("workspace", "applyEdit"),
        # Neovim checks them since long before it began to declare so.
        checks_versions=can("workspace", "workspaceEdit", "documentChanges") or name == "Neovim",
        reloads_files=not helix,
        has_hierarchical_symbols=can(
            "textDocument", "documentSymbol", "hierarchicalDocumentSymbolSupport"
        ),
        has_snippets=can(*completion, "snippetSupport"),
        has_label_details=can(*completion, "labelDetailsSupport"),
        has_markdown=_shows_markdown(params),
        # Helix answers no question; eglot does, without having said so.
        asks=not helix,
        refreshes_lenses=can("workspace", "codeLens", "refreshSupport"),
        refreshes_hints=can("workspace", "inlayHint", "refreshSupport"),
        shows_images=own.get("images") is True,
        takes_cells=own.get("cells") is True,
        takes_outputs=own.get("outputs") is True,
        takes_comparisons=own.get("comparisons") is True,
        brings_snippets=own.get("snippets") is True,
        keeps_message_order=keeps_message_order(params),
        # What a command answers Helix drops.
        shows_answers=not helix,
        shows_refactorings=not helix,
        # It goes on while it saves.
        saves_late=helix,
        # Neovim stops at such a question until it is answered.
        save_patience_s=_HURRIED_S if name.lower() in _HURRIED else _PATIENT_S,
        has_message_buttons=can("window", "showMessage", "messageActionItem") and name != "Neovim",
        # Ours alone, so that the LSP has no name for it.
        shows_lines_of_uris=name.startswith(_VSCODE),
        shows_status=ability(params, "experimental", "livebookStatus") is True,
    )


def _shows_markdown(params: Mapping[str, Any]) -> bool:
    """Whether hovers may be in Markdown; what shows those, shows documentation in it, too."""
    formats = ability(params, "textDocument", "hover", "contentFormat")
    return isinstance(formats, list) and "markdown" in formats
