"""What holds of whatever a client sends: a header or none of ours, and each request answered."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from lsprotocol import types

from livebook_ls.lsp.connection.framing import CheckedStream, NotOurProtocolError
from livebook_ls.lsp.create import handlers
from tests.lsp.connection.test_refusals import INITIALIZE, answers
from tests.support.arbitrary import ANYTHING, TEXTS
from tests.support.examples import tried

URI = "file:///a.livemd"
LINES = st.sampled_from(
    [
        *(b"Content-Length: 2\r\n", b"content-length:2\n", b"Content-Length: -5\r\n", b"\r\n"),
        *(b"Content-Type: x\r\n", b"POST / HTTP/1.1\r\n", b"Content-Length: 99999999999\r\n"),
        *(b"Content-Length: \xd9\xa2\r\n", b"Content-Length: 2", b": 2\r\n", b"a" * 2_000, b"\0"),
        *(b"{}", b"\n"),
    ]
)  # fmt: skip
BYTES = st.lists(LINES | st.binary(max_size=8), max_size=8).map(b"".join)
# What ends the server or begins it is another matter.
METHODS = sorted(
    method
    for method, _, _ in handlers()
    if types.METHOD_TO_TYPES[method][1] is not None and method not in ("initialize", "shutdown")
)
NUMBERS = st.integers(-2, 12) | st.sampled_from([2**31 - 1, 2**31, 2**63, -(2**31)])
PLACES = st.fixed_dictionaries({"line": NUMBERS, "character": NUMBERS})
RANGES = st.fixed_dictionaries({"start": PLACES, "end": PLACES})
CHANGES = st.lists(
    st.fixed_dictionaries({"text": TEXTS}, optional={"range": RANGES, "rangeLength": NUMBERS}),
    max_size=3,
)
DOCUMENTS = st.fixed_dictionaries({"uri": st.just(URI) | st.text(max_size=9), "version": NUMBERS})
PARAMS = ANYTHING | st.fixed_dictionaries(
    {"textDocument": DOCUMENTS},
    optional={
        "position": PLACES | ANYTHING,
        "positions": st.lists(PLACES, max_size=2),
        "range": RANGES | ANYTHING,
        "context": st.fixed_dictionaries({"diagnostics": st.just([]) | ANYTHING}),
        "contentChanges": CHANGES,
        "newName": st.text(max_size=9),
        "options": st.fixed_dictionaries({"tabSize": NUMBERS, "insertSpaces": st.booleans()}),
        "text": TEXTS,
    },
)


@given(BYTES)
@example(b"Content-Length: 2\r\n\r\n{}Content-Length: 2\r\n\r\n")
@tried(200)
def test_bytes_are_messages_or_refused(data: bytes) -> None:
    stream = CheckedStream(io.BytesIO(data))
    with contextlib.suppress(NotOurProtocolError):
        while message := stream.message():
            assert message in data


@pytest.mark.slow
@given(st.sampled_from(METHODS), PARAMS, TEXTS)
# An example takes a tenth of a second, so that shrinking one would take many minutes.
@settings(max_examples=15, deadline=None, phases=set(Phase) - {Phase.shrink})
def test_every_request_is_answered_once_whatever_its_parameters(
    method: str, params: Any, text: str
) -> None:
    document = {"uri": URI, "languageId": "livebook", "version": 1, "text": text}
    opened = {"method": "textDocument/didOpen", "params": {"textDocument": document}, "id": None}
    asked = {"method": method, "params": params}
    first, *rest = answers(INITIALIZE, opened, asked, {"method": "no/such", "params": {}})

    assert first is None
    assert len(rest) == 2
    # Nothing that went wrong within is an answer.
    assert rest[0] in (None, -32602, -32600, -32601, -32803)
    assert rest[1] == -32601
