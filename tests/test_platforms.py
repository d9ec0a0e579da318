"""What only some systems have stands behind a guard: nobody elsewhere meets it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.package_code import MODULES, PACKAGE, named, tree_of
from tests.support.places import ROOT

# What Windows lacks, beside what mypy knows of: there, a signal to a process ends it.
ELSEWHERE = re.compile(
    r"\b(os\.(kill|killpg|fork|setsid|get[ug]id|gete[ug]id|l?chown|fchmod|fchown|pwrite|pread|mkfifo)"
    r"|os\.(O_NONBLOCK|O_NOCTTY|O_CLOEXEC|O_NOFOLLOW|O_DIRECTORY|[a-z]+xattr|statvfs|uname)"
    r"|signal\.(SIGKILL|SIGHUP|SIGPIPE|pause)|fcntl|termios|resource|pwd|grp|AF_UNIX|/proc/)\b"
)
GUARDS = ("sys.platform", "os.name", "hasattr(os", "getattr(")
# Guarded where they are called.
CALLED_ON_POSIX = {("lsp/handlers/lifecycle.py", "_end_with_client")}


def used_without_guard(path: Path) -> list[str]:
    """The places of a module that use what only POSIX has, with no guard around or before them."""
    name = named(path)
    found: list[str] = []

    def look(node: ast.AST, *, is_guarded: bool) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            is_guarded = (name, node.name) in CALLED_ON_POSIX
        if isinstance(node, ast.If):
            is_guarded = is_guarded or any(it in ast.unparse(node.test) for it in GUARDS)
        used = ast.unparse(node) if isinstance(node, ast.Attribute | ast.Import) else ""
        if not is_guarded and ELSEWHERE.search(used):
            found.append(f"{name}:{getattr(node, 'lineno', 0)}: {used}")
        for child in ast.iter_child_nodes(node):
            look(child, is_guarded=is_guarded)
            # `if sys.platform == …: return` guards what follows it.
            if isinstance(child, ast.If) and isinstance(child.body[-1], ast.Return):
                is_guarded = is_guarded or any(it in ast.unparse(child.test) for it in GUARDS)

    look(tree_of(path), is_guarded=False)
    return found


def test_what_only_posix_has_is_guarded() -> None:
    used = [it for it in MODULES if ELSEWHERE.search(it.read_text(encoding="utf-8"))]

    assert len(used) > 4
    assert [place for it in used for place in used_without_guard(it)] == []


def test_what_is_called_on_posix_alone_is_guarded_there() -> None:
    for name, function in CALLED_ON_POSIX:
        text = (PACKAGE / name).read_text(encoding="utf-8")
        calls = [it for it in text.splitlines() if f"{function}(" in it and "def " not in it]
        guarded = re.findall(rf'if [^\n]*os\.name == "posix":\n[^\n]*{function}\(', text)

        assert len(calls) == len(guarded) > 0


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_every_name_of_the_library_is_there_on(platform: str) -> None:
    """mypy knows what each system has."""
    from mypy import api

    cache = str(ROOT / ".mypy_cache" / platform)
    told, errors, code = api.run(["--platform", platform, "--cache-dir", cache, str(PACKAGE)])

    assert (code, errors) == (0, ""), told
