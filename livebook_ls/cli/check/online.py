"""`check --online`: a running Livebook verifies the stamps, and says how it would write."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from livebook_ls.cli.check.problems import (
    Checked,
    Problem,
    ProblemLevel,
    StampState,
    not_canonical,
    stale_stamp,
)
from livebook_ls.cli.terminal import complain
from livebook_ls.livebook.errors import FileRefused, LivebookError
from livebook_ls.settings import Settings
from livebook_ls.sync.canonical.on_request import Forms
from livebook_ls.sync.canonical.stamp_verification import StampStanding, Verified
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.guarding.notebook_text import NotebookText

# Livebook raises on these, or its answer says nothing.
_UNANSWERABLE = frozenset((ProblemLevel.CRASH, ProblemLevel.UNSAVABLE))

_STATES = {
    StampStanding.VALID: StampState.VALID,
    StampStanding.EDITED: StampState.STALE,
    StampStanding.ELSEWHERE: StampState.ELSEWHERE,
    StampStanding.UNTOLD: StampState.UNTOLD,
}


def verified(found: Sequence[Checked], settings: Settings) -> tuple[Iterator[Checked], int, int]:
    """What was found with what Livebook says, the exit code of what it couldn't be asked, and about
    how many notebooks it said nothing.
    """
    checked, code, unverified = asyncio.run(_verified(found, settings))
    return iter(checked), code, unverified


async def _verified(found: Sequence[Checked], settings: Settings) -> tuple[list[Checked], int, int]:
    forms = Forms(settings, os.environ)
    done: list[Checked] = []
    refused = 0
    try:
        for checked in found:
            try:
                done.append(await _asked(forms, checked))
            except FileRefused as error:
                complain(f"{checked.file}: {error.sentence}")
                done.append(checked)
                refused += 1
    except LivebookError as error:
        complain(error.sentence)
        left = found[len(done) :]
        return [*done, *left], 1, refused + len(left)
    finally:
        forms.close()
    return done, 0, refused


async def _asked(forms: Forms, checked: Checked) -> Checked:
    if any(it.level in _UNANSWERABLE for it in checked.problems):
        return checked
    text = notebook_file.read(checked.file).text
    if text is None:
        return checked
    reading = NotebookText(text)
    return _with_answer(checked, reading, await forms.verify(checked.file, reading))


def _with_answer(checked: Checked, reading: NotebookText, answer: Verified) -> Checked:
    stamp = reading.notebook.stamp
    kept = [it for it in checked.problems if it.code not in ("not-canonical", "stamp-stale")]
    source = reading.document.source
    if stamp is not None and answer.standing is StampStanding.EDITED:
        return _with(checked, StampState.STALE, [*kept, stale_stamp(source, stamp.span)])
    if answer.is_canonical is False:
        told = [it for it in checked.problems if it.code == "not-canonical"]
        kept += told or [not_canonical(source)]
    return _with(checked, StampState.NONE if stamp is None else _STATES[answer.standing], kept)


def _with(checked: Checked, stamp: StampState, problems: list[Problem]) -> Checked:
    in_order = sorted(problems, key=lambda it: (it.line, it.column))
    return replace(checked, stamp=stamp, problems=tuple(in_order))
