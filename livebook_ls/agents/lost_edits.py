"""An agent's edits over which Livebook, too busy to read them, has saved its session."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from livebook_ls.agents.answers.findings import written_over
from livebook_ls.agents.hook_memory import Memory
from livebook_ls.agents.hook_sync import HookOutcome
from livebook_ls.agents.payloads.patch import Edit
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.written_over import lies_over
from livebook_ls.sync.link import ARRIVED, State
from livebook_ls.sync.telling.merge_findings import CONFLICT

# Livebook writes emphasis with another sign.
_WORD = re.compile(r"[^\W_]+")


def note_late(
    outcomes: Sequence[HookOutcome],
    before: Mapping[str, str | None],
    after: Mapping[str, str],
    memory: Memory,
) -> None:
    """Remember the edits that Livebook was too busy for, or that are in conflict with what was
    typed there, until one has come to the session.
    """
    for it in outcomes:
        late, text = memory.late(it.path), after.get(it.path)
        # The first that was late goes out from what Livebook may still write.
        earlier = late[0] if late else before.get(it.path)
        is_late = it.is_late or any(found.code == CONFLICT for found in it.findings)
        if is_late and earlier is not None and text is not None:
            memory.be_late(it.path, earlier, text)
        elif it.state in ARRIVED:
            memory.forget_late(it.path)


def gone_before(memory: Memory, path: str, before: str | None) -> list[Edit]:
    """The edit that Livebook was too busy for, where the file had not got that any more `before`
    the one that was just made.
    """
    late = memory.late(path)
    return [late] if late and before is not None and _lacks(before, [late]) else []


def with_late(outcome: HookOutcome, memory: Memory, now: str | None) -> HookOutcome:
    """The outcome at the end of a turn, with what is told where Livebook has saved over an edit
    that it was too busy for; the file is as it is `now`.
    """
    edit = memory.late(outcome.path)
    if edit is None or outcome.is_late or outcome.state is State.FAILED:
        return outcome
    memory.forget_late(outcome.path)
    before, after = edit
    if now is None or now == after:
        return outcome
    is_over = lies_over(NotebookText(now), after, (before,)) or (
        _lacks(now, [edit]) and _lacks(now, [(before, NotebookText(after).canonical)])
    )
    return _told(outcome) if is_over else outcome


def with_lost(outcome: HookOutcome, edits: Iterable[Edit], now: str | None) -> HookOutcome:
    """The outcome of an edit that was just made, with what is told where that is in the file no
    more, which is as it is `now`.
    """
    # What Livebook itself has dropped of it is told as such, or was only written otherwise.
    if now is None or outcome.state in (State.CHANGED, State.REFORMATTED):
        return outcome
    return _told(outcome) if _lacks(now, edits) else outcome


def _lacks(now: str, edits: Iterable[tuple[str, str]]) -> bool:
    """Whether a text lacks any word that one of these edits, each before and after, has brought."""
    words = set(_WORD.findall(now))
    return any(
        set(_WORD.findall(after)) - set(_WORD.findall(before)) - words for before, after in edits
    )


def _told(outcome: HookOutcome) -> HookOutcome:
    return replace(
        outcome, findings=(written_over(), *outcome.findings), lines=(None, *outcome.lines)
    )
