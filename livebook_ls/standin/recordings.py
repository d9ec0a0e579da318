"""Canonical forms that were recorded from a real Livebook, by the sha256 of the text."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path


def known_canonical(folder: Path) -> dict[str, str]:
    """sha256 of a text → canonical form, for every recorded notebook that Livebook could read.

    `folder` holds `golden-tricky.jsonl`, `golden-wild.jsonl`, their notebooks and `canonical/`.
    """
    known: dict[str, str] = {}
    for golden in ("golden-tricky.jsonl", "golden-wild.jsonl"):
        for line in (folder / golden).read_text(encoding="utf-8").splitlines():
            _remember(known, folder, json.loads(line))
    return known


def _remember(known: dict[str, str], folder: Path, entry: dict[str, object]) -> None:
    # A recorded stamp verified on another Livebook: its text would come back without one here.
    if "error" in entry or entry.get("has_stamp"):
        return
    original = folder / str(entry["file"])
    canonical = folder / "canonical" / str(entry["file"])
    source = original if entry.get("is_canonical") else canonical
    if original.exists() and source.exists():
        digest = hashlib.sha256(original.read_bytes()).hexdigest()
        known[digest] = source.read_bytes().decode(errors="surrogateescape")
