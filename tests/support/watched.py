"""Our program under Python's own audit: whom it talks to and what it starts, written down.

Run as a script it is the command line, with the file that is written to as its first argument.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Watch:
    """What processes under audit did: addresses they connected to or asked for by name, and the
    argument lists of what they started.
    """

    connected: set[str] = field(default_factory=set)
    looked_up: set[str] = field(default_factory=set)
    started: list[list[str]] = field(default_factory=list)


def command(notes: Path, *arguments: object) -> tuple[str, ...]:
    """The command line that writes down into `notes` what it does."""
    return (sys.executable, __file__, str(notes), *map(str, arguments))


def read(notes: Path) -> Watch:
    """What was written down."""
    watch = Watch()
    for line in notes.read_text(encoding="utf-8").splitlines():
        event, what = json.loads(line)
        if event == "subprocess.Popen":
            watch.started.append(what)
        elif event == "socket.connect":
            watch.connected.update(what)
        else:
            watch.looked_up.update(what)
    return watch


def _main() -> int:
    descriptor = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event == "subprocess.Popen":
            what = [os.fsdecode(it) for it in arguments[1]]  # type: ignore[attr-defined]
        elif event == "socket.connect":
            address = arguments[1]
            what = [str(address[0] if isinstance(address, tuple) else address)]
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            what = [str(arguments[0])]
        else:
            return
        os.write(descriptor, json.dumps([event, what]).encode() + b"\n")

    # Where scripts find modules first is this one's folder, which the program doesn't know of.
    del sys.path[0]
    sys.addaudithook(note)
    from livebook_ls.cli.main import main

    return main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(_main())
