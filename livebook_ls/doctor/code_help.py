"""Who helps with the code in cells, and why somebody doesn't."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from livebook_ls.doctor.observation import Observation, Urgency
from livebook_ls.intelligence.standing import CodeHelp, look_for_ruff, try_elixir
from livebook_ls.settings import Settings


def of_code_help(settings: Settings, environ: Mapping[str, str]) -> Iterator[Observation]:
    """The user's own Elixir, and ruff."""
    yield _observed("code-help", try_elixir(settings, environ))
    yield _observed("python-format", look_for_ruff(environ))


def _observed(code: str, found: CodeHelp) -> Observation:
    return Observation(
        level=Urgency.OK if found.helps else Urgency.NOTE,
        code=code,
        sentence=found.sentence,
        mend=found.mend,
    )
