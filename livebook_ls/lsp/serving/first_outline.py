"""The outline of a notebook, answered while the server is still being loaded.

An editor asks for it as soon as it has opened a notebook, and shows nothing of it until then. What
is read here the server gets, which obeys all messages from the first one on and only doesn't answer
a second time. Whatever is not exactly as we expect it is left to the server, with all behind it.
"""

from __future__ import annotations

from livebook_ls.livebook import paths
from livebook_ls.lsp.client.introduction import position_encoding
from livebook_ls.lsp.client.profile import read_profile
from livebook_ls.lsp.documents.open_text import OpenText
from livebook_ls.lsp.features.symbols import flat_symbols, symbol_tree
from livebook_ls.lsp.ranges import to_unit
from livebook_ls.lsp.serving.first_answer import framed, read_message, request_id
from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from livebook_ls.lsp.serving.first_answer import Beginning

_OUTLINE = "textDocument/documentSymbol"
_OPENED = "textDocument/didOpen"
# Behind any of these an outline may be another one, or none.
_ENDING = frozenset({"initialize", "shutdown", "exit"})
_CHANGING = ("textDocument/did", "workspace/didRename", "workspace/didDelete", "notebookDocument/")


class FirstOutlines:
    """Answers to a client that began with `params` of `initialize`; `write` takes bytes for it.

    What was answered, and what was read for it, `beginning` learns.
    """

    def __init__(
        self, params: dict[str, Any], beginning: Beginning, write: Callable[[bytes], object]
    ) -> None:
        self._unit = to_unit(position_encoding(params))
        self._is_tree = read_profile(params).has_hierarchical_symbols
        self._beginning = beginning
        self._write = write
        self._is_over = False
        self._texts: dict[str, str] = {}

    def look(self, messages: Iterable[bytes]) -> None:
        """Answer what can be answered of the messages that came since the last look."""
        for message in messages:
            if not self._is_over:
                self._look_at(read_message(message))

    def _look_at(self, message: dict[str, Any]) -> None:
        method = message.get("method")
        params = message.get("params")
        if not isinstance(method, str) or message.get("jsonrpc") != "2.0":
            self._is_over = True
        elif method == _OPENED and (opened := _opened(params)) is not None:
            uri, text = opened
            self._texts[uri] = text
            self._beginning.readings.pop(uri, None)
        elif method == _OUTLINE and (uri := _asked(params)) in self._texts:
            if (number := request_id(message)) is not None:
                self._answer(number, uri)
        elif method in _ENDING or method.startswith(_CHANGING):
            self._is_over = True

    def _answer(self, number: int | str, uri: str) -> None:
        readings = self._beginning.readings
        if uri not in readings:
            readings[uri] = OpenText(Draft(Source(self._texts[uri])))
        reading = readings[uri]
        entries, source = reading.outline, reading.source
        if self._is_tree:
            symbols = symbol_tree(entries, source, self._unit)
        else:
            symbols = flat_symbols(entries, uri, source, self._unit)
        self._write(framed({"id": number, "jsonrpc": "2.0", "result": symbols}))
        self._beginning.answered[number] = _OUTLINE


def _opened(params: object) -> tuple[str, str] | None:
    """The URI and the text of a notebook's file that was opened; None for anything else."""
    item = params.get("textDocument") if isinstance(params, dict) and len(params) == 1 else None
    if not isinstance(item, dict) or type(item.get("version")) is not int:
        return None
    uri, text, language = (item.get(it) for it in ("uri", "text", "languageId"))
    if not isinstance(uri, str) or not isinstance(text, str) or not isinstance(language, str):
        return None
    path = paths.from_uri(uri)
    return (uri, text) if path and paths.is_notebook(path) else None


def _asked(params: object) -> str:
    """The URI of a request about a document and nothing else; empty for any other."""
    document = params.get("textDocument") if isinstance(params, dict) and len(params) == 1 else None
    uri = document.get("uri") if isinstance(document, dict) else None
    return uri if isinstance(uri, str) else ""
