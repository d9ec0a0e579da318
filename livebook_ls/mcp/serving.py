"""The server on stdin and stdout, until the client has gone."""

from __future__ import annotations

import logging
import os
import sys

from mcp.server.stdio import stdio_server

from livebook_ls.mcp import server
from livebook_ls.mcp.desk import Desk
from livebook_ls.mcp.readable_messages import ReadableMessages
from livebook_ls.mcp.working_folder import FindNotebooks, WorkingFolder
from livebook_ls.settings import Settings, TwoStepSync

_OURS = "livebook_ls"


async def serve(
    folder: str, settings: Settings, find: FindNotebooks, guide: str, *, may_run: bool
) -> None:
    """Serve one client. `find` lists the notebooks below a folder; `guide` is for its model."""
    _set_up_log()
    reachable = WorkingFolder(folder, find)
    made = server.create(lambda: Desk(reachable, settings, os.environ, may_run=may_run), guide)
    async with stdio_server() as (incoming, outgoing):
        readable = ReadableMessages(incoming, outgoing)
        await made.run(readable, outgoing, made.create_initialization_options())


def for_agents(settings: Settings) -> Settings:
    """The settings of a front that no person looks at: what needs two steps is made in two."""
    from dataclasses import replace

    return replace(settings, two_step_sync=TwoStepSync.AUTO)


def _set_up_log() -> None:
    """Only our own lines go to stderr, and only what is wrong: others' may quote a notebook."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.addFilter(lambda it: it.name.split(".")[0] == _OURS and not it.exc_info)
    root = logging.getLogger()
    root.handlers[:] = [handler]
