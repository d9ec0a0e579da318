"""Asks whoever can answer, in order and in time, and makes one answer of theirs.

A session that runs the notebook comes first where there is one: it knows values. Behind it the
user's own Elixir says what the text says. Lists are joined; else the first who knows is believed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from livebook_ls.intelligence.answers import (
    CallHelp,
    CodeJudgement,
    CodeProblem,
    Definition,
    Details,
    Suggestion,
    Suggestions,
)
from livebook_ls.intelligence.code_cells import CodeCell, CodePlace
from livebook_ls.intelligence.merging import InTime, merged, with_places
from livebook_ls.intelligence.provider import Provider

# Behind a key that was typed, and after a person asked.
TYPING_S = 0.15
ON_REQUEST_S = 1.0
_FORM_S = 5.0
_Answer = TypeVar("_Answer")


class Intelligence:
    """The providers, best first."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self.providers = tuple(providers)

    async def complete(self, place: CodePlace, within_s: float) -> Suggestions | None:
        """What may follow, of everybody who knows in time; None where nobody does."""
        answers = await asyncio.gather(
            *(_in_time(it.complete(place), within_s) for it in self.providers)
        )
        return merged(answers)

    async def resolve(self, suggestion: Suggestion) -> str | None:
        """A suggestion's documentation."""
        if suggestion.documentation is not None:
            return suggestion.documentation
        for provider in self.providers:
            if provider.name == suggestion.provider:
                return (await _in_time(provider.resolve(suggestion), ON_REQUEST_S)).answer
        return None

    async def hover(self, place: CodePlace) -> Details | None:
        """What the name at the place is."""
        return await self._first(
            lambda it: it.details(place), ON_REQUEST_S, lambda it: bool(it.texts)
        )

    async def definition(self, place: CodePlace) -> Definition | None:
        """Where the name at the place is defined."""
        found = await self._first(
            lambda it: it.details(place), ON_REQUEST_S, lambda it: it.definition is not None
        )
        return found.definition if found else None

    async def signature(self, place: CodePlace) -> CallHelp | None:
        """The call around the place."""
        return await self._first(lambda it: it.signature(place), ON_REQUEST_S)

    async def format(
        self, path: str, cells: Sequence[CodeCell], within_s: float = _FORM_S
    ) -> dict[CodeCell, str]:
        """The forms of the cells that change by it. One provider forms all of a language.

        Nobody does in the place of one that is late: two formatters take turns at no notebook.
        """
        formed: dict[CodeCell, str] = {}
        for group in _by_language(cells):
            forms: tuple[str | None, ...] | None = None
            for provider in self.providers:
                asked = await _in_time(provider.format(path, group), within_s)
                forms = asked.answer
                if forms is not None or asked.is_late:
                    break
            formed |= {
                cell: form
                for cell, form in zip(group, forms or (), strict=False)
                if form is not None and form != cell.code
            }
        return formed

    async def problems(
        self, path: str, cells: Sequence[CodeCell], within_s: float = _FORM_S
    ) -> tuple[CodeProblem, ...]:
        """What does not parse, as far as somebody knows."""
        return (await self.judge(path, cells, within_s)).problems

    async def judge(
        self, path: str, cells: Sequence[CodeCell], within_s: float = _FORM_S
    ) -> CodeJudgement:
        """What does not parse; one provider judges all of a language.

        Others are asked only where in the lines that it names: a session's Elixir may be newer.
        """
        found: list[CodeProblem] = []
        is_whole = True
        for group in _by_language(cells):
            judged: tuple[CodeProblem, ...] | None = None
            for provider in self.providers:
                told = await _in_time(provider.problems(path, group), within_s)
                is_whole &= not told.is_late
                if told.answer is not None:
                    judged = told.answer if judged is None else with_places(judged, told.answer)
                if judged == ():
                    break
            found += judged or ()
            is_whole &= judged is not None
        return CodeJudgement(tuple(sorted(found, key=lambda it: it.span)), is_whole)

    async def close(self) -> None:
        """Let go of what the providers hold."""
        await asyncio.gather(*(it.close() for it in self.providers))

    async def _first(
        self,
        ask: Callable[[Provider], Awaitable[_Answer | None]],
        within_s: float,
        knows: Callable[[_Answer], bool] = lambda _: True,
    ) -> _Answer | None:
        for provider in self.providers:
            answer = (await _in_time(ask(provider), within_s)).answer
            if answer is not None and knows(answer):
                return answer
        return None


async def _in_time(asked: Awaitable[_Answer | None], within_s: float) -> InTime[_Answer]:
    try:
        return InTime(await asyncio.wait_for(asked, within_s), is_late=False)
    except TimeoutError:
        return InTime(None, is_late=True)


def _by_language(cells: Sequence[CodeCell]) -> Iterable[list[CodeCell]]:
    groups: dict[str, list[CodeCell]] = {}
    for cell in cells:
        groups.setdefault(cell.language, []).append(cell)
    return groups.values()
