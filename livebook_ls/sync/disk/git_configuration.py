"""Git's configuration of one repository, or of a person, and where its attributes are."""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

from livebook_ls.sync.disk.git_command import run_git
from livebook_ls.sync.disk.git_repository import GitFailed

_TIMEOUT_S = 10.0
# `git config` says so where there is nothing to read or to unset.
_ABSENT = frozenset((1, 5))


class GitConfiguration:
    """What `git config` reads and writes, here or `--global`. Methods raise GitFailed."""

    def __init__(self, folder: Path, *, is_for_all: bool) -> None:
        self._folder = folder
        self._scope = "--global" if is_for_all else "--local"

    def attributes_file(self) -> Path:
        """The file in which attributes of all these notebooks stand."""
        if self._scope == "--local":
            return Path(self._asked("rev-parse", "--show-toplevel")) / ".gitattributes"
        own = self._asked("config", "--global", "--type=path", "--get", "core.attributesFile")
        if own:
            return Path(own)
        return _folder() / "attributes"

    def set(self, name: str, value: str | None) -> bool:
        """Give a setting this value, or none; whether it had another one."""
        if self._asked("config", self._scope, "--get", name) == (value or ""):
            return False
        if value is None:
            self._asked("config", self._scope, "--unset-all", name)
        else:
            self._asked("config", self._scope, "--replace-all", name, value)
        return True

    def take_away_empty(self) -> None:
        """Let go of a person's own file, and of git's folder for such, where nothing is in them any
        more; what a link leads to is somebody's making. Raises OSError.
        """
        if self._scope == "--local" or "GIT_CONFIG_GLOBAL" in os.environ:
            return
        for file in (Path.home() / ".gitconfig", _folder() / "config"):
            if file.is_file() and not file.is_symlink() and file.stat().st_size == 0:
                file.unlink()
        if not _folder().is_symlink():
            with contextlib.suppress(OSError):
                _folder().rmdir()

    def _asked(self, *arguments: str) -> str:
        """What git answers, empty where it has nothing to say."""
        try:
            done = run_git(str(self._folder), *arguments, timeout_s=_TIMEOUT_S)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GitFailed(str(error)) from None
        is_absent = arguments[0] == "config" and done.returncode in _ABSENT
        if done.returncode and not is_absent:
            said = os.fsdecode(done.stderr).strip().splitlines()
            raise GitFailed(said[0] if said else f"git ended with {done.returncode}")
        return os.fsdecode(done.stdout).rstrip("\r\n")


def _folder() -> Path:
    """Where git has what is a person's own, beside `~/.gitconfig`."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "git"
