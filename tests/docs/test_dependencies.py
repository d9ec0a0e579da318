"""The lock of development has all that pyproject.toml asks for, in its ranges, by content."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement

from tests.support.places import ROOT

LOCK = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
# A name with its version, and with what it is for where that is not everywhere.
_PIN = re.compile(r"^([\w.-]+)==(\S+)(?: ; .+?)? \\$", re.MULTILINE)


def wanted() -> list[Requirement]:
    read = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = read["project"]
    mcp = project["optional-dependencies"]["mcp"]
    return [
        Requirement(it)
        for it in (*project["dependencies"], *mcp, *read["dependency-groups"]["dev"])
    ]


def test_all_that_is_asked_for_is_locked_within_its_range() -> None:
    """`scripts/lock` writes it anew."""
    locked = dict(_PIN.findall(LOCK))

    assert len(locked) > len(wanted()) > 15
    assert [str(it) for it in wanted() if not it.specifier.contains(locked.get(it.name, "0"))] == []


def test_nothing_is_locked_by_anything_but_its_content() -> None:
    pins = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.MULTILINE)[1:]

    assert len(pins) == len(_PIN.findall(LOCK))
    assert [it.splitlines()[0] for it in pins if "--hash=sha256:" not in it] == []


def test_the_lock_names_no_place() -> None:
    assert re.findall(r"\w+://\S+|^--\S+", LOCK, re.MULTILINE) == []


def test_every_dependency_of_users_has_a_lower_bound() -> None:
    lowest = {it.name for it in wanted() if any(one.operator == ">=" for one in it.specifier)}

    assert [it.name for it in wanted() if it.name not in lowest] == []
