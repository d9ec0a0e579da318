"""The stand-in editor's texts, when its own keys and the server's edits come at once."""

from __future__ import annotations

import threading
from typing import Any

from livebook_ls.standin.buffers import Buffers

URI = "file:///note.livemd"
_STARTS_S = 0.05


def _insertion(text: str, version: int) -> dict[str, Any]:
    start = {"line": 0, "character": 0}
    edits = [{"range": {"start": start, "end": start}, "newText": text}]
    document = {"uri": URI, "version": version}
    return {"documentChanges": [{"textDocument": document, "edits": edits}]}


def test_an_edit_waits_for_the_notification_of_a_change() -> None:
    told: list[tuple[int, str]] = []
    started, goes_on = threading.Event(), threading.Event()

    def notify(method: str, params: Any) -> None:
        if method == "textDocument/didChange":
            started.set()
            goes_on.wait()
            told.append((params["textDocument"]["version"], params["contentChanges"][0]["text"]))

    buffers = Buffers(notify)
    buffers.open(URI, "one\n", "livebook")
    typing = threading.Thread(target=buffers.edit, args=(URI, lambda text: f"{text}typed\n"))
    typing.start()
    started.wait()
    applying = threading.Thread(target=buffers.apply, args=(_insertion("theirs\n", 2),))
    applying.start()
    # Without its turn it would be told by now, before the change that came first.
    applying.join(_STARTS_S)
    goes_on.set()
    typing.join()
    applying.join()
    assert told == [(2, "one\ntyped\n"), (3, "theirs\none\ntyped\n")]
    assert buffers.texts[URI] == told[-1][1]


def test_an_edit_for_another_version_is_refused() -> None:
    buffers = Buffers(lambda _method, _params: None)
    buffers.open(URI, "one\n", "livebook")
    buffers.edit(URI, lambda text: f"{text}typed\n")
    assert not buffers.apply(_insertion("theirs\n", 1))
    assert buffers.texts[URI] == "one\ntyped\n"
    assert buffers.apply(_insertion("theirs\n", 2))
    assert buffers.texts[URI] == "theirs\none\ntyped\n"
