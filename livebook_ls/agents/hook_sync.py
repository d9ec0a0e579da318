"""What a hook does about notebooks: prepare them, or make their sessions follow, within its time.

All of it through `sync`, so that an agent's edit is guarded like a save in an editor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from livebook_ls.agents.answers.findings import may_still_write, read_again, session_left
from livebook_ls.agents.hook_memory import Memory
from livebook_ls.settings import Settings, TwoStepSync
from livebook_ls.sync import single_visits
from livebook_ls.sync.link import ARRIVED, NotebookLink, State
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.sync.single_visits import LastSeen
from livebook_ls.sync.telling.findings import Finding
from livebook_ls.sync.telling.merge_findings import MERGED
from livebook_ls.sync.telling.stamps import is_about_stamp

# A sync by way of a text between is given no time to be interrupted in.
_MOST_BYTES_IN_STEPS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HookOutcome:
    """How a notebook stands after the hook; `lines` has the line of each finding, from 1.

    `is_alone` where no Livebook runs, so that what it would do matters less.
    """

    path: str
    state: State
    sentence: str
    findings: tuple[Finding, ...]
    lines: tuple[int | None, ...]
    is_late: bool = False
    is_alone: bool = False

    def only(self, *codes: str) -> HookOutcome:
        """The same, with only the findings of these codes."""
        kept = [it for it in zip(self.findings, self.lines, strict=True) if it[0].code in codes]
        return replace(
            self, findings=tuple(it for it, _ in kept), lines=tuple(line for _, line in kept)
        )


async def prepare(
    paths: Collection[str], settings: Settings, environ: Mapping[str, str], budget_s: float
) -> list[HookOutcome]:
    """Attach notebooks before an edit."""
    memory = Memory(environ)

    async def one(notebooks: Notebooks, path: str) -> NotebookLink:
        link = await single_visits.prepare(notebooks, path)
        _remember(memory, link)
        return link

    return await _each(paths, settings, environ, budget_s, one)


async def follow(
    before: Mapping[str, str | None],
    settings: Settings,
    environ: Mapping[str, str],
    budget_s: float,
) -> list[HookOutcome]:
    """Sync notebooks after an edit; what each was `before`, as far as that is known."""
    memory = Memory(environ)

    async def one(notebooks: Notebooks, path: str) -> NotebookLink:
        held = memory.held(path)
        # Whatever becomes of this sync, what the session holds is known again at its end only.
        memory.forget(path)
        link = await single_visits.sync_from(
            notebooks, path, LastSeen(*held) if held else None, before[path]
        )
        _remember(memory, link)
        return link

    return await _each(before, settings, environ, budget_s, one)


async def look_for_left(
    paths: Collection[str], settings: Settings, environ: Mapping[str, str], budget_s: float
) -> list[HookOutcome]:
    """What is told of notebooks whose files are gone, as by `mv` or `rm`: nothing where there is no
    session any more, or none is shown.
    """
    memory = Memory(environ)

    async def one(notebooks: Notebooks, path: str) -> NotebookLink:
        held = memory.held(path)
        return await single_visits.look_for_left(notebooks, path, LastSeen(*held) if held else None)

    told = (session_left(),)
    return [
        replace(it, findings=told, lines=(None,)) if it.state is State.FAILED else it
        for it in await _each(paths, settings, environ, budget_s, one)
    ]


async def _each(
    paths: Collection[str],
    settings: Settings,
    environ: Mapping[str, str],
    budget_s: float,
    operation: Callable[[Notebooks, str], Awaitable[NotebookLink]],
) -> list[HookOutcome]:
    if sum(map(_size, paths)) <= _MOST_BYTES_IN_STEPS:
        settings = _in_steps(settings)
    notebooks = Notebooks(settings, environ, lambda _: None)
    deadline_s = asyncio.get_running_loop().time() + budget_s

    async def one(path: str) -> HookOutcome:
        try:
            async with asyncio.timeout_at(deadline_s):
                outcome = _outcome(await operation(notebooks, path))
                return await _with_company(outcome, notebooks)
        except TimeoutError:
            return _late(path, has_answered=notebooks.connection.has_answered)

    try:
        return await asyncio.gather(*map(one, paths))
    finally:
        await notebooks.close()


async def _with_company(outcome: HookOutcome, notebooks: Notebooks) -> HookOutcome:
    """The outcome, with whether a Livebook runs; the guard holds a text back without asking."""
    is_alone = outcome.state is State.NOT_RUNNING
    if outcome.state is State.HELD:
        is_alone = not await notebooks.finds_livebook()
    return replace(outcome, is_alone=is_alone)


def _remember(memory: Memory, link: NotebookLink) -> None:
    if link.session_path and link.held is not None and link.state in ARRIVED:
        memory.hold(link.path, link.session_path, link.held.text)


def _outcome(link: NotebookLink) -> HookOutcome:
    told = [it for it in link.findings if not _is_settled(link, it)]
    if link.rewritten is not None and link.state in ARRIVED:
        told.append(read_again(is_merged=any(it.code == MERGED for it in told)))
    source = link.source
    return HookOutcome(
        path=link.path,
        state=link.state,
        sentence=link.sentence,
        findings=tuple(told),
        lines=tuple(
            source.line_at(it.span.start) + 1 if it.span and source else None for it in told
        ),
    )


def _is_settled(link: NotebookLink, finding: Finding) -> bool:
    """A stale stamp that the session has replaced meanwhile."""
    is_signed = link.rewritten is not None and link.held is not None and link.held.has_stamp
    return is_about_stamp(finding) and is_signed


def _late(path: str, *, has_answered: bool) -> HookOutcome:
    finding = may_still_write(has_answered=has_answered)
    return HookOutcome(
        path=path,
        state=State.SYNCING,
        sentence=finding.sentence,
        findings=(finding,),
        lines=(None,),
        is_late=True,
    )


def _in_steps(settings: Settings) -> Settings:
    return replace(settings, two_step_sync=TwoStepSync.AUTO)


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0
