"""The server on this process's stdin and stdout, which belong to the protocol alone."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Mapping
from typing import BinaryIO, cast

from livebook_ls.lsp.connection import log

logger = logging.getLogger(__name__)


def serve(environ: Mapping[str, str], log_file: str | None = None) -> int:
    """Serve until the client is gone; never returns to a thread that still waits for Livebook."""
    stdin, stdout = _take_streams()
    log.set_up(log_file)
    # Making the protocol's types leaves no garbage worth the time of looking for it.
    gc.disable()
    from livebook_ls.lsp.connection.framing import CheckedStream, NotOurProtocolError
    from livebook_ls.lsp.create import create_server

    server = create_server(environ)
    gc.freeze()
    gc.enable()
    with os.fdopen(stdin, "rb") as reader, os.fdopen(stdout, "wb", buffering=0) as writer:
        try:
            server.start_io(cast(BinaryIO, CheckedStream(reader)), writer)
        except NotOurProtocolError as error:
            logger.error("Ended by what is not the Language Server Protocol: %s", error)
    # Ends at once, also where a request to Livebook hangs in a thread: no process stays behind.
    os._exit(0 if server.protocol.was_shut_down else 1)


def _take_streams() -> tuple[int, int]:
    """Descriptors of the real stdin and stdout; whatever prints from now on goes to stderr."""
    stdin, stdout = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stdin, stdout
