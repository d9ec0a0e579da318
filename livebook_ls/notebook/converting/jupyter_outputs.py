"""The outputs of Jupyter's cells as texts, and texts as such outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livebook_ls.notebook.model import JsonValue

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_RESULTS = frozenset(("execute_result", "display_data", "pyout"))
_ERRORS = frozenset(("error", "pyerr"))


def output_texts(outputs: JsonValue) -> tuple[str, ...]:
    """What a cell gave, as far as it is text; texts of one stream are one."""
    found: list[tuple[str, str]] = []
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            for kind, text in _texts(output):
                if found and kind and found[-1][0] == kind:
                    text = found.pop()[1] + text
                found.append((kind, text))
    plain = (_COLOURS.sub("", text) for _, text in found)
    texts = (it.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") for it in plain)
    return tuple(it for it in texts if it.strip())


def display(text: str) -> JsonValue:
    """A text as an output of its own; what was printed would flow into the next one."""
    return {"data": {"text/plain": lines_of(text)}, "metadata": {}, "output_type": "display_data"}


def lines_of(text: str) -> list[JsonValue]:
    """A text as Jupyter writes it: its lines, each with its end."""
    return list(re.findall(r"[^\n]*\n|[^\n]+", text))


def _texts(output: dict[str, JsonValue]) -> Iterator[tuple[str, str]]:
    kind = output.get("output_type")
    if kind == "stream":
        yield f"stream {output.get('name') or output.get('stream')}", _joined(output.get("text"))
    elif kind in _RESULTS:
        data = output.get("data")
        # Before nbformat 4 the kinds of a result stood beside each other.
        yield "", _joined(data.get("text/plain") if isinstance(data, dict) else output.get("text"))
    elif kind in _ERRORS:
        trace = output.get("traceback")
        lines = [it for it in trace if isinstance(it, str)] if isinstance(trace, list) else []
        yield "", "\n".join(lines) or f"{output.get('ename')}: {output.get('evalue')}"


def _joined(value: JsonValue) -> str:
    if isinstance(value, list):
        return "".join(it for it in value if isinstance(it, str))
    return value if isinstance(value, str) else ""
