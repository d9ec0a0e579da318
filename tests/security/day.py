"""A day with everything that a user does, under audit: an editor, the command line, an agent."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from livebook_ls.standin.control.journal import Exchange
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.settings import Access
from tests.conftest import TIMING, clean_environ
from tests.support import watched
from tests.support.agent_hooks import payload
from tests.support.git import commit_all

TOKEN = "s3cret-t0ken"  # noqa: S105 — the stand-in's
WORD = "unheard-of"
TEXT = f"# Note\n\n## Section\n\n```elixir\n:{WORD!r}\n```\n".replace("'", '"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was seen of it from outside."""

    port: int
    watch: watched.Watch
    doctors: watched.Watch
    requests: tuple[Exchange, ...]
    home: Path
    opened: str
    report: str
    # What lay in git's folder before the day, and after it, with its content.
    git_before: dict[str, bytes]
    git_after: dict[str, bytes]
    log: str
    # What other users of the machine see of the server while it runs.
    seen_by_others: str


def spend(folder: Path) -> Day:
    """Spend a day in `folder`, which is the home too."""
    home = folder / "home"
    project = home / "project"
    project.mkdir(parents=True)
    (home / "tmp").mkdir()
    notebook = project / "note.livemd"
    notebook.write_text(TEXT, encoding="utf-8")
    notes, doctors_notes, log = folder / "notes", folder / "doctors", home / "log"
    with StandIn(StandInSettings(timing=TIMING, access=Access(token=TOKEN))) as livebook:
        environ = _environ(home) | {"LIVEBOOK_URL": f"{livebook.url}/?token={TOKEN}"}
        commit_all(project)
        git_before = _content(project / ".git")
        seen = _edit(watched.command(notes, "serve", "--log-file", log), environ, notebook)
        opened = _run(watched.command(notes, "open", notebook), environ, project)
        for arguments in (
            ("check", "--online", project),
            ("format", notebook),
            ("run", notebook),
            ("restamp", project),
        ):
            _run(watched.command(notes, *arguments), environ, project)
        _hook(watched.command(notes, "hook", "--within", "60"), environ, notebook)
        doctor = watched.command(doctors_notes, "doctor", "--report", notebook)
        report = _run(doctor, environ, project)
        return Day(
            port=livebook.port,
            watch=watched.read(notes),
            doctors=watched.read(doctors_notes),
            requests=livebook.requests,
            home=home,
            opened=opened,
            report=report,
            git_before=git_before,
            git_after=_content(project / ".git"),
            log=log.read_text(encoding="utf-8"),
            seen_by_others=seen,
        )


def pages_of(requests: tuple[Exchange, ...]) -> set[str]:
    """The requests by method and path, of whatever session."""
    paths = {f"{it.method} {it.target.partition('?')[0]}" for it in requests}
    return {re.sub(r"/sessions/[\w-]+", "/sessions/…", it) for it in paths}


def _environ(home: Path) -> dict[str, str]:
    return clean_environ() | {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
        "TMPDIR": str(home / "tmp"),
    }


def _content(folder: Path) -> dict[str, bytes]:
    return {str(it): it.read_bytes() for it in folder.rglob("*") if it.is_file()}


def _edit(command: tuple[str, ...], environ: dict[str, str], notebook: Path) -> str:
    with Editor(command, environ=environ, settings={"trace": "verbose"}) as editor:
        uri = editor.open(notebook)
        editor.wait_for_state(uri, "inSync")
        editor.save(uri, notebook, TEXT.replace("## Section", "## More"))
        editor.wait_for_state(uri, "inSync")
        editor.command("livebook.open", uri)
        editor.command("livebook.openSettings", uri)
        editor.command("livebook.runAll", uri)
        editor.command("livebook.restamp", uri)
        seen = _shown_of(editor.process.pid)
        logged = [it["params"] for it in editor.received if it["method"] == "window/logMessage"]
    return seen + "".join(it["message"] for it in logged)


def _shown_of(process_id: int) -> str:
    """The argument list and title of a process, where the system shows them as files."""
    folder = Path("/proc") / str(process_id)
    files = [folder / "cmdline", folder / "comm"]
    return "".join(it.read_text() for it in files if it.exists())


def _run(command: tuple[str, ...], environ: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        command,
        env=environ,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def _hook(command: tuple[str, ...], environ: dict[str, str], notebook: Path) -> None:
    given = {"file_path": str(notebook), "old_string": "More", "new_string": "Less"}
    for moment in ("before", "after"):
        data = payload(f"claude_{moment}_edit", notebook.parent, tool_input=given)
        subprocess.run(
            command,
            input=data,
            env=environ,
            cwd=notebook.parent,
            capture_output=True,
            check=True,
        )
        text = notebook.read_text(encoding="utf-8").replace("More", "Less")
        notebook.write_text(text, encoding="utf-8")
