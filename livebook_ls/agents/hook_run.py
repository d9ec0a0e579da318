"""From a payload to an answer: what a hook does, in the order of what it costs."""

from __future__ import annotations

import os

from livebook_ls import clock
from livebook_ls.agents.changed_notebooks import has_changed, look, project
from livebook_ls.agents.hook_memory import Memory
from livebook_ls.agents.payloads.relevance import folder_named, names_notebook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from livebook_ls.agents.answers.channels import HookAnswer
    from livebook_ls.agents.payloads.patch import Edit
    from livebook_ls.agents.payloads.payload import Call
    from livebook_ls.settings import Settings

# A checkout may change hundreds; these are the ones that somebody is likely to have open.
_MOST_AT_ONCE = 20
# What may be spent of the time that an agent waits, so that the most of it is left for Livebook.
_LOOKING = 0.1
_ASKING_GIT = 0.3


class Heard:
    """What came of a payload; `is_late` where Livebook may still be at work."""

    __slots__ = ("answer", "is_late", "remarks")

    def __init__(self) -> None:
        self.answer: HookAnswer | None = None
        self.is_late = False
        self.remarks: list[str] = []


def is_idle(data: bytes, environ: Mapping[str, str], ends_s: float) -> bool:
    """Whether a payload that names no notebook has nothing to do, as it is with most commands."""
    named = None if names_notebook(data) else folder_named(data)
    if named is None:
        return False
    folder, memory = project(named, environ), Memory(environ)
    now_ns = clock.unix_ns()
    found = look(folder, memory.looked_ns(folder), _part(_LOOKING, ends_s))
    is_quiet = found.is_whole and not found.paths
    if is_quiet and not memory.owes(folder) and not memory.gone(folder):
        memory.look(folder, now_ns)
        return True
    return False


def hear(
    data: bytes,
    settings: Settings | None,
    environ: Mapping[str, str],
    ends_s: float,
    runs_until_s: float | None = None,
) -> Heard:
    """Do what the payload asks for, until `ends_s` by `clock.monotonic_s` at the latest.

    With `runs_until_s`, the cells that an edit changed are run, and waited for until then.
    """
    from livebook_ls.agents.payloads.payload import Moment, read_call

    heard = Heard()
    call = read_call(data, environ)
    if call is None:
        heard.remarks.append("not a payload of an agent that is known")
        return heard
    memory = Memory(environ)
    paths = _paths(call, memory, ends_s)
    gone = memory.gone(call.folder) if call.moment is not Moment.BEFORE else []
    if not paths and not gone:
        heard.remarks.append(f"{call.event} of {call.agent.value}: no notebook to sync")
        return heard
    from livebook_ls.settings import Settings

    if call.moment is not Moment.BEFORE:
        _keep(paths, environ)
    _act(
        heard,
        call,
        paths[:_MOST_AT_ONCE],
        gone[:_MOST_AT_ONCE],
        memory,
        settings or Settings(),
        environ,
        ends_s,
        runs_until_s,
    )
    return heard


def _keep(paths: list[str], environ: Mapping[str, str]) -> None:
    """Keep what was changed: until it is synced, a session's next save may lie over it."""
    from livebook_ls.livebook.paths import expanded
    from livebook_ls.sync.keeping.kept_texts import KeptTexts
    from livebook_ls.sync.keeping.state_folder import StateFolder
    from livebook_ls.sync.keeping.version_files import VersionOrigin

    kept = KeptTexts(StateFolder(environ))
    for path in paths:
        if text := _read(path):
            kept.keep(expanded(path), text, VersionOrigin.FOUND)


def _paths(call: Call, memory: Memory, ends_s: float) -> list[str]:
    """The notebooks to do something about."""
    from livebook_ls.agents.payloads.payload import Moment

    if call.moment is Moment.BEFORE:
        return [it for it in call.edits if _needs_session(it, memory)]
    if call.moment is Moment.AFTER and not call.is_shell:
        return [it for it in call.edits if os.path.isfile(it)]
    owed, changed = memory.owed(call.folder), _changed(call.folder, memory, ends_s)
    # Where Livebook fails, no command need wait for that again; the end of a turn does.
    asked = dict.fromkeys([*owed, *changed] if call.moment is Moment.END else changed)
    wanted = [it for it in asked if not _is_known(it, memory) or memory.late(it)]
    # All of it, until its sync has ended: this process may be ended before that.
    memory.owe(call.folder, wanted)
    memory.settle(call.folder, [it for it in asked if it not in wanted])
    return wanted


def _changed(folder: str, memory: Memory, ends_s: float) -> list[str]:
    """Notebooks that were changed there since the last look, by whatever program."""
    now_ns, since_ns = clock.unix_ns(), memory.looked_ns(folder)
    from livebook_ls.sync.disk import git

    found = look(folder, since_ns, _part(_LOOKING, ends_s))
    if found.is_whole:
        longest_s = _part(_ASKING_GIT, ends_s)
        paths = git.not_ignored(folder, found.paths, longest_s) if found.paths else []
    else:
        listed = git.notebooks(folder, _part(_ASKING_GIT, ends_s))
        paths = [it for it in found.paths if listed is None or it in listed]
        paths += [it for it in listed or () if it not in paths and has_changed(it, since_ns)]
        if listed is None:
            # Not all was seen, so that the next look must go back as far.
            return paths
    memory.look(folder, now_ns)
    return paths


