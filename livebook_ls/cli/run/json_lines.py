"""What `run --json` tells: an object a line, as docs/command-line.md lists them."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from livebook_ls.cli.run.report import CellOver, Failed
from livebook_ls.cli.run.selection import Numbered
from livebook_ls.livebook.live.outputs import (
    BrowserOutput,
    CellOutput,
    ImageOutput,
    LayoutOutput,
    TextOutput,
)
from livebook_ls.notebook.model import JsonValue
from livebook_ls.running.outcome import RunEnd


class JsonReport:
    """For programs: all of it on stdout, each line at once."""

    def begin(
        self, file: str, wanted: Sequence[Numbered], brought_along: Sequence[Numbered]
    ) -> None:
        """`{"event": "begin"}`."""
        along: list[JsonValue] = [_place(it) for it in brought_along]
        cells: list[JsonValue] = [_place(it) for it in wanted]
        _print({"event": "begin", "file": file, "cells": cells, "broughtAlong": along})

    def cell(self, file: str, over: CellOver) -> None:
        """`{"event": "cell"}`."""
        failed: list[JsonValue] = [_failure(it) for it in over.failed]
        _print(
            {
                "event": "cell",
                "file": file,
                **_place(over.place),
                "state": over.view.state.value,
                "tookMs": over.view.took_ms,
                "isFailure": over.is_failure,
                "failures": failed,
                "outputs": [_output(it) for it in over.view.outputs or ()],
            }
        )

    def end(
        self,
        file: str,
        end: RunEnd,
        sentence: str,
        told: Sequence[CellOver],
        line: int | None = None,
        output: str | None = None,
    ) -> None:
        """`{"event": "end"}`."""
        counts: dict[str, JsonValue] = {
            "run": len(told),
            "failed": sum(it.is_failure for it in told),
        }
        about: dict[str, JsonValue] = {} if line is None else {"line": line}
        ended = {"event": "end", "file": file, "end": end.value, "sentence": sentence}
        copy: dict[str, JsonValue] = {} if output is None else {"output": output}
        _print({**ended, **about, **copy, **counts})


def _print(event: dict[str, JsonValue]) -> None:
    # A terminal is steered by nothing in it: JSON escapes control characters, and so all else.
    print(json.dumps(event), flush=True)


def _place(it: Numbered) -> dict[str, JsonValue]:
    return {"cell": it.number, "line": it.line, "section": it.section}


def _failure(it: Failed) -> JsonValue:
    return {"line": it.line, "code": it.failure.kind.value, "message": it.failure.sentence}


def _output(output: CellOutput) -> JsonValue:
    match output:
        case TextOutput():
            return {
                "type": "text",
                "kind": output.kind.value,
                "text": output.text,
                "heading": output.heading,
                "isCut": output.is_cut,
            }
        case ImageOutput():
            content = base64.b64encode(output.content).decode("ascii")
            return {"type": "image", "mediaType": output.media_type, "base64": content}
        case LayoutOutput():
            return {
                "type": output.kind.value,
                "labels": list(output.labels),
                "outputs": [_output(it) for it in output.outputs],
            }
        case BrowserOutput():
            return {"type": output.kind.value, "label": output.label}
