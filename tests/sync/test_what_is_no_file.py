"""What isn't a file, under the name of one: nobody waits for it, nor reads what has no end."""

from __future__ import annotations

import errno
import json
import os
import shlex
import socket
import subprocess
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.disk import notebook_file, regular_file
from tests.support import agent_hooks
from tests.support.command import PROGRAM, run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such files on Windows")

KINDS = ["pipe", "device", "endless device", "socket", "folder", "huge file"]


def make(path: Path, kind: str) -> Path:
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(os.path.relpath(path))
    elif kind == "folder":
        path.mkdir()
    elif kind == "huge file":
        with path.open("wb") as file:
            file.truncate(10**12)
    else:
        path.symlink_to("/dev/zero" if kind == "endless device" else "/dev/tty")
    return path


@pytest.mark.fault(
    "files",
    "the file is larger than 100 MB",
    during="it is read",
    sees="file_unreadable_here: file too large",
    recovers="by itself, once it is smaller",
)
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_refused_at_once(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = str(make(tmp_path / "a.livemd", kind))
    for read in (regular_file.read, notebook_file.read):
        with pytest.raises(OSError) as raised:  # noqa: PT011 — its number is looked at
            read(path)

        assert raised.value.errno in (errno.EINVAL, errno.EISDIR, errno.EFBIG)
        is_told_as_large = str(raised.value.strerror).lower() == "file too large"
        assert is_told_as_large == (kind == "huge file")


@pytest.mark.slow
@pytest.mark.fault(
    "files",
    "a pipe, a device or a socket has a notebook's name",
    during="a command",
    shows="`not a regular file`",
    recovers="the command again, once it is a file",
)
@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("check", "--fix"),
        ("inspect",),
        ("export", "--to", "md"),
        ("format",),
        ("sync",),
        ("open",),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_no_command_waits_for_it(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = run(*command, make(tmp_path / "a.livemd", "pipe"))

    assert done.returncode == 1
    said = (done.stdout + done.stderr).lower()
    assert "not a regular file" in said
    assert "traceback" not in said


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("diff", "a.livemd", "pipe.livemd"),
        ("diff", "--textconv", "pipe.livemd"),
        ("merge", "pipe.livemd", "a.livemd", "a.livemd"),
        ("merge", "a.livemd", "a.livemd", "pipe.livemd"),
        ("merge-driver", "a.livemd", "pipe.livemd", "a.livemd"),
        ("merge-driver", "--install"),
        ("run", "a.livemd", "--output", "pipe.livemd", "--force"),
        ("doctor", "--url", "https://localhost:9", "--ca-file", "pipe.livemd"),
    ],
    ids=" ".join,
)
def test_no_command_waits_for_another_file_that_is_none(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "a.livemd").write_text("# Note\n\n## S\n\n```elixir\n1\n```\n", encoding="utf-8")
    make(tmp_path / "pipe.livemd", "pipe")
    make(tmp_path / ".gitattributes", "pipe")
    subprocess.run(("git", "init", "-q"), cwd=tmp_path, check=True)
    done = run(*command, cwd=tmp_path)

    assert done.returncode != 0
    said = (done.stdout + done.stderr).lower()
    assert "not a regular file" in said
    assert "traceback" not in said


@pytest.mark.parametrize(
    "command", [("export", "--to", "md", "a.livemd"), ("merge", *3 * ["a.livemd"])], ids=" ".join
)
def test_nothing_is_written_to_a_pipe_that_nobody_reads(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "a.livemd").write_text("# Note\n", encoding="utf-8")
    make(tmp_path / "pipe.md", "pipe")
    done = run(*command, "-o", "pipe.md", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("pipe.md: ")


def test_versions_are_read_also_where_a_shell_hands_them_over(tmp_path: Path) -> None:
    (tmp_path / "a.livemd").write_text("# Note\n", encoding="utf-8")
    program = shlex.join((*PROGRAM, "diff"))
    script = f"{program} <(printf '# Other\\n') a.livemd; {program} /dev/null a.livemd"
    done = subprocess.run(
        ("bash", "-c", script), cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "changed title" in done.stdout
    assert "added title" in done.stdout


@pytest.mark.fault(
    "files",
    "a pipe is called `.gitignore`",
    during="notebooks are looked for",
    shows="nothing: it is no rule",
    recovers="nothing to do",
)
@pytest.mark.parametrize("place", [".gitignore", "a/.gitignore"])
def test_rules_that_are_no_file_are_no_rules(tmp_path: Path, place: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "note.livemd").write_text("# Note\n")
    make(tmp_path / place, "pipe")

    assert run("check", tmp_path).returncode == 0


@pytest.mark.fault(
    "files",
    "a pipe has the name of an agent's configuration",
    during="`hook --install`",
    shows="that it is not a regular file",
    recovers="the command again",
)
@pytest.mark.parametrize("agent", ["claude", "codex", "cursor", "gemini"])
def test_no_configuration_is_waited_for(tmp_path: Path, agent: str) -> None:
    folder = tmp_path / f".{agent}"
    folder.mkdir()
    for name in ("settings.json", "hooks.json", "config.toml"):
        make(folder / name, "pipe")
    done = run("hook", "--install", agent, cwd=tmp_path)

    assert done.returncode == 1
    assert "regular file" in done.stderr


@pytest.mark.fault(
    "files",
    "a pipe has a notebook's name",
    during="it is open",
    sees="file_unreadable_here: not a regular file",
    recovers="by itself, once it is a file",
)
def test_the_server_goes_on_beside_it(
    editor: Editor, livebook: StandIn, notebook: Path, tmp_path: Path
) -> None:
    text = notebook.read_text(encoding="utf-8")
    uri = make(tmp_path / "other.livemd", "pipe").as_uri()
    item = {"uri": uri, "languageId": "livebook", "version": 1, "text": text}
    editor.notify("textDocument/didOpen", {"textDocument": item})
    for command in ("livebook.sync", "livebook.open", "livebook.doctor"):
        editor.command(command, uri)
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}, "text": text})
    another = editor.open(notebook)

    assert "not a regular file" in editor.wait_for_state(uri, "failed")["sentence"]
    assert editor.wait_for_state(another, "inSync")
    assert livebook.session(notebook) is not None


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_hook_does_not_wait_for_it(tmp_path: Path, environ: dict[str, str], moment: str) -> None:
    event = "PreToolUse" if moment == "before" else "PostToolUse"
    path = make(tmp_path / "note.livemd", "pipe")
    edit = {"hook_event_name": event, "tool_name": "Edit", "tool_input": {"file_path": str(path)}}
    done = agent_hooks.run(
        json.dumps({"session_id": "s", "cwd": str(tmp_path)} | edit).encode(), environ
    )

    assert (done.returncode, done.stdout) == (0, b"")
