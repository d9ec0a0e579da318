"""Who helps with code on this machine, and why somebody doesn't, in words for people."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from livebook_ls.intelligence.asking import Intelligence
from livebook_ls.intelligence.elixir_process.own_elixir import OwnElixir
from livebook_ls.intelligence.elixir_process.process import HelperLimits, find_elixir
from livebook_ls.intelligence.elixir_process.supervision import ElixirSupervisor, Standing
from livebook_ls.intelligence.ruff import Ruff, find_ruff
from livebook_ls.settings import Settings

# Somebody waits for it.
_READY_S = 10.0
_INSTALL = "Install Elixir 1.14 or newer, or set livebook.elixirPath to the program elixir."
_SENTENCES = {
    Standing.OFF: (
        "Help with code in cells is switched off.",
        "Set livebook.languageHelp to true.",
    ),
    Standing.MISSING: ("No elixir is found, so that nobody helps with code in cells.", _INSTALL),
    Standing.TOO_OLD: (
        "The elixir at {program} is older than 1.14, so that nobody helps with code in cells.",
        _INSTALL,
    ),
    Standing.FAILED: (
        "The elixir at {program} doesn't start or keeps ending, so that nobody helps with code "
        "in cells.",
        "Try it with: elixir --version",
    ),
    Standing.NOT_ASKED: ("Nobody was asked for help with code yet.", ""),
    Standing.ANSWERS: ("Elixir {version} at {program} helps with code in cells.", ""),
}


@dataclass(frozen=True, slots=True)
class CodeHelp:
    """How it is, in a sentence, with what to do about it; `helps` where all is well."""

    helps: bool
    sentence: str
    mend: str = ""


NOT_TRUSTED = CodeHelp(
    helps=False,
    sentence="This workspace is not trusted, so that no program is started to help with code.",
    mend="Trust it, if you know whose it is.",
)


def of_runtime(status: str) -> CodeHelp:
    """Whether the notebook's session helps, by its runtime's status; empty where none is joined."""
    if status == "connected":
        return CodeHelp(
            helps=True, sentence="The notebook's session helps with the code in its cells."
        )
    if status:
        return CodeHelp(
            helps=False,
            sentence="The notebook's session has no runtime, so that it doesn't help with code.",
            mend="Start one (livebook.startRuntime), or run a cell.",
        )
    return CodeHelp(
        helps=False,
        sentence="No session of the notebook is joined, so that none helps with code.",
        mend="Open the notebook in Livebook; its session is joined at the first question.",
    )


def try_elixir(settings: Settings, environ: Mapping[str, str]) -> CodeHelp:
    """Start the user's own Elixir as its helper, and end it again. Blocks for a second or so."""
    return asyncio.run(_tried(settings, environ))


class CodeHelpers:
    """The helpers of this machine, for whoever asks them once: a command, or the doctor."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ
        # Once is enough to know.
        self._supervisor = ElixirSupervisor(
            environ,
            lambda: settings.language_help,
            lambda: settings.elixir_path,
            HelperLimits(restarts=0, ready_s=_READY_S),
        )
        self.intelligence = Intelligence(
            [OwnElixir(self._supervisor), Ruff(environ, lambda: settings.language_help)]
        )

    async def elixir(self) -> CodeHelp:
        """Start Elixir, and say how it is with it."""
        await self._supervisor.helper()
        program = find_elixir(self._settings.elixir_path, self._environ)
        return _described(self._supervisor.standing, self._supervisor.version, program)

    async def close(self) -> None:
        """End what was started."""
        await self.intelligence.close()


def look_for_ruff(environ: Mapping[str, str]) -> CodeHelp:
    """Whether Python cells are formatted."""
    program = find_ruff(environ)
    if program is None:
        return CodeHelp(
            helps=False,
            sentence="No ruff is found, so that Python cells are not formatted.",
            mend="Install ruff, if you want them to be.",
        )
    return CodeHelp(helps=True, sentence=f"ruff at {program} formats Python cells.")


def _described(standing: Standing, version: str, program: str | None) -> CodeHelp:
    sentence, mend = _SENTENCES[standing]
    return CodeHelp(
        standing is Standing.ANSWERS, sentence.format(version=version, program=program), mend
    )


async def _tried(settings: Settings, environ: Mapping[str, str]) -> CodeHelp:
    helpers = CodeHelpers(settings, environ)
    try:
        return await helpers.elixir()
    finally:
        await helpers.close()
