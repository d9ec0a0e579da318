"""Git told to merge and compare notebooks by us: its configuration, and `.gitattributes`."""

from __future__ import annotations

import sys
from pathlib import Path

from livebook_ls.sync.disk import notebook_file, regular_file
from livebook_ls.sync.disk.git_configuration import GitConfiguration
from livebook_ls.sync.disk.git_repository import GitFailed

_RULE = "*.livemd merge=livebook diff=livebook"
# Exit 1 without markers is not ours: then, and whenever anything else goes wrong, git merges.
_DRIVER = (
    "livebook-ls merge-driver --marker-size=%L %O %A %B %P; s=$?; "
    "[ $s = 0 ] || { [ $s = 1 ] && grep -Eq '^<{%L} ours' %A; } && exit $s; "
    "git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B"
)
_TEXTCONV = 'f() { livebook-ls diff --textconv "$1" 2>/dev/null || cat "$1"; }; f'
_SETTINGS = {
    "merge.livebook.name": "Livebook notebooks, cell by cell",
    "merge.livebook.driver": _DRIVER,
    "diff.livebook.textconv": _TEXTCONV,
    "diff.livebook.xfuncname": "^##? .*$",
}


def run(*, is_wanted: bool, is_for_all: bool, folder: Path) -> int:
    """Change git's configuration and say what was changed; 1 where that failed."""
    try:
        git = GitConfiguration(folder, is_for_all=is_for_all)
        attributes = git.attributes_file()
        changed = _with_rule(attributes) if is_wanted else _without_rule(attributes)
        for name, value in _SETTINGS.items():
            changed |= git.set(name, value if is_wanted else None)
        if changed and not is_wanted:
            git.take_away_empty()
    except GitFailed as error:
        print(f"Git's configuration can't be changed: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    if not changed:
        print("Nothing to change.")
    elif is_wanted:
        print(f"Git merges notebooks cell by cell now: its configuration and {attributes}.")
    else:
        print(f"Git merges notebooks as lines again: its configuration and {attributes}.")
    return 0


def _with_rule(file: Path) -> bool:
    text = _text(file)
    if _RULE in text.splitlines():
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    gap = "" if not text or text.endswith("\n") else "\n"
    notebook_file.write(str(file), f"{text}{gap}{_RULE}\n".encode("utf-8", "surrogateescape"))
    return True


def _without_rule(file: Path) -> bool:
    lines = _text(file).splitlines(keepends=True)
    kept = [it for it in lines if it.strip() != _RULE]
    if len(kept) == len(lines):
        return False
    if kept or file.is_symlink():
        notebook_file.write(str(file), "".join(kept).encode("utf-8", "surrogateescape"))
    else:
        file.unlink()
    return True


def _text(file: Path) -> str:
    try:
        return regular_file.read(str(file)).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""
