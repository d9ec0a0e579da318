"""The reports of `check` for programs: JSON, GitHub's annotations and SARIF 2.1.0."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from livebook_ls import __version__
from livebook_ls.cli.check.problems import Checked, Problem, ProblemLevel
from livebook_ls.notebook.model import JsonValue

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_GRAVE = frozenset((ProblemLevel.CRASH, ProblemLevel.UNSAVABLE, ProblemLevel.WIPE))
_SARIF_LEVELS = {
    ProblemLevel.REFORMAT: "note",
    ProblemLevel.DROP: "warning",
    ProblemLevel.WARNING: "warning",
}


def json_report(checked: Sequence[Checked]) -> str:
    """Everything as one JSON object."""
    found = Counter(problem.level.value for it in checked for problem in it.problems)
    notebooks: list[JsonValue] = [_notebook(it) for it in checked]
    counts: dict[str, JsonValue] = {level.value: found[level.value] for level in ProblemLevel}
    return json.dumps({"notebooks": notebooks, "counts": counts}, indent=2)


def github_lines(checked: Sequence[Checked]) -> Iterator[str]:
    """Workflow commands, from which GitHub makes annotations."""
    for it in checked:
        for problem in it.problems:
            yield _annotation(it.file, problem)


def sarif_report(checked: Sequence[Checked]) -> str:
    """One run in the Static Analysis Results Interchange Format."""
    rules = {problem.code: problem for it in checked for problem in it.problems}
    driver: dict[str, JsonValue] = {
        "name": "livebook-ls",
        "version": __version__,
        "rules": [_rule(code, problem) for code, problem in sorted(rules.items())],
    }
    run: dict[str, JsonValue] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(it.file, problem) for it in checked for problem in it.problems],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _notebook(checked: Checked) -> JsonValue:
    problems: list[JsonValue] = [_described(it) for it in checked.problems]
    fixed: list[JsonValue] = [_described(it) for it in checked.fixed]
    return {
        "file": checked.file,
        "stamp": checked.stamp.value,
        "problems": problems,
        "fixed": fixed,
    }


def _described(problem: Problem) -> JsonValue:
    return {
        "code": problem.code,
        "level": problem.level.value,
        "sentence": problem.sentence,
        "line": problem.line,
        "column": problem.column,
        "endLine": problem.end_line,
        "endColumn": problem.end_column,
        "fix": problem.fix,
    }


def _annotation(file: str, problem: Problem) -> str:
    kind = "error" if problem.level in _GRAVE else "warning"
    if problem.level is ProblemLevel.REFORMAT:
        kind = "notice"
    properties = {
        "file": Path(file).as_posix(),
        "line": str(problem.line),
        "endLine": str(problem.end_line),
        "title": problem.code,
    }
    if problem.line == problem.end_line:
        # Columns of a stretch over several lines are not understood.
        properties |= {"col": str(problem.column), "endColumn": str(problem.end_column)}
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {said}::{_data(problem.sentence)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _rule(code: str, problem: Problem) -> JsonValue:
    return {
        "id": code,
        "shortDescription": {"text": problem.sentence},
        "defaultConfiguration": {"level": _SARIF_LEVELS.get(problem.level, "error")},
    }


def _result(file: str, problem: Problem) -> JsonValue:
    region: dict[str, JsonValue] = {
        "startLine": problem.line,
        "startColumn": problem.column,
        "endLine": problem.end_line,
        "endColumn": problem.end_column,
    }
    location: dict[str, JsonValue] = {
        "artifactLocation": {"uri": _uri(file)},
        "region": region,
    }
    return {
        "ruleId": problem.code,
        "level": _SARIF_LEVELS.get(problem.level, "error"),
        "message": {"text": problem.sentence},
        "locations": [{"physicalLocation": location}],
    }


def _uri(file: str) -> str:
    """A relative reference for a relative path, so that it holds wherever the files lie."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
