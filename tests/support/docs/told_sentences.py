"""What users read, by the names that it has in the package: errors' and findings' own sentences.

What a sentence quotes of the moment, as an address, stands as “…” in it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, get_type_hints

from livebook_ls.livebook import errors
from livebook_ls.livebook.live import errors as live_errors
from livebook_ls.notebook.hazards.finding import find_all_hazards
from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source
from livebook_ls.notebook.syncing.content_difference import Gone
from livebook_ls.sync.telling import (
    findings,
    keeping_findings,
    login,
    merge_findings,
    session_findings,
    stamps,
)
from livebook_ls.sync.telling.findings import Finding

_ERRORS = (errors, live_errors)
_FINDINGS = (findings, session_findings, keeping_findings, merge_findings, login, stamps)
_HAZARDOUS = {
    "empty": "",
    "only-nuls": "\0",
    "merge-conflict": "# N\n\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n",
}
_EXAMPLES: dict[Any, Any] = {
    str: "…",
    str | None: None,
    bool: True,
    int: 10_000,
    float: 10.0,
    tuple[str, ...]: ("…",),
    tuple[Gone, ...]: (Gone(what="…", span=Span(0, 0)),),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, and the code under which it is told."""

    code: str
    sentence: str


def told(name: str) -> Told:
    """What an error's class or the function that makes a finding tells; `name: reason` where it was
    given a reason, `hazard: code` what a text is held back for. Raises KeyError for what the
    package doesn't have.
    """
    named, _, reason = name.partition(": ")
    made = _of_hazard(reason) if named == "hazard" else _make(_found(named), reason)
    return Told(str(made.code), str(made.sentence))


def _of_hazard(hazard_code: str) -> Finding:
    document = read_document(Source(_HAZARDOUS[hazard_code]))
    hazards = find_all_hazards(document, build_notebook(document))
    found = {it.code: it for it in hazards}
    return findings.of_hazard(found[hazard_code], is_held=True)


def _found(name: str) -> Callable[..., Any]:
    for module in (*_ERRORS, *_FINDINGS):
        if name in _public(module):
            found: Callable[..., Any] = getattr(module, name)
            return found
    raise KeyError(name)


def _public(module: ModuleType) -> set[str]:
    return {it for it in vars(module) if not it.startswith("_")}


def _make(maker: Callable[..., Any], reason: str) -> Any:
    """What it makes of examples; a reason comes in the first text's place."""
    of = maker.__init__ if inspect.isclass(maker) else maker
    hints = get_type_hints(of)
    arguments: dict[str, Any] = {}
    for parameter in inspect.signature(maker).parameters.values():
        if parameter.default is inspect.Parameter.empty:
            is_reason = bool(reason) and hints[parameter.name] is str
            arguments[parameter.name] = reason if is_reason else _EXAMPLES[hints[parameter.name]]
            reason = "" if is_reason else reason
    positional = [
        arguments.pop(it.name)
        for it in inspect.signature(maker).parameters.values()
        if it.kind is it.POSITIONAL_OR_KEYWORD and it.name in arguments
    ]
    return maker(*positional, **arguments)
