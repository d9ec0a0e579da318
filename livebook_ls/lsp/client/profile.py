"""What the client at the other end can do, read once from its `initialize` request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lsprotocol import types


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
    reloads_files: bool = True
    has_hierarchical_symbols: bool = False
    asks: bool = False
    refreshes_lenses: bool = False
    refreshes_hints: bool = False
    shows_images: bool = False
    # What our own plugins for editors say of themselves, under `experimental.livebook`.
    takes_cells: bool = False
    takes_outputs: bool = False
    keeps_message_order: bool = True


def read_profile(params: types.InitializeParams) -> Profile:
    """The profile of the client that sent `params`."""
    name = params.client_info.name if params.client_info else ""
    is_helix = name.lower() == "helix"

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
        reloads_files=not is_helix,
        has_hierarchical_symbols=can(
            "text_document", "document_symbol", "hierarchical_document_symbol_support"
        ),
        # Helix answers no question; eglot does, without having said so.
        asks=not is_helix,
        refreshes_lenses=can("workspace", "code_lens", "refresh_support"),
        refreshes_hints=can("workspace", "inlay_hint", "refresh_support"),
        shows_images=own.get("images") is True,
        takes_cells=own.get("cells") is True,
        takes_outputs=own.get("outputs") is True,
        # Helix before 25.07 sends changes out of order when keys come in a burst.
        keeps_message_order=not is_helix,
    )


def _own_abilities(params: types.InitializeParams) -> Mapping[str, Any]:
    experimental = params.capabilities.experimental
    own = experimental.get("livebook") if isinstance(experimental, Mapping) else None
    return own if isinstance(own, Mapping) else {}
