"""What a client is asked for: it may answer with an error, as one does that can't or won't."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import TypeVar

from pygls.exceptions import JsonRpcException

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)


async def answered(question: Awaitable[Answer]) -> Answer | None:
    """The answer to one of pygls' requests to the client; None where that is an error."""
    try:
        return await question
    except JsonRpcException as error:
        _note(error)
        return None


async def is_done(question: Awaitable[object]) -> bool:
    """Whether one of pygls' requests to the client, which has nothing to answer, was obeyed."""
    try:
        await question
    except JsonRpcException as error:
        _note(error)
        return False
    return True


def _note(error: JsonRpcException) -> None:
    # Its words may be anybody's.
    logger.info("The client has refused a request (%s)", error.code)
