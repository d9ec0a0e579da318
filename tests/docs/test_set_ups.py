"""What the pages tell a reader to type, typed: those parts that need no editor and no registry."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support.docs.pages import DOCS, PAGES, read
from tests.support.places import ROOT

_BY_NAME = re.compile(r"\binstall livebook")


@pytest.mark.parametrize("page", [ROOT / "README.md", DOCS / "editors" / "helix.md"])
def test_helix_is_set_up_in_an_empty_home(page: Path, tmp_path: Path) -> None:
    block = next(it for it in read(page).code if "editors/helix/runtime" in it)
    subprocess.run(
        ["sh", "-e", "-c", block],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        check=True,
    )
    made = tmp_path / ".config" / "helix"
    languages = tomllib.loads((made / "languages.toml").read_text(encoding="utf-8"))
    (language,) = languages["language"]

    assert language["file-types"] == ["livemd"]
    assert (made / "runtime" / "queries" / language["name"] / "highlights.scm").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda it: str(it.relative_to(ROOT)))
def test_nothing_is_installed_by_a_name_that_no_registry_has(page: Path) -> None:
    by_name = [
        line for code in read(page).code for line in code.splitlines() if _BY_NAME.search(line)
    ]

    assert by_name == []


@pytest.mark.slow
def test_the_wheel_carries_the_pages(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--wheel-dir", tmp_path, ROOT], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        carried = {it for it in archive.namelist() if it.startswith("livebook_ls/help/")}

    assert carried == {f"livebook_ls/help/{it.relative_to(DOCS)}" for it in DOCS.rglob("*.md")}
