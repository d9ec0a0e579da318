"""What is to know of the machine: whether files' times can be trusted, and what runs here."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from livebook_ls import clock
from livebook_ls.doctor.observation import Observation, Urgency

_TOLERANCE_S = 2.0
_PACKAGES = ("livebook-ls", "pygls", "lsprotocol", "websockets")


def of_machine(path: str | None) -> Iterator[Observation]:
    """The clock against the times of a new file and of the notebook at `path`, then versions."""
    yield _of_clock(path)
    yield _of_versions()


def _of_clock(path: str | None) -> Observation:
    with tempfile.NamedTemporaryFile() as file:
        off_s = abs(Path(file.name).stat().st_mtime - clock.unix_s())
    ahead_s = _ahead_s(path) if path else 0.0
    if off_s <= _TOLERANCE_S and ahead_s <= _TOLERANCE_S:
        return Observation(level=Urgency.OK, code="clock", sentence="Clock and file times agree.")
    what = (
        f"A new file's time is {off_s:.0f} s off this machine's clock"
        if off_s > _TOLERANCE_S
        else f"The notebook's file is dated {ahead_s:.0f} s in the future"
    )
    return Observation(
        level=Urgency.WARNING,
        code="clock",
        sentence=f"{what}; editors tell by these times whether a file has changed.",
        mend="Set the clocks of this machine, of the file server or virtual machine by NTP.",
    )


def _ahead_s(path: str) -> float:
    try:
        return Path(path).stat().st_mtime - clock.unix_s()
    except OSError:
        return 0.0


def _of_versions() -> Observation:
    python = f"Python {platform.python_version()} on {platform.system()} {platform.release()}"
    packages = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)
    return Observation(
        level=Urgency.OK, code="versions", sentence=f"{python} ({sys.platform}); {packages}."
    )


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        # The VS Code extension carries the packages without what pip notes of them.
        return "(bundled)"
