"""`livebook-ls run` against the stand-in: what runs, what is told, and what becomes of files."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.settings import Access
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from tests.conftest import clean_environ
from tests.support.child import Child
from tests.support.command import PROGRAM, run
from tests.support.fork_server.program import quick_program
from tests.support.never_answering import never_answering
from tests.support.turn_of_another import turn_of_another
from tests.support.waiting import until


def notebook_of(*cells: str, section: str = "Section") -> str:
    blocks = "\n\n".join(f"```elixir\n{cell}\n```" for cell in cells)
    return f"# Note\n\n## {section}\n\n{blocks}\n"


def events(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


def told(said: str, event: str) -> list[dict[str, Any]]:
    return [it for it in events(said) if it["event"] == event]


def write(path: Path, *cells: str) -> Path:
    path.write_text(notebook_of(*cells), encoding="utf-8")
    return path


def test_results_are_shown_cell_by_cell(notebook: Path, environ: dict[str, str]) -> None:
    write(notebook, 'IO.puts("words")', "1 + 1")

    done = run("run", "note.livemd", cwd=notebook.parent, environ=environ)

    assert done.returncode == 0
    lines = [it.partition(" ✓")[0] for it in done.stdout.splitlines()]
    assert lines == [
        "note.livemd:5: cell 1 · Section",
        "words",
        ":ok",
        "note.livemd:9: cell 2 · Section",
        "2",
    ]
    assert done.stderr == "note.livemd: 2 cells run.\n"


def test_a_result_is_told_before_the_next_cell_is_over(
    notebook: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    write(notebook, "1 + 1", "Process.sleep(600000)")
    with Child(
        (*quick_program(environ), "run", "--json", notebook),
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        begin, first = json.loads(process.stdout.readline()), json.loads(process.stdout.readline())
        livebook.close_session(notebook)
        end = json.loads(process.stdout.readline())

    assert [it["cell"] for it in begin["cells"]] == [1, 2]
    assert (first["cell"], first["outputs"][0]["text"]) == (1, "2")
    assert (end["event"], end["end"], process.returncode) == ("end", "lost", 1)


def test_the_file_is_as_before_when_it_ends(notebook: Path, environ: dict[str, str]) -> None:
    # Not in Livebook's own form, in which it would be written back.
    text = notebook_of("1 + 1").replace("## Section", "*  a\n*  b\n\n## Section")
    notebook.write_text(text, encoding="utf-8")
    os.utime(notebook, ns=(1_700_000_000_123_456_789,) * 2)

    done = run("run", notebook, environ=environ)

    assert done.returncode == 0, done.stderr
    assert notebook.read_text(encoding="utf-8") == text
    assert notebook.stat().st_mtime_ns == 1_700_000_000_123_456_789


def test_a_cell_that_raises_is_told_by_its_line(notebook: Path, environ: dict[str, str]) -> None:
    write(notebook, "1 + 1", '2 + 2\nraise "boom"', "3 + 3")

    done = run("run", notebook, environ=environ)

    assert done.returncode == 1
    assert f"{notebook}:11: ** (RuntimeError) boom\n" in done.stderr
    assert "a cell above failed: 3" in done.stderr
    assert "** (RuntimeError) boom" in done.stdout


def test_a_compile_error_is_told_by_its_line(notebook: Path, environ: dict[str, str]) -> None:
    write(notebook, "1 + 1\nnowhere")

    done = run("run", "-q", notebook, environ=environ)

    assert (done.returncode, done.stdout) == (1, "")
    assert f'{notebook}:7: undefined variable "nowhere"\n' in done.stderr


def test_a_failed_doctest_fails_the_run(notebook: Path, environ: dict[str, str]) -> None:
    write(notebook, 'defmodule A do\n  @doc """\n  iex> 1 + 1\n  3\n  """\n  def a, do: 1\nend')

    done = run("run", "--json", notebook, environ=environ)

    (cell,) = told(done.stdout, "cell")
    (failure,) = cell["failures"]
    assert (done.returncode, cell["state"], cell["isFailure"]) == (1, "done", True)
    assert (failure["line"], failure["code"]) == (8, "doctest-failed")


def test_what_a_doctest_found_is_shown_where_it_ran(
    notebook: Path, environ: dict[str, str]
) -> None:
    write(notebook, 'defmodule A do\n  @doc """\n  iex> 1 + 1\n  3\n  """\n  def a, do: 1\nend')

    done = run("run", "note.livemd", cwd=notebook.parent, environ=environ)

    first, *found = done.stdout.splitlines()
    assert first.endswith("✗ a doctest failed")
    assert "✓" not in done.stdout
    assert any("3" in it for it in found)
    assert "note.livemd:8: Doctest failed.\n" in done.stderr


def test_cells_that_come_along_are_named_before_anything_runs(
    notebook: Path, environ: dict[str, str]
) -> None:
    write(notebook, "x = 1", "x + 1", "3 + 3")

    done = run("run", "--cell", 2, "--json", notebook, environ=environ)

    begin, *cells, end = events(done.stdout)
    assert begin["broughtAlong"] == [{"cell": 1, "line": 5, "section": "Section"}]
    assert [it["cell"] for it in begin["cells"]] == [2]
    assert [it["cell"] for it in cells] == [1, 2]
    assert (end["run"], end["failed"]) == (2, 0)


def test_cells_that_come_along_are_named_for_people(
    notebook: Path, environ: dict[str, str]
) -> None:
    write(notebook, "x = 1", "x + 1")

    done = run("run", "--cell", 2, notebook, environ=environ)

    first = done.stderr.splitlines()[0]
    assert first == f"{notebook}: Livebook also runs cell 1 (line 5), which this stands on."


def test_only_what_is_stale_runs_again(notebook: Path, environ: dict[str, str]) -> None:
    write(notebook, "1 + 1", "2 + 2")
    run("run", "--cell", 1, notebook, environ=environ)

    first = run("run", "--stale", "--json", notebook, environ=environ)
    again = run("run", "--stale", "--json", notebook, environ=environ)

    assert [it["cell"] for it in told(first.stdout, "cell")] == [2]
    assert [it["event"] for it in events(again.stdout)] == ["end"]
    assert (again.returncode, told(again.stdout, "end")[0]["end"]) == (0, "nothing to run")


def test_a_section_runs_by_its_name(notebook: Path, environ: dict[str, str]) -> None:
    text = notebook_of("1 + 1") + "\n## Other one\n\n```elixir\n5 + 5\n```\n"
    notebook.write_text(text, encoding="utf-8")

    done = run("run", "--section", "Section", "--json", notebook, environ=environ)

    assert [it["section"] for it in told(done.stdout, "cell")] == ["Section"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--cell", "3"), "There is no cell 3: the cells with code are 1 to 1."),
        (("--section", "Sektion"), "There is no section “Sektion”. There is: “Section”."),
    ],
)
def test_what_is_not_there_is_told_with_what_is(
    notebook: Path, environ: dict[str, str], livebook: StandIn, options: tuple[str], says: str
) -> None:
    done = run("run", *options, notebook, environ=environ)

    assert (done.returncode, done.stderr) == (1, f"{notebook}: {says}\n")
    assert livebook.session(notebook) is None


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("note.livemd", "--cell", "one"),
        ("note.livemd", "--cell", "1", "--stale"),
        ("note.livemd", "--timeout", "0"),
        ("note.livemd", "--param", "a=1"),
        ("note.livemd", "--output", "b.livemd", "--param", "a"),
        ("note.livemd", "--output", "b.livemd", "--param", "a=1", "--param", "a=2"),
        ("note.livemd", "note.livemd", "--output", "b.livemd"),
    ],
)
def test_wrong_usage_ends_with_2_and_runs_nothing(
    notebook: Path, environ: dict[str, str], livebook: StandIn, arguments: tuple[str, ...]
) -> None:
    done = run("run", *arguments, cwd=notebook.parent, environ=environ)

    assert done.returncode == 2
    assert livebook.requests == ()


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("nowhere.livemd", "There is no such file or folder."),
        ("note.txt", "This is not a .livemd notebook."),
        ("folder", "This is a folder: name the notebooks in it."),
    ],
)
def test_what_is_no_notebook_is_told_in_a_line(
    file: str, says: str, notebook: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    (notebook.parent / "note.txt").touch()
    (notebook.parent / "folder").mkdir()
    done = run("run", "--start", file, cwd=notebook.parent, environ=environ)
    as_json = run("run", "--json", file, cwd=notebook.parent, environ=environ)

    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{file}: {says}\n")
    assert (as_json.returncode, told(as_json.stdout, "end")[0]["sentence"]) == (1, says)
    assert livebook.requests == ()


def test_what_is_no_notebook_keeps_no_other_from_running(
    notebook: Path, environ: dict[str, str]
) -> None:
    write(notebook, "1 + 1")
    done = run("run", "nowhere.livemd", "note.livemd", cwd=notebook.parent, environ=environ)

    assert (done.returncode, "note.livemd: 1 cell run." in done.stderr) == (1, True)


def test_without_livebook_nothing_is_run_and_it_is_told(notebook: Path) -> None:
    done = run("run", notebook)

    assert done.returncode == 1
    assert str(notebook) in done.stderr
    assert "Livebook" in done.stderr


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [("swordfish", 0, "1 cell run."), ("", 1, "LIVEBOOK_PASSWORD"), ("trout", 1, "not accept")],
)
def test_the_password_is_the_one_that_livebook_was_given(
    notebook: Path, given: str, code: int, says: str
) -> None:
    write(notebook, "1 + 1")
    access = Access(password="swordfish")  # noqa: S106 — a stand-in's
    with StandIn(StandInSettings(access=access)) as livebook:
        environ = {"LIVEBOOK_URL": livebook.url, "LIVEBOOK_PASSWORD": given}
        done = run("run", notebook, environ=clean_environ() | environ)

    assert (done.returncode, says in done.stderr) == (code, True), done.stderr


def test_a_run_that_takes_too_long_is_left(notebook: Path, environ: dict[str, str]) -> None:
    write(notebook, "Process.sleep(600000)")

    done = run("run", "--timeout", "2", notebook, environ=environ)

    assert (done.returncode, "Not done after 2 s" in done.stderr) == (1, True)


@pytest.mark.fault(
    "network",
    "connections are taken and never answered",
    during="`run --timeout`",
    shows="that nothing was run in that time",
    recovers="the command again, once Livebook answers",
)
@pytest.mark.parametrize("more", [(), ("--output", "copy.livemd")])
def test_a_livebook_that_never_answers_is_waited_for_no_longer_either(
    more: tuple[str, ...], notebook: Path
) -> None:
    before = write(notebook, "1 + 1").read_bytes()
    with never_answering() as url:
        began_s = time.monotonic()
        done = run(
            *("run", "--timeout", "1", "--url", url, "note.livemd", *more), cwd=notebook.parent
        )
        took_s = time.monotonic() - began_s

    assert done.returncode == 1
    assert took_s < 8
    assert "note.livemd: Nothing was run: Livebook has not taken the notebook within 1 s." in (
        done.stderr
    )
    assert notebook.read_bytes() == before


def test_one_notebook_that_fails_keeps_no_other_from_running(
    notebook: Path, environ: dict[str, str]
) -> None:
    write(notebook, 'raise "boom"')
    other = write(notebook.parent / "other.livemd", "4 + 4")

    done = run("run", "--json", notebook, other, environ=environ)

    assert done.returncode == 1
    assert [it["end"] for it in told(done.stdout, "end")] == ["failed", "done"]


def test_a_copy_is_run_and_keeps_its_outputs(notebook: Path, environ: dict[str, str]) -> None:
    write(notebook, "x = 20", "x + 1")
    before = notebook.read_bytes()

    done = run("run", notebook, "--output", "out.livemd", cwd=notebook.parent, environ=environ)

    out = (notebook.parent / "out.livemd").read_text(encoding="utf-8")
    outputs = [[it.text for it in cell.outputs] for cell in parse(out).sections[0].cells]
    assert done.returncode == 0, done.stderr
    assert outputs == [["20"], ["21"]]
    assert '"persist_outputs":true' in out.splitlines()[0]
    assert notebook.read_bytes() == before


def test_the_copy_is_named_at_the_end(notebook: Path, environ: dict[str, str]) -> None:
    write(notebook, "1 + 1", 'raise "no"')
    given = ("run", "note.livemd", "--output", "my copy.livemd", "--force")
    shown = run(*given, cwd=notebook.parent, environ=environ)
    quiet = run(*given, "--quiet", cwd=notebook.parent, environ=environ)
    (ended,) = told(run(*given, "--json", cwd=notebook.parent, environ=environ).stdout, "end")

    last = shown.stderr.splitlines()[-1]
    assert last == "note.livemd: 2 cells run, 1 failed. The copy is my copy.livemd."
    assert "The copy is" not in quiet.stderr
    assert ended["output"] == "my copy.livemd"


def test_a_copy_that_was_not_kept_is_not_named(notebook: Path, environ: dict[str, str]) -> None:
    write(notebook, "1 + 1")
    given = ("run", "--json", "note.livemd")
    (without,) = told(run(*given, cwd=notebook.parent, environ=environ).stdout, "end")
    (notebook.parent / "b.livemd").touch()
    (refused,) = told(
        run(*given, "--output", "b.livemd", cwd=notebook.parent, environ=environ).stdout, "end"
    )

    assert "output" not in without
    assert "output" not in refused


def test_a_copy_has_the_parameters_that_it_was_given(
    notebook: Path, environ: dict[str, str]
) -> None:
    write(notebook, 'who = "Ann"\nrows = 1', "rows + 1", "who")
    out = notebook.parent / "out.livemd"

    values = ("--param", "rows=41", "--param", "who=B=b")
    done = run("run", notebook, "--output", out, *values, environ=environ)

    cells = parse(out.read_text(encoding="utf-8")).sections[0].cells
    assert done.returncode == 0, done.stderr
    assert cells[0].source == 'who = "B=b"\nrows = 41'
    assert [it.outputs[0].text for it in cells[1:]] == ["42", '"B=b"']


def test_a_failure_in_a_copy_is_told_by_the_notebooks_line(
    notebook: Path, environ: dict[str, str]
) -> None:
    write(notebook, "1 + 1", 'raise "boom"')

    done = run("run", "-q", notebook, "--output", notebook.parent / "o.livemd", environ=environ)

    assert done.returncode == 1
    assert f"{notebook}:10: ** (RuntimeError) boom" in done.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--param", "row=1"), "There is: rows."),
        (("--param", "rows=many"), "`rows` is a number in the notebook, and “many” is not."),
    ],
)
def test_a_parameter_that_does_not_fit_makes_no_copy(
    notebook: Path, environ: dict[str, str], options: tuple[str, ...], says: str
) -> None:
    write(notebook, "rows = 1")
    out = notebook.parent / "out.livemd"

    done = run("run", notebook, "--output", out, *options, environ=environ)

    assert (done.returncode, out.exists()) == (1, False)
    assert says in done.stderr


def test_an_existing_file_is_written_over_only_by_force(
    notebook: Path, environ: dict[str, str]
) -> None:
    out = notebook.parent / "out.livemd"
    out.write_text("mine", encoding="utf-8")

    refused = run("run", notebook, "--output", out, environ=environ)
    kept = out.read_text(encoding="utf-8")
    forced = run("run", notebook, "--output", out, "--force", environ=environ)

    assert (refused.returncode, kept) == (1, "mine")
    assert "--force" in refused.stderr
    assert (forced.returncode, "# Note" in out.read_text(encoding="utf-8")) == (0, True)


def test_what_a_copy_is_written_over_can_be_had_back(
    notebook: Path, environ: dict[str, str]
) -> None:
    write(notebook, "1 + 1")
    out = notebook.parent / "out.livemd"
    out.write_text("# Mine\n", encoding="utf-8")
    out.chmod(0o640)
    other = notebook.parent / "other.livemd"
    other.hardlink_to(out)
    done = run("run", notebook, "--output", out, "--force", environ=environ)
    kept = KeptTexts(StateFolder(environ))

    assert done.returncode == 0, done.stderr
    assert "# Mine\n" in [kept.text(it) for it in kept.versions(str(out))]
    assert (out.stat().st_mode & 0o777, out.samefile(other)) == (0o640, True)


@dataclass(slots=True)
class CopyRun:
    """A run on the copy at `path`, and how it ended."""

    path: Path
    code: int | None = None
    said: str = ""
    sentence: str = ""


@contextmanager
def at_its_last_cell(
    notebook: Path, environ: dict[str, str], livebook: StandIn
) -> Iterator[CopyRun]:
    """A run on a copy, whose last cell is stopped at the end of the block."""
    out = notebook.parent / "out.livemd"
    write(notebook, "1 + 1", "Process.sleep(600000)")
    with Child(
        (*quick_program(environ), "run", "--json", notebook, "--output", out),
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in ("begin", "cell")]
        assert told("".join(lines), "cell")
        yield (ran := CopyRun(out))
        live = livebook.live(out)
        assert live is not None
        live.event("cancel_cell_evaluation", {"cell_id": live.evaluated[-1]})
        out_last, ran.said = process.communicate()
        ran.sentence = told(out_last, "end")[0]["sentence"]
    ran.code = process.returncode


def kept_of(path: Path, environ: dict[str, str]) -> list[str | None]:
    kept = KeptTexts(StateFolder(environ))
    return [kept.text(it) for it in kept.versions(str(path))]


@pytest.mark.parametrize(
    "change",
    [lambda it: it + "\nMy words.\n", lambda it: it.replace("1 + 1", "")],
    ids=["more", "less"],
)
def test_what_others_save_into_the_copy_can_be_had_back(
    notebook: Path, environ: dict[str, str], livebook: StandIn, change: Callable[[str], str]
) -> None:
    with at_its_last_cell(notebook, environ, livebook) as ran:
        out = ran.path
        theirs = change(out.read_text(encoding="utf-8"))
        out.write_text(theirs, encoding="utf-8")

    assert parse(out.read_text(encoding="utf-8")).sections[0].cells[0].outputs
    assert theirs in kept_of(out, environ)
    assert f"{out}: Others have changed it during the run." in ran.said
    assert f"`livebook-ls restore {out}`" in ran.said


@pytest.mark.fault(
    "livebook",
    "the session saves over what others have just saved into the copy that is run",
    during="`run --output`",
    shows="that others changed the copy, and that what they saved is kept",
    recovers="`livebook-ls restore`",
)
def test_what_others_save_into_the_copy_outlives_its_sessions_own_save(
    notebook: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    with at_its_last_cell(notebook, environ, livebook) as ran:
        out = ran.path
        theirs = out.read_text(encoding="utf-8") + "\nMy words.\n"
        out.write_text(theirs, encoding="utf-8")
        until(lambda: theirs in kept_of(out, environ))
        livebook.save_session(out)
        until(lambda: "My words." not in out.read_text(encoding="utf-8"))

    assert parse(out.read_text(encoding="utf-8")).sections[0].cells[0].outputs
    assert ran.said.count(f"{out}: Others have changed it during the run.") == 1
    assert f"`livebook-ls restore {out}`" in ran.said


@pytest.mark.parametrize("is_typed", [False, True], ids=["alone", "typed"])
def test_what_the_session_saves_into_the_copy_is_nobody_elses(
    notebook: Path, environ: dict[str, str], livebook: StandIn, is_typed: bool
) -> None:
    with at_its_last_cell(notebook, environ, livebook) as ran:
        out = ran.path
        livebook.save_session(out)
        assert 'livebook:{"output":true}' in out.read_text(encoding="utf-8")
        session = livebook.session(out)
        assert session is not None
        if is_typed:
            livebook.edit_session(out, session.text + "\nTyped.\n", is_typed=True)

    assert "Others" not in ran.said
    assert ("Typed." in out.read_text(encoding="utf-8")) == is_typed


@pytest.mark.fault(
    "ourselves",
    "the state folder can't be written, and others change the copy that is run",
    during="`run --output`",
    shows="that the copy was left alone, and why; it ends with 1",
    recovers="the copy moved away, and the command again",
)
def test_what_others_save_into_the_copy_stays_where_it_can_not_be_kept(
    notebook: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    state = notebook.parent / "state"
    state.touch()
    environ = environ | {"XDG_STATE_HOME": str(state)}
    with at_its_last_cell(notebook, environ, livebook) as ran:
        out = ran.path
        theirs = out.read_text(encoding="utf-8") + "\nMy words.\n"
        out.write_text(theirs, encoding="utf-8")

    assert (ran.code, out.read_text(encoding="utf-8")) == (1, theirs)


def test_a_notebook_that_is_gone_by_the_end_of_its_run_stays_gone(
    notebook: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    write(notebook, "1 + 1", "Process.sleep(600000)")
    with Child(
        (*quick_program(environ), "run", "--json", notebook),
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in ("begin", "cell")]
        notebook.unlink()
        live = livebook.live(notebook)
        assert live is not None
        live.event("cancel_cell_evaluation", {"cell_id": live.evaluated[-1]})
        rest, said = process.communicate()

    assert told("".join(lines) + rest, "end")
    assert "Traceback" not in said
    assert not notebook.exists()


@pytest.mark.slow
@pytest.mark.fault(
    "files",
    "the disk has no room for the copy that is to be run",
    during="`run --output --force`",
    shows="that it can't be written, and why; what was there is as it was",
    recovers="the command again, once there is room",
)
@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
@pytest.mark.parametrize("is_there", [True, False], ids=["there", "new"])
def test_a_copy_that_has_no_room_leaves_what_was_there(
    notebook: Path, environ: dict[str, str], is_there: bool
) -> None:
    import resource

    write(notebook, *["1 + 1"] * 200)
    out = notebook.parent / "out.livemd"
    if is_there:
        out.write_text("# Mine\n", encoding="utf-8")
    done = subprocess.run(
        (*PROGRAM, "run", notebook, "--output", out, "--force"),
        env=environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000)),
        check=False,
    )

    assert done.returncode == 1
    assert str(out) in done.stderr
    assert "file too large" in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert out.exists() == is_there
    assert not is_there or out.read_text(encoding="utf-8") == "# Mine\n"


def test_the_copy_is_never_the_notebook_itself(notebook: Path, environ: dict[str, str]) -> None:
    before = notebook.read_bytes()

    done = run("run", notebook, "--output", notebook, "--force", environ=environ)

    assert (done.returncode, notebook.read_bytes()) == (1, before)


@pytest.mark.skipif(sys.platform == "win32", reason="not everybody may make links")
def test_a_copy_that_becomes_the_notebook_itself_is_left_alone(
    notebook: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    with at_its_last_cell(notebook, environ, livebook) as ran:
        before = notebook.read_bytes()
        ran.path.unlink()
        ran.path.symlink_to(notebook)

    assert (ran.code, notebook.read_bytes()) == (1, before)
    assert "it has become the notebook itself" in ran.sentence


@pytest.mark.fault(
    "livebook",
    "the session of an earlier run saves over the copy that was just made anew",
    during="`run --output --force`",
    shows="the results of the new copy",
    recovers="by itself",
)
def test_the_session_of_an_earlier_run_saves_over_the_new_copy(
    notebook: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    write(notebook, "n = 1", "n * 10")
    out = notebook.parent / "out.livemd"
    again = ("run", notebook, "--output", out, "--force", "--param")
    assert run(*again, "n=2", environ=environ).returncode == 0
    session = livebook.session(out)
    assert session is not None
    with ThreadPoolExecutor(1) as beside, turn_of_another(environ, out):
        called = beside.submit(run, *again, "n=3", environ=environ)
        until(lambda: "n = 3" in out.read_text(encoding="utf-8"))
        livebook.edit_session(out, session.text)
        livebook.save_session(out)
        # The run that waits may have undone that in the file already.
        over = livebook.session(out)
        assert over is not None
        assert b"n = 2" in (over.last_saved or b"")
    ran = called.result()

    cells = parse(out.read_text(encoding="utf-8")).sections[0].cells
    assert ran.returncode == 0, ran.stderr
    assert [it.outputs[0].text for it in cells] == ["3", "30"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="not everybody may make links")
def test_a_copy_behind_a_link_is_made_anew_each_time(
    notebook: Path, environ: dict[str, str]
) -> None:
    write(notebook, "n = 1", "n + 1")
    out, link = notebook.parent / "out.livemd", notebook.parent / "link.livemd"
    link.symlink_to(out)
    for n in (1, 2, 3):
        values = ("--param", f"n={n}")
        done = run("run", notebook, "--output", link, "--force", *values, environ=environ)

        assert done.returncode == 0, done.stderr
        assert f"n = {n}" in out.read_text(encoding="utf-8")
        assert link.is_symlink()


@pytest.mark.skipif(sys.platform == "win32", reason="not everybody may make links")
def test_a_link_to_what_is_no_notebook_takes_no_copy(
    notebook: Path, environ: dict[str, str]
) -> None:
    other, link = notebook.parent / "notes.txt", notebook.parent / "link.livemd"
    other.write_text("notes", encoding="utf-8")
    link.symlink_to(other)
    done = run("run", notebook, "--output", link, "--force", environ=environ)

    assert (done.returncode, other.read_text(encoding="utf-8")) == (1, "notes")
    assert "leads to a file that is not named .livemd" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_of_an_output_only_colours_reach_a_terminal(
    notebook: Path, environ: dict[str, str]
) -> None:
    write(notebook, r'IO.puts("\e[31mred\e[0m done \e[2J \e[5n \e]0;title\e\\")')
    ours, theirs = pty.openpty()
    with Child(
        (*quick_program(environ), "run", notebook),
        env=environ,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(theirs)
        said = b""
        try:
            while part := os.read(ours, 65_536):
                said += part
        except OSError:
            # So Linux tells that the other side is closed.
            pass
        os.close(ours)

    assert process.returncode == 0
    assert b"\x1b[31mred\x1b[0m" in said
    assert b"done" in said
    assert set(re.findall(rb"\x1b.[\d;]*.", said)) <= set(re.findall(rb"\x1b\[[\d;]*m", said))
