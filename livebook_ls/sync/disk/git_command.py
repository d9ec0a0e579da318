"""Git, called in the one way in which it runs nothing that a repository names.

What a repository says in its own configuration is somebody else's word: a file watcher, hooks,
filters, a transport for what was not fetched. What the user's own configuration names is kept.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_HARMLESS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.alternateRefsCommand=",
    "diff.ignoreSubmodules=all",
    "log.showSignature=false",
    "protocol.allow=never",
    # A bare repository may lie in a clone as an ordinary folder.
    "safe.bareRepository=explicit",
    "submodule.recurse=false",
)
_ENVIRON = {
    # To look must not even refresh the index.
    "GIT_OPTIONAL_LOCKS": "0",
    # What was never fetched is not there; no program is asked for it, and nobody for a password.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
}
_SHOWN_PLAIN = ("--no-ext-diff", "--no-textconv")
_SHOWS = frozenset({"diff", "show"})
_OWN_SCOPES = frozenset({b"local", b"worktree"})
_FILTERED = (".clean", ".smudge", ".process")
_CONFIG_S = 5.0


def run_git(
    folder: str,
    *arguments: str,
    timeout_s: float,
    content: bytes | None = None,
    environ: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Git's end, with what it printed, run in `folder` with `content` on its stdin.

    Raises OSError, also where there is no git, and subprocess.TimeoutExpired.
    """
    command, *more = arguments
    options = [it for setting in _HARMLESS for it in ("-c", setting)]
    plain = _SHOWN_PLAIN if command in _SHOWS else ()
    return subprocess.run(  # noqa: S603 — no shell, and the folder is an option's value
        [_program(), "--no-pager", "-C", folder, *options, command, *plain, *more],
        input=b"" if content is None else content,
        capture_output=True,
        env=dict(os.environ if environ is None else environ) | _ENVIRON,
        timeout=timeout_s,
        check=False,
    )


def without_filters(folder: str, environ: Mapping[str, str]) -> dict[str, str]:
    """`environ`, in which the filters of the repository's own configuration are switched off.

    For what compares files, which runs them. Settings in the environment may have any name, which
    those on git's command line may not.
    """
    listing = ("config", "--null", "--show-scope", "--list")
    listed = run_git(folder, *listing, timeout_s=_CONFIG_S, environ=environ).stdout.split(b"\0")
    named = {
        os.fsdecode(entry.partition(b"\n")[0]).rpartition(".")[0]
        for scope, entry in zip(listed[::2], listed[1::2], strict=False)
        if scope in _OWN_SCOPES and entry.startswith(b"filter.")
    }
    first = int(environ.get("GIT_CONFIG_COUNT", "0") or 0)
    off = [(f"{name}{what}", "") for name in sorted(named) for what in _FILTERED]
    off += [(f"{name}.required", "false") for name in sorted(named)]
    added = {"GIT_CONFIG_COUNT": str(first + len(off))}
    for number, (name, value) in enumerate(off, first):
        added |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return dict(environ) | added


def _program() -> str:
    """The user's own git: Windows would look for one in the current folder first."""
    if os.name != "nt":
        return "git"
    folders = map(Path, os.environ.get("PATH", "").split(os.pathsep))
    found = (it / "git.exe" for it in folders if it.is_absolute())
    return next((str(it) for it in found if it.is_file()), "git.exe is not on PATH")
