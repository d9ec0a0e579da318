"""What GitHub reads: workflows and issue templates, held to its schemas and to what they start."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.places import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
TEMPLATES = GITHUB / "ISSUE_TEMPLATE"
_PROGRAMS = Path(sys.executable).parent


def check(program: str, *arguments: str | Path) -> None:
    done = subprocess.run([_PROGRAMS / program, *arguments], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("workflows", WORKFLOWS),
        ("issue-forms", [TEMPLATES / "bug.yml", TEMPLATES / "wish.yml"]),
        ("issue-config", [TEMPLATES / "config.yml"]),
    ],
    ids=["workflows", "forms", "config"],
)
def test_what_github_reads_has_its_form(schema: str, files: list[Path]) -> None:
    assert files
    check("check-jsonschema", "--builtin-schema", f"vendor.github-{schema}", *files)


def test_no_workflow_can_be_taken_over() -> None:
    check("zizmor", "--offline", "--no-progress", GITHUB)


def test_workflows_start_what_there_is() -> None:
    started = [
        name
        for path in WORKFLOWS
        for name in re.findall(r"- run: ((?:\.ci|scripts)/\S+)", path.read_text(encoding="utf-8"))
    ]

    assert ".ci/run" in started
    assert [it for it in started if not (ROOT / it).exists()] == []


def test_every_python_that_is_promised_is_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = re.findall(r":: (3\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)
    tests = (GITHUB / "workflows" / "tests.yml").read_text(encoding="utf-8")

    assert promised
    assert [it for it in promised if f'"{it}"' not in tests] == []


@pytest.mark.parametrize("form", ["bug.yml", "wish.yml"])
def test_reports_bring_what_the_doctor_says(form: str) -> None:
    assert "livebook-ls doctor --report" in (TEMPLATES / form).read_text(encoding="utf-8")
