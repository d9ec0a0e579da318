"""A path mapping for a Livebook that sees a file under another path: guessed, then asked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from livebook_ls.settings import PathMapping

# Where containers mount people's folders; Livebook's own instructions say /data.
_MOUNTS = ("/data", "/workspace", "/workspaces", "/notebooks", "/home/livebook", "/app", "/host")
_DRIVE = re.compile(r"([A-Za-z]):/")
_DRIVE_IN_WSL = re.compile(r"/mnt/([a-z])/")
_WSL_SHARE = re.compile(r"//(?:wsl\$|wsl\.localhost)/[^/]+(?=/)", re.IGNORECASE)


def propose(
    path: str, environ: Mapping[str, str], sees: Callable[[str], bool | None]
) -> PathMapping | None:
    """The mapping under which Livebook `sees` the file at `path`; None where no guess is right."""
    for mapping in _guesses(path, environ):
        there = mapping.livebook.rstrip("/") + path[len(mapping.editor.rstrip("/")) :]
        if sees(there):
            return mapping
    return None


def _guesses(path: str, environ: Mapping[str, str]) -> Iterator[PathMapping]:
    if drive := _DRIVE.match(path):
        letter = drive[1].lower()
        for there in (f"/mnt/{letter}", f"/{letter}", f"/host_mnt/{letter}"):
            yield PathMapping(f"{drive[1]}:/", there)
    if drive := _DRIVE_IN_WSL.match(path):
        for letter in (drive[1], drive[1].upper()):
            yield PathMapping(f"/mnt/{drive[1]}", f"{letter}:/")
    if share := _WSL_SHARE.match(path):
        yield PathMapping(share[0], "/")
    if distribution := environ.get("WSL_DISTRO_NAME"):
        for host in ("wsl.localhost", "wsl$"):
            yield PathMapping("/", f"//{host}/{distribution}")
    # The more of the path is the same on the other side, the surer the guess.
    for folder in _folders(path):
        for mount in _MOUNTS:
            yield PathMapping(folder, mount)


def _folders(path: str) -> Iterator[str]:
    """The folders that `path` is in, the outermost first."""
    at = path.find("/")
    while at >= 0:
        yield path[:at] or "/"
        at = path.find("/", at + 1)
