"""The HTTP client is loaded without its command line, and is whole all the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOAD = "from livebook_ls.livebook.http.client_library import httpx\n"


def said(program: str) -> str:
    program = f"import sys; sys.path[:0] = {sys.path!r}\n{program}"
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, check=True)
    return done.stdout.decode().strip()


def test_its_command_line_stays_away() -> None:
    loaded = said(f"{LOAD}print(sorted({{'httpx._main', 'click', 'pygments'}} & set(sys.modules)))")

    assert loaded == "[]"


@pytest.mark.parametrize("before", ["", "import httpx\n"])
def test_what_is_loaded_is_httpx_itself(before: str) -> None:
    path = said(f"{before}{LOAD}print(httpx is sys.modules['httpx'], httpx.URL('http://a/b').path)")

    assert path == "True /b"


def test_where_it_can_not_do_without_all_of_it_is_loaded() -> None:
    insistent = (
        "import pathlib, tempfile\n"
        "folder = pathlib.Path(tempfile.mkdtemp())\n"
        "(folder / 'httpx').mkdir()\n"
        "(folder / 'httpx' / '__init__.py').write_text('from ._main import main')\n"
        "(folder / 'httpx' / '_main.py').write_text('main = 1')\n"
        "sys.path.insert(0, str(folder))\n"
    )

    assert said(f"{insistent}{LOAD}print(httpx.main)") == "1"
