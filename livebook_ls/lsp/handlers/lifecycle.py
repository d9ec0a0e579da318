"""The beginning and the end: `initialize` to `shutdown`, and the client's own end."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from typing import Any

from lsprotocol import types

from livebook_ls import clock
from livebook_ls.lsp.client.asking import is_done
from livebook_ls.lsp.handlers import configuration
from livebook_ls.lsp.server import NotebookServer

logger = logging.getLogger(__name__)

_CLIENT_CHECK_S = 2.0


def initialize(ls: NotebookServer, params: types.InitializeParams) -> None:
    ls.log.attach()
    ls.trace.set_by_client(params.trace.value if params.trace else None)
    configuration.start(ls, params.initialization_options)
    ls.use_folders()
    if ls.owns_process and params.process_id is not None and os.name == "posix":
        ls.in_background(_end_with_client(params.process_id))


def initialized(ls: NotebookServer, _: types.InitializedParams) -> None:
    ls.notebooks.warm_up()
    ls.in_background(configuration.pull(ls))
    if ls.profile.watches_files:
        ls.in_background(_watch_files(ls))


async def shutdown(ls: NotebookServer, _: object) -> None:
    ls.log.detach()
    ls.board.close()
    ls.output_files.close()
    await ls.close(is_asked_for=True)


def set_trace(ls: NotebookServer, params: types.SetTraceParams) -> None:
    ls.trace.set_by_client(params.value.value)


async def _watch_files(ls: NotebookServer) -> None:
    """Let the client tell of notebooks that come, change and go, open or not."""
    watcher = types.FileSystemWatcher(glob_pattern="**/*.livemd")
    params = types.RegistrationParams(
        registrations=[
            types.Registration(
                id="livebook-notebooks",
                method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                register_options=types.DidChangeWatchedFilesRegistrationOptions(watchers=[watcher]),
            )
        ]
    )
    if not await is_done(ls.client_register_capability_async(params)):
        ls.profile = replace(ls.profile, watches_files=False)


async def _end_with_client(process_id: int) -> None:
    """End this process when the client's is gone, also where it left our pipe open."""
    while True:
        await clock.sleep(_CLIENT_CHECK_S)
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            logger.warning("The editor is gone; ending")
            os._exit(1)
        except PermissionError:
            continue


HANDLERS: dict[str, tuple[Any, Any]] = {
    types.INITIALIZE: (initialize, None),
    types.INITIALIZED: (initialized, None),
    types.SHUTDOWN: (shutdown, None),
    types.SET_TRACE: (set_trace, None),
}
