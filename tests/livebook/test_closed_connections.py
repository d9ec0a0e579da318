"""Connections that are closed while another thread is about to use them."""

from __future__ import annotations

import socket
from typing import Any

import httpcore
import pytest

from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.connections import FAILED, Connections
from livebook_ls.livebook.http.deadlines import Deadline
from tests.support.sockets import saying

SAID = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


def test_what_was_just_being_connected_is_closed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[socket.socket] = []
    connect = httpcore.SyncBackend.connect_tcp

    def connect_late(self: httpcore.SyncBackend, *arguments: Any) -> httpcore.NetworkStream:
        connections.close()
        stream = connect(self, *arguments)
        made.append(stream.get_extra_info("socket"))
        return stream

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect_late)
    with saying(SAID) as url:
        connections = Connections(read_address(url, "here"), Deadline())
        with pytest.raises(FAILED), connections.stream("GET", url, {}, None, 10.0):
            pass

    assert [it.fileno() for it in made] == [-1]
