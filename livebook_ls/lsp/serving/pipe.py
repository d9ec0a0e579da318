"""A whole server on a pipe that has been opened, from its first message to the client's end."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING

from livebook_ls import clock
from livebook_ls.lsp.connection import log
from livebook_ls.lsp.connection.framing import NotOurProtocolError
from livebook_ls.lsp.connection.obeying import obey
from livebook_ls.lsp.create import create_server
from livebook_ls.lsp.serving.first_answer import Beginning
from livebook_ls.lsp.serving.inbox import Inbox
from livebook_ls.lsp.serving.outbox import Outbox

if TYPE_CHECKING:
    from livebook_ls.lsp.server import NotebookServer

logger = logging.getLogger(__name__)

_TURN_S = 0.001
# A process that is being started has ended by then, and a write-back of Livebook's has passed.
_CALLED_OFF_WITHIN_S = 3.0
# What a client that ends has not read yet.
_READ_WITHIN_S = 30.0
# Whether one that reads nothing has begun to.
_LOOK_AGAIN_S = 0.05
# A key in a large notebook makes some ten thousand, hardly any of which are garbage in a circle.
_YOUNG_OBJECTS = 20_000


def serve_pipe(
    environ: Mapping[str, str],
    log_file: str | None,
    beginning: Beginning,
    inbox: Inbox,
    outbox: Outbox,
) -> bool:
    """Serve until the client is gone; whether it asked for the end."""
    log.set_up(log_file)
    # So long one thread may make the others wait: the loop must not wait for a guard at work.
    sys.setswitchinterval(_TURN_S)
    server = create_server(environ)
    server.protocol.answered = beginning.answered
    server.documents.readings = beginning.readings
    server.protocol.set_writer(outbox)
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)
    gc.enable()
    try:
        try:
            if beginning.refused is not None:
                raise beginning.refused
            _run(_serve(server, inbox, outbox, beginning))
        except NotOurProtocolError as error:
            logger.error("Ended by what is not the Language Server Protocol: %s", error)
        # Whoever ends it by a signal waits for no client.
        outbox.finish(_READ_WITHIN_S)
    except (KeyboardInterrupt, asyncio.CancelledError):
        pass
    finally:
        server.thread_pool.shutdown(wait=False, cancel_futures=True)
    return server.protocol.was_shut_down


def _run(serving: Coroutine[None, None, None]) -> None:
    """Run it, and call off what is left then; the loop stays open, and the process is to end.

    `asyncio.run` would wait for every task and every thread, for however long that takes.
    """
    runner = asyncio.Runner()
    try:
        runner.run(serving)
    finally:
        runner.run(_call_off())


async def _call_off() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    going_on = (await asyncio.wait(tasks, timeout=_CALLED_OFF_WITHIN_S))[1] if tasks else ()
    if going_on:
        logger.warning("Ended without waiting for what goes on: %s", len(going_on))


async def _serve(
    server: NotebookServer, inbox: Inbox, outbox: Outbox, beginning: Beginning
) -> None:
    """Obey the client; where it is gone without a word, end what it was told of as saved."""
    serving = asyncio.current_task()
    if serving is not None and sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)

    async def next_message() -> bytes:
        while outbox.is_full:
            await clock.sleep(_LOOK_AGAIN_S)
        return await inbox.message()

    try:
        await obey(server, next_message, beginning.message)
    finally:
        await server.close()
