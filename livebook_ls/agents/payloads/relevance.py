"""A first glance at an agent's payload: most concern no notebook, and must cost next to nothing.

Imports nothing: a hook runs on every tool call of an agent.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

# Livebook takes 8 MB; a payload may hold a file three times, with everything escaped.
_MOST_BYTES = 64 * 1024 * 1024
# What is longer is still read to its end, so that no agent writes into a closed pipe.
_MOST_DRAINED_BYTES = 1024 * 1024 * 1024
_BLOCK_BYTES = 1024 * 1024
# Names of tools and events after which any notebook may be another: shells, and the turn's end.
_ANYTHING = (
    b'"Bash"',
    b'"PowerShell"',
    b'"Shell"',
    b'"shell"',
    b'"shell_command"',
    b'"local_shell"',
    b'"exec_command"',
    b'"run_shell_command"',
    b'"afterShellExecution"',
    b'"Stop"',
    b'"SubagentStop"',
    b'"AfterAgent"',
    b'"stop"',
)


def read_bounded(stream: BinaryIO) -> bytes | None:
    """All that `stream` has; None where that is more than any agent's payload about a notebook."""
    blocks, size = [], 0
    while block := stream.read(_BLOCK_BYTES):
        size += len(block)
        if size <= _MOST_BYTES:
            blocks.append(block)
        elif size > _MOST_DRAINED_BYTES:
            break
        else:
            blocks.clear()
    return b"".join(blocks) if size <= _MOST_BYTES else None


def may_concern_notebooks(data: bytes) -> bool:
    """Whether a closer look is worth it: a notebook is named, or anything may have changed."""
    return names_notebook(data) or any(name in data for name in _ANYTHING)


def names_notebook(data: bytes) -> bool:
    """Whether the payload has the name of a notebook in it, wherever."""
    return b".livemd" in data or b".livemd" in data.lower()


def folder_named(data: bytes) -> str | None:
    """The folder the agent works in, without reading JSON; None where that is not so simple."""
    _, found, behind = data.partition(b'"cwd"')
    before, _, behind = behind.partition(b'"')
    value, _, _ = behind.partition(b'"')
    if not found or before.strip() != b":" or not value or b"\\" in value:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None
