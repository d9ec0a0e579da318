"""Small notebooks with what we tell of them; UPDATE_EXPECTED=1 writes our answers anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from livebook_ls.notebook.description import describe
from livebook_ls.notebook.hazard import Hazard, Severity, apply_fix
from livebook_ls.notebook.hazards.finding import find_all_hazards
from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.source import Source, decode

CASES = Path(__file__).parent / "cases"
NOTEBOOKS = sorted(CASES.rglob("*.livemd"))
FIXABLE = [path for path in NOTEBOOKS if path.parent.name == "hazards"]


def hazards_of(text: str) -> tuple[Hazard, ...]:
    document = read_document(Source(text))
    return find_all_hazards(document, build_notebook(document))


def read(path: Path) -> str:
    text = decode(path.read_bytes())
    assert text is not None
    return text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_tells_what_livebook_would_make_of_it(path: Path) -> None:
    source = Source(read(path))
    document = read_document(source)
    notebook = build_notebook(document)
    told = describe(notebook, source, find_all_hazards(document, notebook))
    answer = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    expected = path.with_suffix(".expected")
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(answer, encoding="utf-8", newline="\n")
    assert answer == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FIXABLE, ids=lambda path: path.stem)
def test_names_the_hazard_that_the_case_is_for(path: Path) -> None:
    severities = {hazard.severity.value for hazard in hazards_of(read(path))}
    named = path.stem.split("_")[0]
    assert severities == set() if named == "healthy" else named in severities


@pytest.mark.parametrize("path", FIXABLE, ids=lambda path: path.stem)
def test_a_fix_mends_what_it_is_for(path: Path) -> None:
    text = read(path)
    found = hazards_of(text)
    codes = [hazard.code for hazard in found]
    for hazard in found:
        if hazard.fix is None:
            continue
        left = hazards_of(apply_fix(text, hazard.fix))
        assert [it.code for it in left].count(hazard.code) < codes.count(hazard.code)
        assert {it.code for it in left if it.severity is Severity.CRASH} <= set(codes)
