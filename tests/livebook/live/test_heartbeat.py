"""The sign of life on each channel: in time, and of all channels at once."""

from __future__ import annotations

import asyncio
import json

from websockets.asyncio.server import ServerConnection, serve

from livebook_ls import clock
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.live.phoenix.channel import HEARTBEAT_EVERY_S, Channel
from livebook_ls.livebook.live.phoenix.frames import ChannelEnd
from tests.support.turned_clock import TurnedClock, turned_until


class Pulse:
    """The far side of channels: when they beat."""

    def __init__(self, turned: TurnedClock) -> None:
        self.beats_s: list[float] = []
        self._turned = turned

    async def serve(self, connection: ServerConnection) -> None:
        async for message in connection:
            _, ref, topic, event, _ = json.loads(message)
            if event == "heartbeat":
                self.beats_s.append(self._turned.now_s)
                reply = [None, ref, topic, "phx_reply", {"status": "ok", "response": {}}]
                await connection.send(json.dumps(reply))


async def beaten(turned: TurnedClock, opened_at_s: list[float], until: int) -> Pulse:
    """The beats of channels that were opened at these moments."""
    pulse = Pulse(turned)
    ends: list[ChannelEnd] = []
    async with serve(pulse.serve, "127.0.0.1", 0) as server:
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        channels = []
        for moment in opened_at_s:
            await turned.advance(moment - turned.now_s)
            channel = Channel("topic", lambda *_: None, ends.append)
            await channel.open(f"ws://{address}", read_address(address, "here"), "")
            channels.append(channel)
        await turned_until(turned, lambda: len(pulse.beats_s) >= until, turn_s=1.0)
        assert not ends
        for channel in channels:
            await channel.close()
    return pulse


def test_channels_beat_in_time_and_at_once() -> None:
    turned = TurnedClock()
    opened = turned.now_s
    with clock.using(turned):
        pulse = asyncio.run(beaten(turned, [opened, opened + 3.1, opened + 17.7], 6))

    first, second = sorted(set(pulse.beats_s))
    assert first - opened <= HEARTBEAT_EVERY_S
    assert second - first == HEARTBEAT_EVERY_S
    assert sorted(pulse.beats_s) == [first] * 3 + [second] * 3
