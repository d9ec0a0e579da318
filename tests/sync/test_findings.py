"""Every finding and error has its entry in the README, under its code."""

from __future__ import annotations

import re

import pytest

from livebook_ls.livebook.errors import LivebookError
from tests.support.places import ROOT

FINDINGS = "".join(
    path.read_text(encoding="utf-8")
    for room in ("sync", "agents")
    for path in sorted((ROOT / "livebook_ls" / room).rglob("*.py"))
)
README = (ROOT / "README.md").read_text(encoding="utf-8")


def error_codes(kind: type[LivebookError] = LivebookError) -> set[str]:
    own = {kind.code} if "code" in vars(kind) else set()
    return own.union(*map(error_codes, kind.__subclasses__()))


CODES = sorted(error_codes() | set(re.findall(r'code="([a-z0-9-]+)"', FINDINGS)))


def test_there_are_codes() -> None:
    assert {"not-running", "sync-loses", "not-utf8"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_an_entry(code: str) -> None:
    assert f"\n### {code}\n" in README
