"""What is to know of one notebook: its file, what Livebook would do to it, and what it sees."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from livebook_ls.doctor.observation import Observation, Urgency
from livebook_ls.doctor.path_proposal import propose
from livebook_ls.livebook import paths
from livebook_ls.livebook.examination import with_livebook
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.notebook.hazard import Severity
from livebook_ls.notebook.inspection import Inspected, inspect_bytes
from livebook_ls.settings import PathMapping, Settings
from livebook_ls.sync.disk import git, regular_file
from livebook_ls.sync.guarding.notebook_text import NotebookText

_DEFAULT_INTERVAL_S = 5
_FIRST_COMMENT = "in the notebook's first comment, or in Livebook's notebook settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A notebook, and the Livebook to ask about it; `home` is None where none takes syncs."""

    path: str
    home: Endpoint | None
    settings: Settings
    environ: Mapping[str, str]


def of_notebook(patient: Patient) -> Iterator[Observation]:
    """All that is worth telling about the file."""
    path = patient.path
    if not paths.is_notebook(path):
        yield _problem("not-a-notebook", f"{path} is not a .livemd notebook.", "Rename it.")
        return
    try:
        data = regular_file.read(path)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        yield _problem(
            "file-unreadable", f"{path} can't be read: {reason}.", "Check path and permissions."
        )
        return
    inspected = inspect_bytes(data)
    yield from _of_path(patient)
    yield _of_hazards(inspected, path)
    if inspected.is_text:
        yield _of_autosave(inspected)
        if inspected.notebook.stamp is not None:
            yield _of_stamp(patient, inspected.source.text)


def _of_path(patient: Patient) -> Iterator[Observation]:
    path = patient.path
    names = paths.known_as(path, patient.settings.path_mappings)
    if names[0] != path:
        yield _note("mapped", f"Livebook is told the path {names[0]} for {path}.")
    elif len(names) > 1:
        told = "It may have two paths for Livebook, which compares them as text"
        yield _note("several-paths", f"{told}: {' and '.join(names)}; both are looked for.")
    if patient.home is None:
        return
    seen = with_livebook(patient.home, lambda it: any(it.sees(name) for name in names))
    if seen:
        yield _ok("path", "Livebook sees the file under that path.")
    elif seen is not None:
        yield _of_mismatch(patient, patient.home, names[0])


def _of_mismatch(patient: Patient, home: Endpoint, name: str) -> Observation:
    found: list[PathMapping] = []

    def guess(livebook: Livebook) -> bool:
        proposal = propose(patient.path, patient.environ, livebook.sees)
        found.extend([proposal] if proposal else [])
        return bool(proposal)

    with_livebook(home, guess)
    if found:
        mapping = json.dumps({found[0].editor: found[0].livebook})
        mend = f'It does see it under another one: set "livebook.pathMappings": {mapping}.'
    else:
        mend = (
            "Where it runs in a container, mount the folder and set livebook.pathMappings to "
            '{"FOLDER HERE": "FOLDER THERE"}.'
        )
    return _problem(
        "path-unknown", f"The file is here, but Livebook sees none under the path {name}.", mend
    )


def _of_hazards(inspected: Inspected, path: str) -> Observation:
    codes = Counter(
        it.code for it in inspected.hazards if it.severity is not Severity.REFORMAT
    ) | Counter(it.code for it in inspected.notebook.failures)
    if not codes:
        return _ok("hazards", "Livebook would neither crash on it nor lose anything of it.")
    told = ", ".join(f"{code} ({count})" if count > 1 else code for code, count in codes.items())
    would = "crash on it or could never save it" if inspected.is_fatal else "lose something of it"
    return Observation(
        level=Urgency.PROBLEM if inspected.is_fatal else Urgency.WARNING,
        code="hazards",
        sentence=f"Livebook would {would}: {told}.",
        mend=f"livebook-ls inspect {path} shows where, and what to do.",
    )


def _of_autosave(inspected: Inspected) -> Observation:
    interval = inspected.notebook.attrs.get("autosave_interval_s", _DEFAULT_INTERVAL_S)
    if interval is None:
        return Observation(
            level=Urgency.WARNING,
            code="autosave-off",
            sentence="Autosave is off in this notebook: what is edited in the browser is not in "
            "the file until somebody saves it there, and the next sync overwrites it.",
            mend=f"Set autosave_interval_s {_FIRST_COMMENT}.",
        )
    return _ok(
        "autosave",
        f"Livebook saves it by itself every {interval} s: what is edited in the browser is in the "
        f"file at most {interval} s later, and a session rewrites the file once after it opens.",
    )


def _of_stamp(patient: Patient, text: str) -> Observation:
    valid = with_livebook(patient.home, partial(_is_valid, text)) if patient.home else None
    if patient.home is None or valid is None:
        return _note("stamp-unknown", "It has a stamp; only a Livebook can tell if it is valid.")
    if valid:
        return _ok("stamp", "Its stamp is valid on this Livebook.")
    committed = git.committed(patient.path)
    was_valid = (
        committed is not None
        and committed != text
        and NotebookText(committed).has_stamp
        and with_livebook(patient.home, partial(_is_valid, committed))
    )
    if not was_valid:
        return _note(
            "stamp-elsewhere",
            "Its stamp is not one that this Livebook made, as far as can be told: what it hides "
            "stays with the Livebook that made it, and opening it here takes the stamp away.",
        )
    return Observation(
        level=Urgency.WARNING,
        code="stamp-stale",
        sentence="Its stamp is not valid on this Livebook: its secrets, file access and app "
        "password are lost to it.",
        mend="“Restamp” in the editor signs it anew from its last valid version.",
    )


def _is_valid(text: str, livebook: Livebook) -> bool:
    return livebook.restamp(old_source=text, new_source=text) is not None


def _ok(code: str, sentence: str) -> Observation:
    return Observation(level=Urgency.OK, code=code, sentence=sentence)


def _note(code: str, sentence: str) -> Observation:
    return Observation(level=Urgency.NOTE, code=code, sentence=sentence)


def _problem(code: str, sentence: str, mend: str) -> Observation:
    return Observation(level=Urgency.PROBLEM, code=code, sentence=sentence, mend=mend)
