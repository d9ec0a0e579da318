"""Git's configuration of one repository, or of a person, and where its attributes are."""

from __future__ import annotations

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
        home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return Path(home) / "git" / "attributes"

    def set(self, name: str, value: str | None) -> bool:
        """Give a setting this value, or none; whether it had another one."""
        if self._asked("config", self._scope, "--get", name) == (value or ""):
            return False
        if value is None:
            self._asked("config", self._scope, "--unset-all", name)
        else:
            self._asked("config", self._scope, "--replace-all", name, value)
        return True

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
