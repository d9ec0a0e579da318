"""Compare what we read with what a real Livebook read, line by line of the golden files."""

from __future__ import annotations

import base64
import gzip
import json
import sys
from typing import TYPE_CHECKING, Any

from livebook_ls.notebook.description import describe
from livebook_ls.notebook.hazard import Severity
from livebook_ls.notebook.hazards.finding import find_all_hazards
from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.importing.metadata import (
    APP_DEFAULTS,
    NOTEBOOK_DEFAULTS,
    OPENING_FAILURES,
)
from livebook_ls.notebook.source import Source, decode
from tests.support.places import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.markdown.places import BlockDocument
    from livebook_ls.notebook.model import Notebook

GOLDEN = SHARED

# Livebook says these only where it knows its own key and hubs.
_LOCAL_WARNINGS = (
    "this notebook can only access environment variables",
    "invalid notebook stamp",
    "this notebook belongs to an Organization",
)


def golden_lines(name: str) -> Iterator[tuple[str | None, Any]]:
    """Each notebook's text, or None where it is not UTF-8, with what Livebook made of it."""
    path = GOLDEN / name
    data = path.read_bytes()
    for line in (gzip.decompress(data) if name.endswith(".gz") else data).splitlines():
        wanted = json.loads(line)
        yield _text_of(name, wanted), wanted


