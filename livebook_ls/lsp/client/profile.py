"""What the client at the other end can do, read once from its `initialize` request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

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
    brings_snippets: bool = False
    keeps_message_order: bool = True
    has_snippets: bool = False
    has_label_details: bool = False
    has_markdown: bool = False
    has_message_buttons: bool = False
    # How long an answer before a save may take until the client saves without it.
    save_patience_s: float = _PATIENT_S
    shows_answers: bool = True
    # A menu of refactorings beside the one of everything.
    shows_refactorings: bool = True
    shows_status: bool = False
    # Whether a URI's fragment like `#L3` leads to a line, as in VS Code alone.
    shows_lines_of_uris: bool = False


def read_profile(params: types.InitializeParams) -> Profile:
    """The profile of the client that sent `params`."""
    name = params.client_info.name if params.client_info else ""
    is_helix = name.lower() == "helix"
    extras = params.capabilities.experimental

    def can(*path: str) -> bool:
        found: Any = params.capabilities
        for part in path:
            found = getattr(found, part, None)
        return bool(found)

    own = _own_abilities(params)
    return Profile(
        name=name,
        # Helix answers showDocument since long before it began to declare it.
        shows_documents=can("window", "show_document", "support") or is_helix,
        has_progress=can("window", "work_done_progress"),
        has_configuration=can("workspace", "configuration"),
        # Helix reports only files that it wrote itself.
        watches_files=not is_helix
        and can("workspace", "did_change_watched_files", "dynamic_registration"),
        waits_before_saves=can("text_document", "synchronization", "will_save_wait_until"),
        applies_edits=can("workspace", "apply_edit"),
        checks_versions=can("workspace", "workspace_edit", "document_changes"),
        reloads_files=not is_helix,
        has_hierarchical_symbols=can(
            "text_document", "document_symbol", "hierarchical_document_symbol_support"
        ),
        has_snippets=can("text_document", "completion", "completion_item", "snippet_support"),
        has_label_details=can(
            "text_document", "completion", "completion_item", "label_details_support"
        ),
        has_markdown=_shows_markdown(params.capabilities),
        # Helix answers no question; eglot does, without having said so.
        asks=not is_helix,
        refreshes_lenses=can("workspace", "code_lens", "refresh_support"),
        refreshes_hints=can("workspace", "inlay_hint", "refresh_support"),
        shows_images=own.get("images") is True,
        takes_cells=own.get("cells") is True,
        takes_outputs=own.get("outputs") is True,
        brings_snippets=own.get("snippets") is True,
        # Helix before 25.07 sends changes out of order when keys come in a burst.
        keeps_message_order=not is_helix,
        # What a command answers Helix drops.
        shows_answers=not is_helix,
        shows_refactorings=not is_helix,
        # Neovim stops at such a question until it is answered.
        save_patience_s=_HURRIED_S if name.lower() in _HURRIED else _PATIENT_S,
        has_message_buttons=can("window", "show_message", "message_action_item")
        and name != "Neovim",
        # Ours alone, so that the LSP has no name for it.
        shows_lines_of_uris=name.startswith(_VSCODE),
        shows_status=isinstance(extras, dict) and extras.get("livebookStatus") is True,
    )


def _shows_markdown(capabilities: types.ClientCapabilities) -> bool:
    """Whether hovers may be in Markdown; what shows those, shows documentation in it, too."""
    document = capabilities.text_document
    formats = document.hover.content_format if document and document.hover else None
    return types.MarkupKind.Markdown in (formats or ())


def _own_abilities(params: types.InitializeParams) -> Mapping[str, Any]:
    experimental = params.capabilities.experimental
    own = experimental.get("livebook") if isinstance(experimental, Mapping) else None
    return own if isinstance(own, Mapping) else {}
