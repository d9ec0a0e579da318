"""A git repository: which notebooks differ from a commit, their sources, and the index."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from livebook_ls.sync.disk.git_command import run_git, without_filters

# A large repository's first look at its files may take long.
_TIMEOUT_S = 120.0
# A hook is run with these, and they are about its own repository and folder only.
_OF_A_HOOK = frozenset(
    {
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_WORK_TREE",
    }
)
# As far back as the stamp of a merged notebook is looked for.
_MOST_VERSIONS = 100
_FILES = frozenset({"100644", "100755"})
_NOTEBOOKS = ":(icase)*.livemd"


class GitFailed(Exception):
    """Git can't do what was asked; the text is git's own reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedNotebook:
    """A notebook that differs from a commit: its name now and the blob that it was then.

    `blob` is the staged content, where that was asked for, else None. Names are those in the
    repository.
    """

    name: str
    mode: str
    old_blob: str
    blob: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What differs: changed and renamed notebooks, those that came, and blobs of those gone."""

    changed: tuple[ChangedNotebook, ...]
    new: tuple[ChangedNotebook, ...]
    gone: tuple[str, ...]


class Repository:
    """The git repository whose working tree is at `top`. Methods raise GitFailed."""

    def __init__(self, top: str) -> None:
        self.top = top
        self._environ = _environ()
        folder = self._line("rev-parse", "--absolute-git-dir")
        index = os.environ.get("GIT_INDEX_FILE")
        # `git commit -a` lets its hooks see an index of its own.
        if index and os.path.realpath(Path(index).parent) == os.path.realpath(folder):
            self._environ["GIT_INDEX_FILE"] = str(Path(index).absolute())
        try:
            self._environ = without_filters(top, self._environ)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GitFailed(str(error)) from None

    def commit(self, revision: str) -> str | None:
        """The commit that a revision means; None where there is none."""
        try:
            return self._line("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        except GitFailed:
            return None

    def changes(self, commit: str) -> Changes:
        """The notebooks of the working tree that differ from a commit; untracked ones are new."""
        found = self._changes(commit)
        others = self._names("ls-files", "--others", "--exclude-standard", "-z", "--", _NOTEBOOKS)
        untracked = tuple(
            ChangedNotebook(name=name, mode="100644", old_blob="", blob=None) for name in others
        )
        # To find renamed files, git names blobs that it has not kept.
        changed, new = (
            [replace(it, blob=None) for it in its] for its in (found.changed, found.new)
        )
        return Changes(changed=tuple(changed), new=(*new, *untracked), gone=found.gone)

    def staged_changes(self, commit: str) -> Changes:
        """The staged notebooks that differ from a commit."""
        return self._changes(commit, "--cached")

    def unmerged(self) -> frozenset[str]:
        """The notebooks whose merge is not settled."""
        lines = self._names("ls-files", "--unmerged", "-z", "--", _NOTEBOOKS)
        return frozenset(line.partition("\t")[2] for line in lines)

    def unchanged(self, commit: str) -> frozenset[str]:
        """The tracked notebooks that are in the working tree as in a commit."""
        tracked = self._names("ls-files", "-z", "--", _NOTEBOOKS)
        options = ("--name-only", "-z", "--no-relative", "--ignore-submodules", "--no-renames")
        return frozenset(tracked) - {*self._names("diff", *options, commit, "--", _NOTEBOOKS)}

    def changed_by(self, commit: str) -> frozenset[str]:
        """The notebooks that a commit changed, a merge against any of its parents."""
        options = ("-r", "-m", "--root", "--no-commit-id", "--name-only", "-z")
        return frozenset(self._names("diff-tree", *options, commit, "--", _NOTEBOOKS))

    def versions(self, commit: str, name: str) -> Iterator[str]:
        """The blobs of a notebook in the history of a commit, the newest first, and then those of
        other branches, from one of which a change may have been picked, and of commits that a
        rebase or an amendment replaced.
        """
        yield from self._versions((commit,), name)
        yield from self._versions(("--branches", "--reflog", f"^{commit}"), name)

    def _versions(self, commits: Sequence[str], name: str) -> Iterator[str]:
        place = f":(top,literal){name}"
        count = f"--max-count={_MOST_VERSIONS}"
        listed = self._run("rev-list", "--full-history", count, *commits, "--", place)
        for found in os.fsdecode(listed).split():
            try:
                yield self._line("rev-parse", "--verify", "--quiet", f"{found}:{name}")
            except GitFailed:
                # That commit deleted it.
                continue

    def blob(self, blob: str) -> bytes:
        """A file's content as git keeps it, with its own line breaks."""
        return self._run("cat-file", "blob", blob)

    def is_as_staged(self, change: ChangedNotebook, data: bytes) -> bool:
        """Whether the file in the working tree, which holds `data`, is what is staged of it.

        Also of a file that git was told to overlook, of which it says so whatever is in there.
        Where a filter of the repository's own would tell, which is not run, it is not.
        """
        try:
            self._run("diff", "--quiet", "--", f":(top,literal){change.name}")
            if change.blob is None or data == self.blob(change.blob):
                return change.blob is not None
            hashing = ("hash-object", "--stdin", f"--path={change.name}")
            return self._run(*hashing, content=data).decode().strip() == change.blob
        except GitFailed:
            return False

    def stage(self, name: str, mode: str, content: bytes) -> None:
        """Put `content` in the place of what is staged of a file; what git was told to overlook it
        goes on to overlook.
        """
        blob = self._run("hash-object", "-w", "--stdin", content=content).decode().strip()
        # `--cacheinfo` makes a new entry, without the flags. One is given back in the same call:
        # until it is, a file outside of a sparse checkout counts as deleted.
        flags = self._overlooked(name)
        given_back = (*flags[:1], "--", name) if flags else ()
        self._run("update-index", "--cacheinfo", f"{mode},{blob},{name}", *given_back)
        for flag in flags[1:]:
            self._run("update-index", flag, "--", name)

    def _overlooked(self, name: str) -> list[str]:
        """The options of `update-index` by which git was told to overlook a file."""
        listed = self._line("ls-files", "-v", "-z", "--", f":(top,literal){name}")
        tag = listed[:1]
        is_skipped, is_assumed = tag in ("S", "s"), tag.islower()
        options = {"--skip-worktree": is_skipped, "--assume-unchanged": is_assumed}
        return [option for option, is_set in options.items() if is_set]

    def refresh(self) -> None:
        """Let git notice which files are as staged, as `git status` does."""
        try:
            self._run("update-index", "-q", "--refresh")
        except GitFailed:
            # It also says so where files differ from what is staged.
            return

    def _changes(self, commit: str, *options: str) -> Changes:
        fields = iter(
            self._names(
                *("diff", "--raw", "-z", "--no-abbrev", "--find-renames", "--no-relative"),
                *("--ignore-submodules", *options, commit, "--", _NOTEBOOKS),
            )
        )
        changed: list[ChangedNotebook] = []
        new: list[ChangedNotebook] = []
        gone: list[str] = []
        for field in fields:
            # :MODE MODE BLOB BLOB STATUS, then the name, with the old one before it if renamed.
            _, mode, old_blob, blob, status = field.removeprefix(":").split(" ")
            name = next(fields)
            if status.startswith(("R", "C")):
                name = next(fields)
            change = ChangedNotebook(name=name, mode=mode, old_blob=old_blob, blob=blob)
            if status == "D":
                gone.append(old_blob)
            elif mode in _FILES and status[0] in "MR":
                changed.append(change)
            elif mode in _FILES and status == "A":
                new.append(change)
        return Changes(changed=tuple(changed), new=tuple(new), gone=tuple(gone))

    def _names(self, *arguments: str) -> Iterator[str]:
        for name in self._run(*arguments).split(b"\0"):
            if name:
                yield os.fsdecode(name)

    def _line(self, *arguments: str) -> str:
        return os.fsdecode(self._run(*arguments)).rstrip("\r\n")

    def _run(self, *arguments: str, content: bytes | None = None) -> bytes:
        return _run(self.top, self._environ, *arguments, content=content)


def _environ() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}


def _run(
    folder: str,
    environ: dict[str, str],
    *arguments: str,
    content: bytes | None = None,
) -> bytes:
    """What git prints, run in `folder`; GitFailed where it fails, or there is none."""
    try:
        done = run_git(folder, *arguments, timeout_s=_TIMEOUT_S, content=content, environ=environ)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitFailed(str(error)) from None
    if done.returncode != 0:
        said = os.fsdecode(done.stderr).strip().splitlines()
        raise GitFailed(said[0] if said else f"git ended with {done.returncode}")
    return done.stdout
