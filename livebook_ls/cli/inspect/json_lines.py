"""`inspect --jsonl`: thousands of texts through one process, an answer a line."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from livebook_ls import bounded_json
from livebook_ls.cli.terminal import complain
from livebook_ls.notebook.inspection import inspect_bytes
from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.syncing.forecast import forecast_texts

if TYPE_CHECKING:
    from livebook_ls.notebook.description import Description
    from livebook_ls.notebook.model import JsonValue
    from livebook_ls.notebook.syncing.session_content import HeldCell, HeldSection

Answer = Callable[["dict[str, JsonValue]"], "tuple[Description, bool]"]


class _BadLineError(ValueError):
    """A line that asks nothing we can answer."""


def inspect_lines(file: str) -> int:
    """Answer each `{"text": …}` or `{"base64": …}` of a file, `-` for stdin, by a description."""
    return _answer_all(file, _inspected)


def forecast_lines(file: str) -> int:
    """Answer each `{"before": …, "after": …}` by what a session would hold after that sync."""
    return _answer_all(file, _foreseen)


def _answer_all(file: str, answer: Answer) -> int:
    if file == "-":
        return _answer_each(sys.stdin.buffer, answer)
    with ExitStack() as stack:
        try:
            lines = stack.enter_context(Path(file).open("rb"))
        except OSError as error:
            complain(f"{file}: {error.strerror}")
            return 1
        return _answer_each(lines, answer)


def _answer_each(lines: Iterable[bytes], answer: Answer) -> int:
    """1 where Livebook would fail on something, or a line can't be answered; else 0."""
    code = 0
    for line in lines:
        if not line.strip():
            continue
        answered, is_fatal = _answered(line, answer)
        # Whoever asks line by line waits for the answer.
        print(json.dumps(answered), flush=True)
        if is_fatal:
            code = 1
    return code


def _answered(line: bytes, answer: Answer) -> tuple[Description, bool]:
    try:
        asked = bounded_json.decoded(line)
        if not isinstance(asked, dict):
            raise _BadLineError("a line must be a JSON object")
        return answer(asked)
    # The border of one line: whatever is wrong with it, the next ones are answered.
    except Exception as error:
        return {"error": str(error) or type(error).__name__}, True


def _inspected(asked: dict[str, JsonValue]) -> tuple[Description, bool]:
    inspected = inspect_bytes(_content(asked))
    return inspected.description(), inspected.is_fatal


def _content(asked: dict[str, JsonValue]) -> bytes:
    match asked:
        case {"text": str(text)}:
            # What no file can hold as UTF-8 must not become something that one can.
            return text.encode("utf-8", "surrogatepass")
        case {"base64": str(encoded)}:
            return base64.b64decode(encoded, validate=True)
    raise _BadLineError('a line must have a "text" or a "base64", each a string')


def _foreseen(asked: dict[str, JsonValue]) -> tuple[Description, bool]:
    match asked:
        case {"before": str(before), "after": str(after)}:
            found = forecast_texts(before, after)
        case _:
            raise _BadLineError('a line must have a "before" and an "after", each a string')
    sections = found.session.sections if found.session else ()
    answer: Description = {
        "equal": found.equal,
        "sections": [_section(section) for section in sections],
        "raises": found.raises,
    }
    return answer, found.raises is not None


def _section(section: HeldSection) -> JsonValue:
    cells: list[JsonValue] = [_cell(cell) for cell in section.cells]
    return {"name": section.name, "parent_index": section.parent_index, "cells": cells}


def _cell(cell: HeldCell) -> JsonValue:
    described: Description = {"type": cell.type.value, "source": cell.source}
    if cell.type is CellType.MARKDOWN:
        return described
    described |= {
        "language": cell.language or "elixir",
        "metadata": cell.metadata,
        "outputs": len(cell.outputs),
    }
    if cell.type is CellType.SMART:
        described |= {"kind": cell.kind, "attrs": cell.attrs, "chunks": cell.chunks}
    return described
