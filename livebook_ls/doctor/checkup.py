"""The whole check-up, for every front: observations in the order in which they should be read."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from livebook_ls.doctor.code_help import of_code_help
from livebook_ls.doctor.editors import of_editors
from livebook_ls.doctor.livebooks import of_livebooks
from livebook_ls.doctor.machine import of_machine
from livebook_ls.doctor.notebook import Patient, of_notebook
from livebook_ls.doctor.observation import Observation, Urgency
from livebook_ls.livebook.errors import Misconfigured
from livebook_ls.livebook.examination import examine
from livebook_ls.livebook.finding import environment
from livebook_ls.livebook.finding.addresses import BadAddress, Endpoint
from livebook_ls.settings import OpenOnDidOpen, Settings
from livebook_ls.sync.link import ARRIVED, NotebookLink
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.sync.telling.findings import Finding, FindingSeverity

_LEVELS = {
    FindingSeverity.ERROR: Urgency.PROBLEM,
    FindingSeverity.WARNING: Urgency.WARNING,
    FindingSeverity.INFORMATION: Urgency.NOTE,
    FindingSeverity.HINT: Urgency.NOTE,
}


def check_up(
    settings: Settings, environ: Mapping[str, str], path: str | None, *, may_start: bool = True
) -> tuple[Observation, ...]:
    """What stands between an editor and a Livebook, and of the notebook at `path`, if any.

    Blocks for as long as Livebooks take to answer. Touches no file and makes no session; starts
    programs, to see whether they do, where it may.
    """
    home: Endpoint | None = None
    livebooks: tuple[Observation, ...]
    try:
        settings = environment.filled(settings, environ)
        examination = examine(settings, environ)
        livebooks = tuple(of_livebooks(examination))
        if examination.chosen.problem is None:
            home = examination.chosen.endpoint
    except BadAddress as error:
        livebooks = (_bad(f"{error}.", "Give it in the form http://localhost:8080."),)
    except Misconfigured as error:
        livebooks = (_bad(str(error), error.advice),)
    notebook: tuple[Observation, ...] = ()
    if path is not None:
        patient = Patient(path=path, home=home, settings=settings, environ=environ)
        notebook = tuple(of_notebook(patient))
    helped = of_code_help(settings, environ, may_start=may_start)
    return (*livebooks, *notebook, *helped, *of_editors(environ), *of_machine(path))


async def probe(settings: Settings, environ: Mapping[str, str], path: str) -> Observation:
    """Whether the notebook at `path` has a session: asked by a guarded sync, the only way to ask.

    Opens none.
    """
    never = dataclasses.replace(settings, open_on_did_open=OpenOnDidOpen.NEVER)
    notebooks = Notebooks(never, environ, lambda _: None)
    try:
        return _of_link(await notebooks.sync(path))
    finally:
        await notebooks.close()


def _of_link(link: NotebookLink) -> Observation:
    if link.state in ARRIVED:
        where = link.home.url if link.home else "Livebook"
        sentence = f"It has a session at {where}, which was synced to find that out."
        return Observation(level=Urgency.OK, code="session", sentence=sentence)
    finding = link.findings[0] if link.findings else None
    return _of_finding(finding) if finding else _bad(link.sentence, "")


def _of_finding(finding: Finding) -> Observation:
    level = _LEVELS[finding.severity]
    return Observation(level=level, code=finding.code, sentence=finding.sentence)


def _bad(sentence: str, mend: str) -> Observation:
    return Observation(level=Urgency.PROBLEM, code="bad-setting", sentence=sentence, mend=mend)