def _part(share: float, ends_s: float) -> float:
    """So many seconds of those that are left."""
    return max(0.1, share * (ends_s - clock.monotonic_s()))


def _needs_session(path: str, memory: Memory) -> bool:
    """Whether anything is to be done before an edit: not where its session is known already.

    With a stamp that is asked again, for an edit without a session would spoil it.
    """
    text = _read(path)
    return text is not None and ('"stamp"' in text[-2000:] or not memory.holds(path, text))


def _is_known(path: str, memory: Memory) -> bool:
    """Whether the session is known to hold just this."""
    text = _read(path)
    return text is None or memory.holds(path, text)


def _read(path: str) -> str | None:
    from livebook_ls.sync.disk import regular_file

    try:
        return regular_file.read(path).decode("utf-8")
    except OSError:
        return None
    except ValueError:
        # Not UTF-8, which the guard has to say.
        return ""


def _act(
    heard: Heard,
    call: Call,
    paths: list[str],
    gone: list[str],
    memory: Memory,
    settings: Settings,
    environ: Mapping[str, str],
    ends_s: float,
    runs_until_s: float | None,
) -> None:
    import asyncio

    from livebook_ls.agents import hook_sync, lost_edits
    from livebook_ls.agents.answers import choice
    from livebook_ls.agents.answers.channels import answer
    from livebook_ls.agents.payloads import text_before_edit
    from livebook_ls.agents.payloads.payload import Moment
    from livebook_ls.livebook.paths import expanded
    from livebook_ls.sync.disk import git
    from livebook_ls.sync.link import ARRIVED, State

    is_before = call.moment is Moment.BEFORE
    # Now: Livebook may write the files.
    texts = {it: _read(it) or "" for it in paths}
    undone = {expanded(it): text_before_edit.before(call, it, texts[it]) for it in paths}
    work = hook_sync.prepare if is_before else hook_sync.follow
    budget_s = max(0.1, ends_s - clock.monotonic_s())
    outcomes = asyncio.run(work(undone, settings, environ, budget_s)) if paths else []
    memory.attach(call.folder, [it.path for it in outcomes if it.state in ARRIVED])
    heard.is_late = any(it.is_late for it in outcomes)
    is_edit = call.moment is Moment.AFTER and not call.is_shell
    edits: dict[str, list[Edit]] = {}
    if is_edit:
        edits = {expanded(path): [*it] for path, it in call.edits.items()}
        for it in outcomes:
            edits[it.path] += lost_edits.gone_before(memory, it.path, undone.get(it.path))
        lost_edits.note_late(
            outcomes, undone, {expanded(it): text for it, text in texts.items()}, memory
        )
    late = [it.path for it in outcomes if it.is_late and is_edit]
    memory.owe(call.folder, late)
    settled = {it.path for it in outcomes if not it.is_late and it.state is not State.FAILED}
    memory.settle(call.folder, [it for it in memory.owed(call.folder) if expanded(it) in settled])
    if call.moment is Moment.END:
        outcomes = [lost_edits.with_late(it, memory, _read(it.path)) for it in outcomes]
    elif is_edit:
        outcomes = [lost_edits.with_lost(it, edits[it.path], _read(it.path)) for it in outcomes]
    if gone:
        budget_s = max(0.1, ends_s - clock.monotonic_s())
        left = asyncio.run(hook_sync.look_for_left(gone, settings, environ, budget_s))
        memory.let_go(call.folder, [it.path for it in left if not it.is_late])
        outcomes += [it for it in left if it.findings and not it.is_late]
    heard.remarks += choice.all_lines(outcomes, call.folder)
    if is_before:
        # The edit may mend what is wrong now; only what spoils the edit itself is told.
        outcomes = [it.only("read-again", "still-syncing", "session-differs") for it in outcomes]

    def before(path: str) -> str | None:
        text = undone.get(path)
        if text is None and clock.monotonic_s() < ends_s:
            return git.committed(path)
        return text

    told = choice.tell(outcomes, before, call.folder)
    if runs_until_s is not None and is_edit and not heard.is_late:
        arrived = {it.path for it in outcomes if it.state in ARRIVED}
        edited = {
            path: (text, text_before_edit.after(call, it, text, texts[it]))
            for it in texts
            if (path := expanded(it)) in arrived and (text := undone[path]) is not None
        }
        told = choice.with_runs(told, _run(edited, settings, environ, runs_until_s), call.folder)
    heard.answer = answer(call, told)


def _run(
    edited: Mapping[str, tuple[str, str]],
    settings: Settings,
    environ: Mapping[str, str],
    until_s: float,
) -> dict[str, list[str]]:
    import asyncio

    from livebook_ls.agents.changed_runs import EditedText, run_changed

    if not edited:
        return {}
    texts = {path: EditedText(*it) for path, it in edited.items()}
    within_s = max(0.1, until_s - clock.monotonic_s())
    return asyncio.run(run_changed(texts, settings, environ, within_s))
