"""Who helps with the code in cells, and why somebody doesn't."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from livebook_ls.doctor.observation import Observation, Urgency
from livebook_ls.intelligence.standing import (
    NOT_TRUSTED,
    CodeHelp,
    look_for_ruff,
    of_runtime,
    try_elixir,
)
from livebook_ls.settings import Settings


def of_code_help(
    settings: Settings, environ: Mapping[str, str], *, may_start: bool
) -> Iterator[Observation]:
    """The user's own Elixir, which is started for it where programs may be, and ruff."""
    found = try_elixir(settings, environ) if may_start else NOT_TRUSTED
    yield _observed("code-help", found)
    yield _observed("python-format", look_for_ruff(environ))


def of_session_help(runtime: str) -> Observation:
    """The session of an open notebook, by the status of its runtime."""
    return _observed("session-help", of_runtime(runtime))


def _observed(code: str, found: CodeHelp) -> Observation:
    return Observation(
        level=Urgency.OK if found.helps else Urgency.NOTE,
        code=code,
        sentence=found.sentence,
        mend=found.mend,
    )
