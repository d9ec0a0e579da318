"""Commands that end while they write: a file is as it was, or as it was meant, and nothing else."""

from __future__ import annotations

import random
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.command import PROGRAM, run

needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")

# Enough that it is not written in one piece, and more than may be written where that is limited.
LONG = CANONICAL + "".join(f"\nParagraph {number} of many.\n" for number in range(5_000))
SETTINGS = '{"hooks": {}, "other": "' + "x" * 300_000 + '"}\n'
_LIMIT_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Writing:
    """A command, where it runs, and the file that it writes, which may be new."""

    arguments: tuple[str, ...]
    folder: Path
    file: Path
    before: bytes | None


def merging(folder: Path, _: StandIn) -> Writing:
    ours = LONG.replace("Paragraph 10 of", "Paragraph ten of")
    theirs = LONG.replace("Paragraph 900 of", "Paragraph nine hundred of")
    for name, text in (("base", LONG), ("ours", ours), ("theirs", theirs)):
        (folder / f"{name}.livemd").write_text(text, encoding="utf-8")
    arguments = ("merge", "base.livemd", "ours.livemd", "theirs.livemd", "-o", "ours.livemd")
    return Writing(arguments, folder, folder / "ours.livemd", ours.encode())


def restamping(folder: Path, livebook: StandIn) -> Writing:
    stamped = livebook.stamp(LONG)
    for arguments in (
        ("init", "-q"),
        ("config", "user.email", "a@example.org"),
        ("config", "user.name", "a"),
    ):
        subprocess.run(("git", *arguments), cwd=folder, check=True)
    file = folder / "n.livemd"
    file.write_text(stamped, encoding="utf-8")
    subprocess.run(("git", "add", "."), cwd=folder, check=True)
    subprocess.run(("git", "commit", "-qm", "a"), cwd=folder, check=True)
    edited = stamped.replace("Paragraph 10 of", "Paragraph ten of")
    file.write_text(edited, encoding="utf-8")
    return Writing(("restamp", "n.livemd"), folder, file, edited.encode())


def installing(folder: Path, _: StandIn) -> Writing:
    file = folder / ".claude" / "settings.json"
    file.parent.mkdir()
    file.write_text(SETTINGS, encoding="utf-8")
    return Writing(("hook", "--install", "claude"), folder, file, SETTINGS.encode())


def formatting(folder: Path, _: StandIn) -> Writing:
    file = folder / "n.livemd"
    file.write_text(LONG + "\n*  a\n*  b\n", encoding="utf-8")
    return Writing(("format", "n.livemd"), folder, file, file.read_bytes())


def fixing(folder: Path, _: StandIn) -> Writing:
    file = folder / "n.livemd"
    file.write_text(LONG + "\n```elixir\n1\n", encoding="utf-8")
    return Writing(("check", "--fix", "n.livemd"), folder, file, file.read_bytes())


def exporting_over(folder: Path, livebook: StandIn) -> Writing:
    made = exporting(folder, livebook)
    made.file.write_text("# Mine\n", encoding="utf-8")
    return replace(made, before=b"# Mine\n")


def exporting(folder: Path, _: StandIn) -> Writing:
    (folder / "n.livemd").write_text(LONG, encoding="utf-8")
    file = folder / "n.md"
    return Writing(("export", "n.livemd", "--to", "md", "-o", "n.md"), folder, file, None)


def importing(folder: Path, _: StandIn) -> Writing:
    (folder / "page.md").write_text(LONG, encoding="utf-8")
    return Writing(("import", "page.md"), folder, folder / "page.livemd", None)


WRITERS = [
    merging,
    restamping,
    installing,
    exporting,
    exporting_over,
    formatting,
    fixing,
    importing,
]


@pytest.fixture(params=WRITERS)
def writing(request: pytest.FixtureRequest, tmp_path: Path, livebook: StandIn) -> Writing:
    begin: Callable[[Path, StandIn], Writing] = request.param
    made = begin(tmp_path, livebook)
    if made.before is not None:
        made.file.chmod(0o640)
    return made


def assert_whole(writing: Writing, meant: bytes | None) -> None:
    """The file is as it was or as it was `meant`, with the mode that it had."""
    if not writing.file.exists():
        assert writing.before is None
        return
    assert writing.file.read_bytes() in (writing.before, meant)
    if writing.before is not None:
        assert stat.S_IMODE(writing.file.stat().st_mode) == 0o640


@pytest.mark.fault(
    "files",
    "the disk is full",
    during="a command writes its result",
    shows="why it could not be written; the file is as it was",
    recovers="the command again",
)
@needs_limits
@pytest.mark.slow
def test_what_there_is_no_room_for_is_not_begun(writing: Writing, environ: dict[str, str]) -> None:
    import resource

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (_LIMIT_BYTES, _LIMIT_BYTES))

    done = subprocess.run(
        (*PROGRAM, *writing.arguments),
        cwd=writing.folder,
        env=environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        preexec_fn=limited,
        check=False,
    )

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert f"{writing.file.name}" in done.stderr
    assert "file too large" in done.stderr.lower()
    assert_whole(writing, None)


@pytest.mark.fault(
    "ourselves",
    "we are killed",
    during="a command writes",
    shows="the file as it was, or as it was meant",
    recovers="the command again",
)
@pytest.mark.slow
def test_a_kill_at_any_time_leaves_the_file_whole(
    writing: Writing, environ: dict[str, str]
) -> None:
    began_s = time.monotonic()
    assert run(*writing.arguments, cwd=writing.folder, environ=environ).returncode == 0
    took_s = time.monotonic() - began_s
    meant = writing.file.read_bytes()
    # The time of writing is near the end.
    chance = random.Random(3)  # noqa: S311 — a test's dice
    for _ in range(12):
        if writing.before is None:
            writing.file.unlink(missing_ok=True)
        else:
            writing.file.write_bytes(writing.before)
        process = subprocess.Popen(
            (*PROGRAM, *writing.arguments),
            cwd=writing.folder,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(took_s * chance.uniform(0.5, 1.1))
        process.kill()
        process.wait()
        if writing.arguments[0] == "restamp" and writing.file.read_bytes() != writing.before:
            # Each stamp is another; all else is the same.
            meant = writing.file.read_bytes()
            assert meant.count(b"\n") == (writing.before or b"").count(b"\n")
        assert_whole(writing, meant)
