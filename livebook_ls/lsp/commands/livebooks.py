"""Commands about Livebook itself: started, stopped, looked at, its settings shown."""

from __future__ import annotations

import asyncio
from functools import partial

from lsprotocol import types

from livebook_ls.lsp.client.asking import answered
from livebook_ls.lsp.client.messages import Button
from livebook_ls.lsp.commands.arguments import show, target, tell
from livebook_ls.lsp.documents.open_documents import notebook_path
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.sync.started_livebook import StartOutcome

_STARTING = "Starting Livebook …"
_STOPPING = "Stopping Livebook …"


async def start(ls: NotebookServer, *_: object) -> bool:
    """Start Livebook as a process of its own; open notebooks attach by themselves."""
    async with ls.shown_progress.during(_STARTING):
        outcome = await ls.notebooks.start_livebook()
    return _tell_outcome(ls, outcome)


async def stop(ls: NotebookServer, *_: object) -> bool:
    """Stop the Livebook that `start` started."""
    async with ls.shown_progress.during(_STOPPING):
        outcome = await ls.notebooks.stop_livebook()
    return _tell_outcome(ls, outcome)


async def doctor(ls: NotebookServer, *arguments: object) -> list[dict[str, str]]:
    """What is in the way of Livebook: objects with `level`, `code`, `sentence` and `mend`."""
    # Loaded when asked for: no start should wait for it.
    from livebook_ls.doctor.checkup import check_up
    from livebook_ls.doctor.code_help import of_session_help

    uri = target(ls, arguments)
    path = notebook_path(uri) if uri else None
    found = await asyncio.to_thread(
        check_up, ls.notebooks.settings, ls.environ, path, may_start=ls.is_workspace_trusted
    )
    if path is not None:
        found += (of_session_help(ls.session_finder.runtime(path).status),)
    if not ls.profile.shows_answers:
        urgencies = list(type(found[0].level))
        gravest = max(found, key=lambda it: urgencies.index(it.level))
        tell(ls, types.MessageType.Info, f"{gravest.sentence} {gravest.mend}".strip())
    return [it.as_json() for it in found]


async def open_settings(ls: NotebookServer, *_: object) -> None:
    """Show Livebook's settings page, where the dev endpoints are switched on."""
    url = await ls.notebooks.settings_url()
    if url:
        await show(ls, url, f"Livebook's settings: {url}")


def _tell_outcome(server: NotebookServer, outcome: StartOutcome) -> bool:
    kind = types.MessageType.Info if outcome.is_done else types.MessageType.Warning
    log = (Button("Show Log", partial(_show_log, server, outcome.said)),) if outcome.said else ()
    tell(server, kind, outcome.sentence, *log)
    return outcome.is_done


async def _show_log(server: NotebookServer, said: str) -> None:
    """Show all that Livebook said."""
    file = await asyncio.to_thread(server.output_files.write, "livebook.log", said)
    params = types.ShowDocumentParams(uri=file.as_uri(), take_focus=True)
    await answered(server.window_show_document_async(params))
