"""What the model is told of notebooks: only what it can do something about, a line for each."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from livebook_ls.agents.hook_sync import HookOutcome
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import State
from livebook_ls.sync.telling.command_words import in_terminal_words
from livebook_ls.sync.telling.findings import OVERWRITTEN, Finding, FindingSeverity
from livebook_ls.sync.telling.merge_findings import CONFLICT
from livebook_ls.sync.telling.running_findings import ENDS_RUN

# The text of the notebook at a path before the edit, if anybody knows it.
Before = Callable[[str], str | None]

# Read after all else is done, when hardly any time is left.
_MOST_CHARACTERS = 200_000
_MOST_LINES = 5
_LOUD = frozenset({FindingSeverity.ERROR, FindingSeverity.WARNING})
# Held for what the session would make of it, or has; the notebook itself is sound.
_FORECASTS = frozenset({"sync-loses", "sync-crashes", CONFLICT}) | ENDS_RUN
# Commands that take the notebook, as sentences name them.
_COMMAND = re.compile(r"`(livebook-ls (?:open|restamp|restore))`")


@dataclass(frozen=True, slots=True)
class Told:
    """Lines for the model; `is_broken` where the edit left a notebook that can't be used, and
    `is_undelivered` where it is sound, and held back for what a sync would make of it, or gone.
    """

    lines: tuple[str, ...]
    is_broken: bool
    is_undelivered: bool = False


def tell(outcomes: Sequence[HookOutcome], before: Before, folder: str) -> Told:
    """What to say of `outcomes`; `before` knows the notebooks' texts before the edit."""
    lines: list[str] = []
    is_broken = is_undelivered = False
    for outcome in outcomes:
        if outcome.state is State.NOT_RUNNING:
            # A Livebook that isn't there is nobody's mistake.
            continue
        loud = [it for it in zip(outcome.findings, outcome.lines, strict=True) if _is_loud(it[0])]
        known = _known(before(outcome.path)) if loud and not outcome.is_late else frozenset()
        told = []
        for finding, line in loud:
            is_new = finding.code not in known
            # What was so before keeps the edit from arriving, but only where there is a Livebook.
            if is_new or (finding.severity is FindingSeverity.ERROR and not outcome.is_alone):
                told.append(_line(outcome, finding, line, folder))
                is_broken |= is_new and _breaks(outcome, finding)
                is_undelivered |= _is_undelivered(outcome, finding)
        lines += _few(list(dict.fromkeys(told)), _shown(outcome.path, folder))
    return Told(tuple(lines), is_broken, is_undelivered)


def with_runs(told: Told, ran: Mapping[str, Sequence[str]], folder: str) -> Told:
    """The same, with what the cells gave that were run."""
    lines = [f"{_shown(path, folder)}: {it}" for path, lines in ran.items() for it in lines]
    return replace(told, lines=(*told.lines, *lines))


def all_lines(outcomes: Sequence[HookOutcome], folder: str) -> Iterator[str]:
    """Everything that is known, for a person who asked."""
    for outcome in outcomes:
        path = _shown(outcome.path, folder)
        yield f"{path}: {_in_commands(outcome.sentence, path)}"


def _few(lines: list[str], path: str) -> list[str]:
    """The first lines; a model has no use for the same mistake thirty times."""
    more = len(lines) - _MOST_LINES
    if more <= 0:
        return lines
    return [*lines[:_MOST_LINES], f"{path}: and {more} more; `livebook-ls inspect {path}` has all."]


def _is_loud(finding: Finding) -> bool:
    return finding.severity in _LOUD


def _known(text: str | None) -> frozenset[str]:
    """The codes of the hazards that the text had before; none where reading it takes too long."""
    if text is None or len(text) > _MOST_CHARACTERS:
        return frozenset()
    return frozenset(it.code for it in NotebookText(text).hazards)


def _is_undelivered(outcome: HookOutcome, finding: Finding) -> bool:
    is_held = outcome.state is State.HELD and finding.code in _FORECASTS
    return is_held or finding.code == OVERWRITTEN


def _breaks(outcome: HookOutcome, finding: Finding) -> bool:
    if outcome.state is State.DIED:
        return True
    is_held = outcome.state is State.HELD and finding.severity is FindingSeverity.ERROR
    return is_held and finding.code not in _FORECASTS


def _line(outcome: HookOutcome, finding: Finding, line: int | None, folder: str) -> str:
    path = _shown(outcome.path, folder)
    place = f"{path}:{line}" if line else path
    return f"{place}: {_in_commands(finding.sentence, path)} [{finding.code}]"


def _in_commands(sentence: str, path: str) -> str:
    """The sentence by what a shell has: an agent has no editor."""
    given = shlex.quote(path)
    return _COMMAND.sub(lambda it: f"`{it[1]} {given}`", in_terminal_words(sentence))


def _shown(path: str, folder: str) -> str:
    """The path as an agent would write it, on one line."""
    inside = path.removeprefix(folder.replace(os.sep, "/").rstrip("/") + "/")
    return "".join(it if it.isprintable() else "�" for it in inside)
