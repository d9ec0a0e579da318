"""The websocket of a page: Phoenix's frames in and out, for the sessions that it joins."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from livebook_ls.standin.live.lobby import Lobby, user_of
from livebook_ls.standin.live.shared_session import CrashedError, SharedSession

PATH = "/live/websocket"
_LIMIT_BYTES = 16_000_000
_READ_BYTES = 65_536
# Livebook hangs up after so long without a frame in either direction.
_SILENCE_S = 60.0
_SILENT_CODE = 1002


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A request to become a websocket, with its own bytes."""

    target: str
    cookies: str
    request: bytes


class PageSocket:
    """Serves one connection until it ends."""

    def __init__(self, connection: socket.socket, lobby: Lobby) -> None:
        self._connection = connection
        self._lobby = lobby
        self._lock = threading.Lock()
        self._protocol = ServerProtocol(max_size=_LIMIT_BYTES)
        # By topic: the reference of the join, the session, and our id there.
        self._joined: dict[str, tuple[object, SharedSession, str]] = {}
        self._csrf_token = ""
        self._cookies = ""

    def serve(self, upgrade: Upgrade) -> None:
        """Answer until the other side goes away, or says nothing for too long."""
        query = parse_qs(urlsplit(upgrade.target).query)
        self._csrf_token = query.get("_csrf_token", [""])[0]
        self._cookies = upgrade.cookies
        self._connection.settimeout(_SILENCE_S)
        try:
            self._take(upgrade.request)
            while data := self._connection.recv(_READ_BYTES):
                self._take(data)
        except TimeoutError:
            with self._lock, contextlib.suppress(OSError):
                self._protocol.send_close(_SILENT_CODE)
                self._flush()
        except OSError:
            pass
        finally:
            for _, session, client_id in self._joined.values():
                session.leave(client_id)

    def _take(self, data: bytes) -> None:
        with self._lock:
            self._protocol.receive_data(data)
        self._handle()

    def _handle(self) -> None:
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                with self._lock:
                    self._protocol.send_response(self._protocol.accept(event))
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._frame(json.loads(bytes(event.data)))
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._connection.sendall(data)
            else:
                self._connection.shutdown(socket.SHUT_WR)

    def _frame(self, frame: list[object]) -> None:
        join_ref, ref, topic, event, payload = frame
        if not isinstance(topic, str) or not isinstance(payload, Mapping):
            return
        if topic == "phoenix":
            self._reply(None, ref, topic, "ok", {})
        elif event == "phx_join":
            self._join(join_ref, ref, topic, payload)
        elif topic not in self._joined:
            self._reply(None, ref, topic, "error", {"reason": "unmatched topic"})
        elif event == "phx_leave":
            self._leave(topic)
            self._send([join_ref, join_ref, topic, "phx_close", {}])
            self._reply(join_ref, ref, topic, "ok", {})
        elif event == "event":
            self._event(ref, topic, payload)

    def _join(
        self, join_ref: object, ref: object, topic: str, payload: Mapping[str, object]
    ) -> None:
        found = self._lobby.joins(topic, payload, self._csrf_token, self._cookies)
        if isinstance(found, str):
            refused = {"redirect": {"status": 302, "to": "/"}}
            response = refused if found == "redirect" else {"reason": found}
            self._reply(join_ref, ref, topic, "error", response)
            return
        if topic in self._joined:
            self._leave(topic)
            self._send([join_ref, join_ref, topic, "phx_close", {}])
        params = payload["params"]
        user = params.get("user_data", {}) if isinstance(params, Mapping) else {}
        tell = self._teller(join_ref, topic)

        def welcome(client_id: str, tree: object) -> None:
            self._joined[topic] = (join_ref, found, client_id)
            response = {"rendered": tree, "liveview_version": "1.1.24"}
            self._reply(join_ref, ref, topic, "ok", response)

        found.join(user, user_of(self._cookies), tell, welcome)

    def _teller(self, join_ref: object, topic: str) -> Callable[[str, Mapping[str, object]], None]:
        def tell(event: str, payload: Mapping[str, object]) -> None:
            is_end = event in ("phx_close", "phx_error")
            ref = join_ref if is_end else None
            try:
                self._send([join_ref, ref, topic, event, payload])
            except OSError:
                return
            if is_end:
                self._joined.pop(topic, None)

        return tell

    def _event(self, ref: object, topic: str, payload: Mapping[str, object]) -> None:
        join_ref, session, client_id = self._joined[topic]
        session.is_silent = self._lobby.is_silent()
        try:
            response, news = session.event(payload.get("event"), payload.get("value"), client_id)
        except CrashedError:
            self._leave(topic)
            self._send([join_ref, join_ref, topic, "phx_error", {}])
            return
        self._reply(join_ref, ref, topic, "ok", response)
        if news is not None:
            self._send([join_ref, None, topic, "diff", news])

    def _leave(self, topic: str) -> None:
        _, session, client_id = self._joined.pop(topic)
        session.leave(client_id)

    def _reply(
        self, join_ref: object, ref: object, topic: str, status: str, response: object
    ) -> None:
        payload = {"status": status, "response": response}
        self._send([join_ref, ref, topic, "phx_reply", payload])

    def _send(self, frame: list[object]) -> None:
        with self._lock:
            self._write(frame)

    def _write(self, frame: list[object]) -> None:
        if self._protocol.state is State.OPEN:
            self._protocol.send_text(json.dumps(frame).encode())
            self._flush()
