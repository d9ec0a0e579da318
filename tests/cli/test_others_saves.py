"""Saves of others into a copy that runs, over which its session saves by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

import pytest

from livebook_ls.cli.run import working_copy
from livebook_ls.cli.run.others_saves import OthersSaves
from livebook_ls.cli.run.working_copy import NoCopy, WorkingCopy
from livebook_ls.livebook.live.errors import SessionGone
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from tests.support.waiting import until

Session = Callable[[], Awaitable[tuple[str, Collection[str]]]]
Scenario = Callable[[WorkingCopy, OthersSaves], Awaitable[None]]


def while_it_runs(notebook: Path, session: Session, scenario: Scenario) -> Path:
    """The copy, after this has happened while it was run."""
    text, out = notebook.read_text(encoding="utf-8"), notebook.parent / "out.livemd"
    copy = working_copy.make(text, str(notebook), str(out), {}, replaces=False)

    async def act() -> None:
        known = notebook_file.version(copy.path)
        async with OthersSaves(copy.path, copy.text, known, session) as others:
            await scenario(copy, others)

    asyncio.run(act())
    return out


def save(copy: WorkingCopy, text: str) -> None:
    Path(copy.path).write_text(text, encoding="utf-8")


def kept_of(path: Path, state_folder: Path) -> list[str | None]:
    kept = KeptTexts(StateFolder({"XDG_STATE_HOME": str(state_folder)}))
    return [kept.text(it) for it in kept.versions(str(path))]


@pytest.mark.fault(
    "ourselves",
    "the state folder can't be written, and the session saves over what others have just saved "
    "into the copy that is run",
    during="`run --output`",
    shows="that the copy was left alone, and why; it has what others saved, and it ends with 1",
    recovers="the copy moved away, and the command again",
)
def test_what_was_saved_over_and_can_not_be_kept_comes_back(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = notebook.parent / "state"
    state.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    own = notebook.read_text(encoding="utf-8")

    async def session() -> tuple[str, Collection[str]]:
        return own, ()

    async def scenario(copy: WorkingCopy, others: OthersSaves) -> None:
        save(copy, own + "\nTheirs.\n")
        await asyncio.to_thread(until, lambda: others.unkept)
        save(copy, own)
        with pytest.raises(NoCopy, match="can't be kept"):
            await copy.finish(others)

    out = while_it_runs(notebook, session, scenario)

    assert out.read_text(encoding="utf-8") == own + "\nTheirs.\n"


def test_what_is_found_while_its_session_can_not_be_asked_is_kept_and_told(
    notebook: Path, state_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = notebook.read_text(encoding="utf-8") + "\nTheirs.\n"

    async def session() -> tuple[str, Collection[str]]:
        raise SessionGone

    async def scenario(copy: WorkingCopy, _: OthersSaves) -> None:
        save(copy, theirs)

    out = while_it_runs(notebook, session, scenario)

    assert theirs in kept_of(out, state_folder)
    assert (
        "Others have changed it during the run. What they saved is kept" in capsys.readouterr().err
    )


def test_what_was_typed_and_taken_back_since_the_session_saved_it_is_nobody_elses(
    notebook: Path, state_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = notebook.read_text(encoding="utf-8")
    before, now = own.replace("1 + 1", "1 + 1 # ab"), own.replace("1 + 1", "1 + 1 # cd")

    async def session() -> tuple[str, Collection[str]]:
        return now, ("1 + 1 # ab", "1 + 1 # cd")

    async def scenario(copy: WorkingCopy, _: OthersSaves) -> None:
        save(copy, before)

    out = while_it_runs(notebook, session, scenario)

    assert before not in kept_of(out, state_folder)
    assert capsys.readouterr().err == ""
