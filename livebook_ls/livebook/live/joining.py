"""Taking part in a session as its page does: page, socket, join, and a look whether all fits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from livebook_ls import clock
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.live.errors import NotLetIn, PageNotUnderstood, SessionGone
from livebook_ls.livebook.live.identity import Identity
from livebook_ls.livebook.live.page.session_page import SessionPage, read_page
from livebook_ls.livebook.live.phoenix.frames import ChannelEnd, Payload
from livebook_ls.livebook.live.session_state import SessionState

if TYPE_CHECKING:
    from livebook_ls.livebook.live.phoenix.channel import Channel

logger = logging.getLogger(__name__)

# What other people see in Livebook's list of who is there.
_USER = {"name": "livebook-ls", "hex_color": "#4488FF"}
# A join of 800 cells takes Livebook 4 s on a quiet machine.
_JOIN_S = 60.0
_ATTEMPTS = 2
# What went wrong later than that was no matter of the moment, and another try may take as long.
_AGAIN_WITHIN_S = 10.0


class _Stale(Exception):
    """The tokens of the page are refused; another page has others."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A channel on which the session is joined, and what is known of the session."""

    channel: Channel
    state: SessionState


async def join(
    endpoint: Endpoint,
    session_path: str,
    received: Callable[[str, Payload], None],
    ended: Callable[[ChannelEnd], None],
) -> Joined:
    """Join the session; raises PageNotUnderstood, SessionGone, LoginRefused, NotLetIn, and what
    calls to Livebook raise. `received` and `ended` are the channel's.
    """
    last: NotLetIn | PageNotUnderstood = NotLetIn("its page is stale")
    until_s = clock.monotonic_s() + _AGAIN_WITHIN_S
    for attempt in range(_ATTEMPTS):
        if attempt and clock.monotonic_s() > until_s:
            break
        try:
            return await _attempt(endpoint, session_path, received, ended)
        except _Stale:
            # As after a restart, whose secret is another one.
            last = NotLetIn("its page is stale")
        except PageNotUnderstood as error:
            # A sync between the page and the join has the same look.
            last = error
    raise last


async def _attempt(
    endpoint: Endpoint,
    session_path: str,
    received: Callable[[str, Payload], None],
    ended: Callable[[ChannelEnd], None],
) -> Joined:
    # websockets is loaded with the first session that is joined.
    from livebook_ls.livebook.live.phoenix.channel import Channel

    participant = Identity(endpoint)
    channel: Channel | None = None
    try:
        page = await asyncio.to_thread(lambda: read_page(participant.page(session_path)))
        channel = Channel(page.keys.topic, received, ended)
        await channel.open(_socket_url(participant, page), endpoint, participant.cookies)
        reply = await channel.join(_join_payload(participant, session_path, page), _JOIN_S)
        rendered = _rendered(reply)
        state = await asyncio.to_thread(SessionState, page, rendered)
    except BaseException:
        if channel is not None:
            await channel.close()
        raise
    finally:
        participant.close()
    return Joined(channel, state)


def _socket_url(participant: Identity, page: SessionPage) -> str:
    query = urlencode({"_csrf_token": page.keys.csrf_token, "vsn": "2.0.0"})
    return f"ws{participant.root.removeprefix('http')}/live/websocket?{query}"


def _join_payload(participant: Identity, session_path: str, page: SessionPage) -> Payload:
    at_root = session_path[session_path.rfind("/sessions/") :]
    return {
        "url": f"{participant.root}{at_root}",
        "params": {"user_data": _USER},
        "session": page.keys.session,
        "static": page.keys.static,
    }


def _rendered(reply: Payload) -> Mapping[str, Any]:
    """The page's tree in the reply to a join."""
    response = reply.get("response")
    response = response if isinstance(response, dict) else {}
    if reply.get("status") == "ok" and isinstance(response.get("rendered"), dict):
        logger.info("Joined a session; LiveView is %s", response.get("liveview_version"))
        rendered: Mapping[str, Any] = response["rendered"]
        return rendered
    if "redirect" in response or "live_redirect" in response:
        raise SessionGone
    if response.get("reason") in ("stale", "unauthorized"):
        raise _Stale
    raise NotLetIn(str(response.get("reason", "it gave no reason")))
