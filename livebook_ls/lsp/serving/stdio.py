"""The server on this process's stdin and stdout, which belong to the protocol alone."""

from __future__ import annotations

import gc
import os
import sys

from livebook_ls import clock
from livebook_ls.lsp.connection.framing import CheckedStream, NotOurProtocolError
from livebook_ls.lsp.serving.first_answer import Beginning, answer_first
from livebook_ls.lsp.serving.outbox import Outbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# More than the longest that an honest end takes; nothing but a busy event loop takes so long.
_ENDED_WITHIN_S = 30.0


def serve(environ: Mapping[str, str], log_file: str | None = None) -> int:
    """Serve until the client is gone; never returns to a thread that still waits for Livebook."""
    stdin, stdout = _take_streams()
    # What is made at the start stays, and leaves no garbage worth the time of looking for it.
    gc.disable()
    # Neither is closed: a thread may read, and the end of the process is theirs.
    stream, outbox = CheckedStream(os.fdopen(stdin, "rb", buffering=0)), Outbox(stdout)
    beginning = _begin(stream, outbox)
    # Loaded behind the first answer, for which the client waits.
    from livebook_ls.lsp.serving.inbox import Inbox
    from livebook_ls.lsp.serving.loading import load_server

    inbox = Inbox(stream, _end_at_last)
    if beginning.refused is None:
        inbox.begin()
    load_server(beginning, inbox, outbox)
    from livebook_ls.lsp.serving.pipe import serve_pipe

    was_shut_down = serve_pipe(environ, log_file, beginning, inbox, outbox)
    # Ends at once, also where a request to Livebook hangs in a thread: no process stays behind.
    os._exit(0 if was_shut_down else 1)


def _begin(stream: CheckedStream, outbox: Outbox) -> Beginning:
    """Read the first message, and answer it where that can be done at once."""
    try:
        message = stream.message()
    except NotOurProtocolError as error:
        return Beginning(refused=error)
    beginning = Beginning(message)
    if (number := answer_first(message, outbox.write_first)) is not None:
        beginning.answered[number] = "initialize"
    return beginning


def _end_at_last() -> None:
    """End the process of a client that is gone, where the server doesn't do so itself."""
    clock.pause(_ENDED_WITHIN_S)
    os._exit(1)


def _take_streams() -> tuple[int, int]:
    """Descriptors of the real stdin and stdout; whatever prints from now on goes to stderr."""
    stdin, stdout = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stdin, stdout