def crash_lines() -> Iterator[tuple[str | None, Any]]:
    """Each input with whether Livebook raises; None where it is not UTF-8."""
    with (GOLDEN / "crash-corpus.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            wanted = json.loads(line)
            text = wanted.get("text")
            yield decode(base64.b64decode(wanted["base64"])) if text is None else text, wanted


def differences(text: str | None, wanted: Any) -> list[str]:
    """What we read differently."""
    if text is None:
        return [] if "error" in wanted else ["not UTF-8, and yet imported"]
    source = Source(text)
    document = read_document(source)
    notebook = build_notebook(document)
    found: Any = describe(notebook, source)
    raises = "error" in wanted
    codes = {failure.code for failure in notebook.failures} - OPENING_FAILURES
    if raises or codes:
        if raises == bool(codes):
            return []
        return [f"raises: {codes} instead of {wanted.get('error')}"]
    if not notebook.failures:
        cannot = is_unsavable(document, notebook)
        if cannot != ("error_export" in wanted):
            return [f"unsavable: {cannot} instead of {wanted.get('error_export')}"]
    expected = {
        "name": wanted["name"],
        "leading_comments": wanted.get("leading_comments", []),
        "setup": _setup(wanted["setup"]),
        "has_stamp": wanted.get("has_stamp", False),
        "attrs": _attributes(wanted["attrs"]),
        "warnings": [
            said for said in wanted.get("warnings", []) if not said.startswith(_LOCAL_WARNINGS)
        ],
    }
    found["attrs"] = _comparable(found["attrs"], wanted["attrs"])
    different = [
        f"{key}: {found[key]!r} instead of {value!r}"
        for key, value in expected.items()
        if found[key] != value
    ]
    shape = [_section(section) for section in found["sections"]]
    expected_shape = [_section(section) for section in wanted["sections"]]
    return different + _first_difference(shape, expected_shape)


def raises(text: str | None) -> bool:
    """Whether Livebook would fail to import, open or save this text."""
    if text is None:
        return True
    document = read_document(Source(text))
    notebook = build_notebook(document)
    return bool(notebook.failures) or is_unsavable(document, notebook)


def is_unsavable(document: BlockDocument, notebook: Notebook) -> bool:
    """Whether we say that Livebook could not write what it read, or not read that again."""
    hazards = find_all_hazards(document, notebook)
    return any(hazard.severity is Severity.UNSAVABLE for hazard in hazards)


def _text_of(name: str, wanted: Any) -> str | None:
    if "text" in wanted:
        return str(wanted["text"])
    folder = GOLDEN / "wild" if "wild" in name else GOLDEN
    return decode((folder / wanted["file"]).read_bytes())


def _setup(cells: Any) -> Any:
    """The soup names language and source of a cell in a pair, and leaves out an empty setup."""
    if not cells:
        return [{"language": "elixir", "source": ""}]
    return [
        {"language": cell[0], "source": cell[1]} if isinstance(cell, list) else cell
        for cell in cells
    ]


def _attributes(attrs: Any) -> Any:
    known = {
        key: attrs[key]
        for key, default in NOTEBOOK_DEFAULTS.items()
        if key in attrs and attrs[key] != default
    }
    settings = attrs.get("app_settings", {})
    chosen = {
        key: settings[key]
        for key, default in APP_DEFAULTS.items()
        if key in settings and settings[key] != default
    }
    return known | ({"app_settings": chosen} if chosen else {})


def _comparable(attrs: Any, wanted: Any) -> Any:
    """What can be compared: files are not spelt out, and an unknown hub is forgotten."""
    kept = {key: value for key, value in attrs.items() if key != "file_entries"}
    if "hub_id" in kept and wanted.get("hub_id", "personal-hub") == "personal-hub":
        del kept["hub_id"]
        kept.pop("deployment_group_id", None)
    names = [entry["name"] for entry in attrs.get("file_entries", [])]
    if len(names) != len(wanted.get("file_entries", [])):
        kept["file_entries"] = names
    return kept


def _section(section: Any) -> Any:
    return {
        "name": section["name"],
        "parent_index": section.get("parent_index"),
        "cells": [_cell(cell) for cell in section.get("cells", [])],
    }


def _cell(cell: Any) -> Any:
    if cell["type"] == "markdown":
        return {"type": "markdown"}
    shape = {
        "type": cell["type"],
        "language": cell["language"],
        "source": cell["source"],
        "metadata": cell.get("metadata", {}),
        "outputs": cell.get("outputs", 0),
    }
    if cell["type"] == "smart":
        shape |= {
            "kind": cell["kind"],
            "attrs": cell.get("attrs", {}),
            "chunks": cell.get("chunks"),
        }
    return shape


def _first_difference(found: Any, wanted: Any) -> list[str]:
    for index, (mine, theirs) in enumerate(zip(found, wanted, strict=False)):
        for key in ("name", "parent_index"):
            if mine[key] != theirs[key]:
                return [f"section {index} {key}: {mine[key]!r} instead of {theirs[key]!r}"]
        if mine["cells"] != theirs["cells"]:
            pairs = zip(mine["cells"], theirs["cells"], strict=False)
            for number, (cell, expected) in enumerate(pairs):
                if cell != expected:
                    return [f"section {index} cell {number}: {cell!r} instead of {expected!r}"]
            return [f"section {index}: {len(mine['cells'])} cells, not {len(theirs['cells'])}"]
    if len(found) != len(wanted):
        return [f"{len(found)} sections instead of {len(wanted)}"]
    return []


def main() -> None:
    """Print how much of each golden file we read as Livebook does."""
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    for name in ("golden-wild.jsonl", "golden-tricky.jsonl", "golden-soup.jsonl.gz"):
        total = wrong = 0
        for text, wanted in golden_lines(name):
            total += 1
            different = differences(text, wanted)
            if different:
                wrong += 1
                if wrong <= limit:
                    shown = repr(text[:1500]) if text else ""
                    print(wanted.get("file", ""), shown, *different, sep="\n   ")
        print(f"{name}: {total - wrong} of {total} ({(total - wrong) / total:.2%})")
    crashes = [(text, wanted, raises(text)) for text, wanted in crash_lines()]
    wrong_lines = [
        f"{wanted['name']}: {wanted.get('raises_in')} but found {found}"
        for _text, wanted, found in crashes
        if wanted["raises"] != found
    ]
    print(*wrong_lines, sep="\n")
    print(f"crash-corpus.jsonl: {len(crashes) - len(wrong_lines)} of {len(crashes)}")


if __name__ == "__main__":
    main()
