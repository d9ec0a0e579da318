"""Codex's patches: which files a patch changes, and each place before and after.

The format is that of Codex's `apply_patch`: `*** Update File: path`, hunks begun by `@@`, lines
with a leading space, `-` or `+`. Agents pass it as it is, so nothing of it may be relied on.
"""

from __future__ import annotations

BEGIN = "*** Begin Patch"
_HEADERS = ("*** Add File: ", "*** Update File: ", "*** Delete File: ")
_MOVE = "*** Move to: "

# Text before and text after.
Edit = tuple[str, str]


def edits_by_file(patch: str) -> dict[str, list[Edit]]:
    """For each file that the patch leaves behind, by its path as written, what changes in it."""
    files: dict[str, list[Edit]] = {}
    path = ""
    hunk: list[str] = []

    def end_hunk() -> None:
        if path and any(line[:1] in ("-", "+") for line in hunk):
            files[path].append((_side(hunk, "-"), _side(hunk, "+")))
        hunk.clear()

    for line in patch.split("\n"):
        line = line.removesuffix("\r")
        header = next((it for it in _HEADERS if line.startswith(it)), None)
        if header:
            end_hunk()
            path = line.removeprefix(header).strip()
            files.setdefault(path, [])
        elif line.startswith(_MOVE) and path:
            files.pop(path, None)
            path = line.removeprefix(_MOVE).strip()
            files.setdefault(path, [])
        elif line.startswith(("@@", "*** ")):
            end_hunk()
        else:
            hunk.append(line)
    end_hunk()
    return files


def _side(hunk: list[str], sign: str) -> str:
    """The hunk's lines as one of its sides has them."""
    return "".join(f"{line[1:]}\n" for line in hunk if line[:1] in (" ", sign))
