"""`doctor`: what stands between an editor and a Livebook, each thing with its mend."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import textwrap
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from livebook_ls.cli.arguments import livebook_address
from livebook_ls.cli.arguments.misuse import Misuse
from livebook_ls.cli.terminal import BOLD, DIM, RED, YELLOW, Paint, painter, printable
from livebook_ls.doctor.checkup import check_up, probe
from livebook_ls.doctor.observation import Observation, Urgency
from livebook_ls.doctor.report import report
from livebook_ls.livebook import paths
from livebook_ls.sync.telling.command_words import in_terminal_words

EXAMPLES = """examples:
  livebook-ls doctor                             which Livebook is found, and what is wrong with it
  livebook-ls doctor analysis.livemd             also whether Livebook sees that file, and how
  livebook-ls doctor --probe analysis.livemd     also whether it has a session; this syncs it
  livebook-ls doctor --report analysis.livemd    the same for a bug report, without its content
"""
_COLOURS = {Urgency.OK: DIM, Urgency.NOTE: BOLD, Urgency.WARNING: YELLOW, Urgency.PROBLEM: RED}
_INDENT = " " * 9
_NARROWEST = 60
_ENDLESS = 100_000


def add_arguments(parser: ArgumentParser) -> None:
    """What `doctor` takes."""
    livebook_address.add_arguments(parser)
    parser.add_argument("file", nargs="?", metavar="FILE", help="a notebook to look at too")
    parser.add_argument(
        "--probe", action="store_true", help="ask for FILE's session too: this syncs it, guarded"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a JSON array of what was found")
    form.add_argument(
        "--report", action="store_true", help="a text for a bug report: no content, no token"
    )


def run(options: Namespace) -> int:
    """Print what was found; 0 where nothing is in the way, else 1."""
    settings = livebook_address.settings(options)
    path = paths.expanded(options.file) if options.file else None
    if options.probe and path is None:
        raise Misuse("--probe asks for the session of a notebook: name it")
    observations = check_up(settings, os.environ, path)
    if options.probe and path is not None:
        observations += (asyncio.run(probe(settings, os.environ, path)),)
    # Whoever asks here has options; an editor says the same of its settings.
    observations = tuple(
        replace(it, sentence=in_terminal_words(it.sentence), mend=in_terminal_words(it.mend))
        for it in observations
    )
    if options.json:
        print(json.dumps([it.as_json() for it in observations], ensure_ascii=False, indent=2))
    elif options.report:
        environ = (os.environ.get(it, "") for it in ("LIVEBOOK_TOKEN", "LIVEBOOK_PASSWORD"))
        secrets = (settings.token, settings.password, *environ)
        print(report(observations, home=str(Path.home()), secrets=secrets))
    else:
        print("\n".join(_lines(observations, painter())))
    return int(any(it.level is Urgency.PROBLEM for it in observations))


def _lines(observations: Iterable[Observation], paint: Paint) -> Iterator[str]:
    """Wrapped for the terminal where there is one; whole for whoever reads them by program."""
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else _ENDLESS
    width = max(columns, _NARROWEST)
    for it in observations:
        label = paint(f"{it.level.value:8}", _COLOURS[it.level])
        sentence = _wrapped(printable(f"{it.sentence} [{it.code}]"), width)
        yield f"{label} {sentence}"
        if it.mend:
            yield f"{_INDENT}→ {_wrapped(printable(it.mend), width)}"


def _wrapped(text: str, width: int) -> str:
    lines = textwrap.wrap(
        text, width - len(_INDENT) - 2, break_long_words=False, break_on_hyphens=False
    )
    return f"\n{_INDENT}".join(lines)
