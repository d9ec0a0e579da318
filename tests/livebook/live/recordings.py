"""What a real Livebook's pages and sockets were seen to say; tests skip where that is absent."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[4] / "shared" / "livebook" / "live"
TRANSCRIPTS = ROOT / "transcripts.jsonl"
needs_recordings = pytest.mark.skipif(not ROOT.is_dir(), reason=f"no recordings at {ROOT}")


def page(name: str) -> str:
    """A whole recorded page."""
    return (ROOT / "pages" / f"{name}.html").read_text(encoding="utf-8")


def transcripts() -> list[dict[str, Any]]:
    """All recorded exchanges."""
    if not TRANSCRIPTS.is_file():
        return []
    with TRANSCRIPTS.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def named(name: str) -> dict[str, Any]:
    """The exchange of that name."""
    return next(it for it in transcripts() if it["name"] == name)


def page_of(cells: list[dict[str, Any]]) -> str:
    """A page around recorded cells: of each its own tag, its state in words, its outputs."""
    inside = "".join(map(_cell, cells))
    return (
        '<meta name="csrf-token" content="c"><div id="phx-1" data-phx-main data-phx-session="s">'
        f"<div data-el-session>{inside}</div></div>"
    )


def _cell(cell: dict[str, Any]) -> str:
    language = escape(json.dumps(cell["language"]))
    editor = f'<div data-p-tag="&quot;primary&quot;" data-p-language="{language}"></div>'
    tooltip = f' data-tooltip="{cell["took"]}"' if cell.get("took") else ""
    status = f"<div{tooltip}><div data-el-cell-status>{cell.get('label') or ''}</div></div>"
    outputs = "".join(cell["outputs"])
    container = f'<div data-el-outputs-container id="{cell["container"]}">{outputs}</div>'
    return f"{cell['tag']}{editor}{status}{container if cell['container'] else ''}</div>"
