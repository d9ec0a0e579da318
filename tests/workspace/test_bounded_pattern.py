"""Rules of `.gitignore` match what git says, and none takes long about it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from livebook_ls.workspace.bounded_pattern import BoundedPattern
from tests.support.command import run
from tests.support.examples import tried

PIECES = st.sampled_from(["*", "**", "a", "b", "?", "/", "/**/", "[ab]", "[!a]", "\\*", "(", "."])
LINES = st.lists(PIECES, min_size=1, max_size=9).map("".join)
PATHS = st.lists(st.text("ab*(", min_size=1, max_size=5), min_size=1, max_size=5).map("/".join)


def is_valid(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


@tried(500)
@given(LINES.filter(is_valid).filter(lambda it: "[!" not in it), PATHS)
def test_it_matches_what_the_library_matches(line: str, path: str) -> None:
    bounded = GitIgnoreSpec.from_lines([line], BoundedPattern)
    plain = GitIgnoreSpec.from_lines([line])

    assert bounded.check_file(path).include == plain.check_file(path).include


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("*a" * 40 + "b", "a" * 250),
        ("*(" * 40 + "b", "(" * 250),
        ("*?" * 40 + "b", "a" * 250),
        ("*[ab]" * 40 + "c", "a" * 250),
        ("*[!b]" * 40 + "c", "a" * 250),
        ("**/a/" * 40 + "b", "a/" * 500 + "a"),
        ("a/**/" * 40 + "b", "a/" * 500 + "a"),
        ("**/*a*/" * 20 + "b", "aaaa/" * 200 + "a"),
        ("*a*a*a*/" * 20 + "b", "aaaaaaaaaaaa/" * 100 + "a"),
    ],
)
def test_no_line_takes_long(line: str, path: str) -> None:
    assert GitIgnoreSpec.from_lines([line], BoundedPattern).check_file(path).include is None


def test_a_folder_with_such_a_line_is_searched(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b\n")
    (tmp_path / ("a" * 200 + ".livemd")).write_text("# Note\n")
    subprocess.run(("git", "init", "-q", str(tmp_path)), check=True)

    assert run("check", tmp_path).returncode == 0
