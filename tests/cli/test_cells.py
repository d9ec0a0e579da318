"""`--cells` of `format` and `check`, as a person or a CI runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.elixirs import in_cells, needs_elixir


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "a.livemd"
    path.write_text(in_cells("x=1", "y = (1 + ]"), encoding="utf-8")
    return path


@pytest.mark.slow
@needs_elixir
def test_cells_that_do_not_parse_are_told_and_fail_the_check(written: Path) -> None:
    done = run("check", "--cells", written.name, cwd=written.parent)

    assert done.returncode == 1
    assert "a.livemd:10:" in done.stdout
    assert "[syntax-error]" in done.stdout
    assert run("check", written.name, cwd=written.parent).returncode == 0


@pytest.mark.slow
@needs_elixir
def test_cells_are_formed_with_the_notebook(written: Path, environ: dict[str, str]) -> None:
    (written.parent / ".formatter.exs").write_text("[line_length: 20]", encoding="utf-8")
    long = "foo(argument_one, argument_two)"
    written.write_text(in_cells("x=1", "y = (1 + ]", long), encoding="utf-8")
    done = run("format", "--cells", written.name, cwd=written.parent, environ=environ)

    assert (done.returncode, done.stdout) == (0, "a.livemd: formatted\n")
    assert written.read_text(encoding="utf-8") == in_cells(
        "x = 1", "y = (1 + ]", "foo(\n  argument_one,\n  argument_two\n)"
    )


@pytest.mark.parametrize("command", ["check", "format"])
def test_without_elixir_it_says_so(written: Path, environ: dict[str, str], command: str) -> None:
    done = run(
        command, "--cells", "--elixir", "/nowhere", written.name, cwd=written.parent,
        environ=environ,
    )  # fmt: skip

    assert done.returncode == 1
    assert "No elixir is found" in done.stderr
    assert written.read_text(encoding="utf-8") == in_cells("x=1", "y = (1 + ]")
