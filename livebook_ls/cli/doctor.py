"""`doctor`: which Livebook is found and how, and each thing that is wrong with its mend."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from livebook_ls.cli import livebook_address
from livebook_ls.livebook.discovery import BadAddress
from livebook_ls.livebook.examination import Examined, examine

_GOOD, _BAD, _NOTE = "ok", "problem", "note"


def add_arguments(parser: ArgumentParser) -> None:
    """What `doctor` takes."""
    livebook_address.add_arguments(parser)


def run(options: Namespace) -> int:
    """Print a finding a line; 0 where a Livebook takes syncs, else 1."""
    try:
        examined = examine(livebook_address.settings(options), os.environ)
    except BadAddress as error:
        print(f"{_BAD:8} {error}. Give it in the form http://localhost:8080.")
        return 1
    for level, sentence in _findings(examined):
        print(f"{level:8} {sentence}")
    return 0 if any(it.problem is None for it in examined) else 1


def _findings(examined: tuple[Examined, ...]) -> Iterator[tuple[str, str]]:
    there = [it for it in examined if it.is_there]
    for it in there:
        yield from _about(it)
    if not there:
        for it in examined:
            yield _NOTE, f"Looked at {it.endpoint.url} ({it.endpoint.found_by})."
        first = examined[0].problem
        yield _BAD, f"No Livebook is running there. {first.advice if first else ''}"


def _about(it: Examined) -> Iterator[tuple[str, str]]:
    endpoint = it.endpoint
    where = f"{endpoint.url} (found by {endpoint.found_by})"
    if it.problem is not None:
        yield _BAD, f"{where}: {it.problem.sentence}"
        return
    yield _GOOD, f"Livebook at {where} takes syncs: its dev endpoints are on."
    if endpoint.base_path:
        yield _NOTE, f"Its base path is {endpoint.base_path}."
    if endpoint.token:
        yield _GOOD, "A token is known, so that links to sessions log in by themselves."
    else:
        yield (
            _NOTE,
            "No token is known; if the browser asks for one, give livebook.url as Livebook "
            "prints it, with ?token=….",
        )
    if not endpoint.is_loopback:
        yield _NOTE, "It is not on this machine: it must see notebooks under the same paths."
