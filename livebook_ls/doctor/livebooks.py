"""Which Livebook is talked to, how it was found, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from livebook_ls.doctor.observation import Observation, Urgency
from livebook_ls.livebook.errors import (
    AnotherProgram,
    EndpointsOff,
    LivebookError,
    NotRunning,
)
from livebook_ls.livebook.examination import Examination, Examined
from livebook_ls.livebook.http.pages import Login
from livebook_ls.sync.telling import login


def of_livebooks(examination: Examination) -> Iterator[Observation]:
    """What was found at each address, the Livebook that is talked to first."""
    chosen = examination.chosen
    if chosen.is_livebook:
        yield from _of_chosen(chosen)
    else:
        yield from _of_nobody(examination)
    for it in examination.places:
        if it.is_there and (it is not chosen or not (chosen.is_livebook or examination.is_pinned)):
            yield _of_other(it, examination)


def _of_nobody(examination: Examination) -> Iterator[Observation]:
    looked_at = [it.endpoint for it in examination.places if not it.is_there]
    for endpoint in looked_at:
        yield _note("looked-at", f"Nothing answers at {endpoint.url} ({endpoint.found_by}).")
    problem = examination.chosen.problem
    if problem is None or not examination.is_pinned:
        problem = NotRunning(" or ".join(it.endpoint.url for it in examination.places))
    yield _problem(problem, str(problem))


def _of_chosen(it: Examined) -> Iterator[Observation]:
    endpoint = it.endpoint
    where = f"Livebook at {endpoint.url} (found by {endpoint.found_by})"
    if it.problem is not None:
        yield _problem(it.problem, f"{where}: {it.problem}")
    else:
        yield _ok("livebook", f"{where} takes syncs: its dev endpoints are on.")
    if it.login is not None:
        yield _note(
            "version",
            "It has the dev endpoints, so it is 0.19.4 or newer; whether it is the 0.19.6 that "
            "keeps smart cells in a sync can't be seen from outside.",
            "Look at its home page, and update it if it is older.",
        )
        yield _of_login(it.login)
    if endpoint.base_path:
        yield _note("base-path", f"Its address has the base path {endpoint.base_path}.")
    yield from _of_reach(it)


def _of_login(found: Login) -> Observation:
    told = login.in_the_way(found)
    if told is not None:
        what, _, mend = told.sentence.partition(". ")
        return Observation(
            level=Urgency.WARNING if found is Login.WRONG_TOKEN else Urgency.NOTE,
            code=told.code,
            sentence=f"{what}.",
            mend=mend,
        )
    if found is Login.BY_LINK:
        return _ok("token", "A token is known, so that links to sessions log in by themselves.")
    if found is Login.OPEN:
        return _ok("no-login", "Livebook's pages ask for no login.")
    return _note("login-unknown", "Livebook's pages are behind a login that is not its own.")


def _of_reach(it: Examined) -> Iterator[Observation]:
    if it.exposed_at:
        yield Observation(
            level=Urgency.WARNING,
            code="exposed",
            sentence=f"It answers at {' and '.join(it.exposed_at)} too, and the dev endpoints have "
            "no authentication: whoever reaches that address can open and rewrite files.",
            mend="Start it with LIVEBOOK_IP=127.0.0.1, in Docker with -p 127.0.0.1:8080:8080.",
        )
    if not it.endpoint.is_loopback:
        yield _note(
            "remote",
            "It is not on this machine, so that it must see notebooks under the same paths.",
            "Where it sees them under others, set livebook.pathMappings.",
        )


def _of_other(it: Examined, examination: Examination) -> Observation:
    url = it.endpoint.url
    if isinstance(it.problem, AnotherProgram):
        return _note("port-taken", f"A program that is no Livebook answers at {url}.")
    how = "takes syncs" if it.problem is None else f"doesn't take syncs ({it.problem.code})"
    use = (
        "it is not used, since another one is set"
        if examination.is_pinned
        else "notebooks with a session there belong to it"
        if it.problem is None
        else "it is used once that is mended"
    )
    mend = f"Set livebook.url to {url} to use that one only."
    if isinstance(it.problem, EndpointsOff):
        mend = f"{it.problem.advice} {mend}"
    return _note("another-livebook", f"Another Livebook, at {url}, {how}; {use}.", mend)


def _problem(error: LivebookError, sentence: str) -> Observation:
    return Observation(level=Urgency.PROBLEM, code=error.code, sentence=sentence, mend=error.advice)


def _ok(code: str, sentence: str) -> Observation:
    return Observation(level=Urgency.OK, code=code, sentence=sentence)


def _note(code: str, sentence: str, mend: str = "") -> Observation:
    return Observation(level=Urgency.NOTE, code=code, sentence=sentence, mend=mend)
