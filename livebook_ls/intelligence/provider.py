"""Somebody who can be asked about code. None always means: not me, ask the next."""

from __future__ import annotations

from collections.abc import Sequence

from livebook_ls.intelligence.answers import CallHelp, CodeProblem, Details, Suggestion, Suggestions
from livebook_ls.intelligence.code_cells import CodeCell, CodePlace


class Provider:
    """Answers nothing; providers answer what they can.

    Whoever asks waits no longer than it wants to, and cancels. No method raises, and none runs code
    of the notebook.
    """

    # How it is called in `Suggestion.provider`.
    name = ""

    async def complete(self, place: CodePlace) -> Suggestions | None:
        """What may follow."""
        del place
        return None

    async def resolve(self, suggestion: Suggestion) -> str | None:
        """The documentation of a suggestion that this provider made."""
        del suggestion
        return None

    async def details(self, place: CodePlace) -> Details | None:
        """What the name at the place is, and where it is defined."""
        del place
        return None

    async def signature(self, place: CodePlace) -> CallHelp | None:
        """The call around the place."""
        del place
        return None

    async def format(self, path: str, cells: Sequence[CodeCell]) -> tuple[str | None, ...] | None:
        """Each cell's code in its form; None for one that does not parse.

        All cells are of one language, so that one provider forms all of a notebook's.
        """
        del path, cells
        return None

    async def problems(
        self, path: str, cells: Sequence[CodeCell]
    ) -> tuple[CodeProblem, ...] | None:
        """What does not parse, of cells of one language."""
        del path, cells
        return None

    async def close(self) -> None:
        """Let go of what it holds."""
