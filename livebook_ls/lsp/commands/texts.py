"""Commands that change the buffer: Livebook's form, and versions put back; the user saves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from lsprotocol import types

from livebook_ls.lsp.client.asking import answered
from livebook_ls.lsp.commands.arguments import document, tell, tell_finding
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.version_files import KeptVersion

# Editors show them as buttons or as a short list; `livebook-ls restore` has them all.
_MOST_OFFERED = 8
_WHICH = "Which version of this notebook shall be put into the editor? Saving stays yours."
_NOT_ASKED = (
    "This editor can't offer versions to choose from: `livebook-ls restore FILE` lists them, and "
    "puts one back into the file."
)
_NOTHING_TO_RESTORE = "Nothing of this notebook was kept that could be restored."


async def format_(ls: NotebookServer, *arguments: object) -> bool:
    """Bring the buffer into Livebook's form, freshly stamped; saving stays the user's."""
    shown = document(ls, arguments)
    if shown is None:
        return False
    version = shown.version
    form = await ls.notebooks.canonical(shown.path, shown.text)
    if form.text is None:
        if form.why_not:
            tell_finding(ls, shown.uri, form.why_not)
        return False
    return shown.version == version and await ls.rewrite(shown, form.text)


async def restore(ls: NotebookServer, *arguments: object) -> bool:
    """Put what was saved last back into the buffer; saving stays the user's."""
    return await _restore(ls, arguments, ls.notebooks.restorable)


async def restore_browser_version(ls: NotebookServer, *arguments: object) -> bool:
    """Put what the last sync replaced in the session into the buffer; saving stays the user's."""
    return await _restore(ls, arguments, ls.notebooks.browser_version)


async def restore_version(ls: NotebookServer, *arguments: object) -> bool:
    """Put a version that was kept into the buffer, which the user chooses; saving stays theirs."""
    shown = document(ls, arguments)
    if shown is None:
        return False
    offered = _offered(ls.notebooks.kept, shown)
    if not offered:
        tell(ls, types.MessageType.Info, _NOTHING_TO_RESTORE)
        return False
    if not ls.profile.asks:
        tell(ls, types.MessageType.Info, _NOT_ASKED)
        return False
    params = types.ShowMessageRequestParams(
        type=types.MessageType.Info,
        message=_WHICH,
        actions=[types.MessageActionItem(title=it) for it in offered],
    )
    chosen = await answered(ls.window_show_message_request_async(params))
    text = offered.get(chosen.title) if chosen else None
    return text is not None and await ls.rewrite(shown, text)


async def _restore(
    server: NotebookServer,
    arguments: tuple[object, ...],
    version: Callable[[str], str | None],
) -> bool:
    shown = document(server, arguments)
    if shown is None:
        return False
    text = version(shown.path) if shown.path else None
    if text is None:
        tell(server, types.MessageType.Info, _NOTHING_TO_RESTORE)
        return False
    return await server.rewrite(shown, text)


def _offered(kept: KeptTexts, shown: Document) -> dict[str, str]:
    """The newest versions by the words that they are offered with, but for what is shown anyway."""
    offered: dict[str, str] = {}
    for version in kept.versions(shown.path or ""):
        text = kept.text(version)
        if text is not None and text not in (shown.text, *offered.values()):
            title = _title(version)
            # Of two in one second each has its own.
            again = sum(it.startswith(title) for it in offered)
            offered[f"{title} ({again + 1})" if again else title] = text
        if len(offered) == _MOST_OFFERED:
            break
    return offered


def _title(version: KeptVersion) -> str:
    when = datetime.fromtimestamp(version.kept_s).astimezone().strftime("%d %b %H:%M:%S")
    return f"{when}, {version.origin.words}"
