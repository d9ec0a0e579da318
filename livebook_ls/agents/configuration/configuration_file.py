"""An agent's configuration file: read strictly, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from livebook_ls import bounded_json
from livebook_ls.agents.configuration import json_text
from livebook_ls.agents.configuration.entries import Json
from livebook_ls.agents.configuration.entry_merging import RefusedError
from livebook_ls.sync.disk import notebook_file, regular_file

_BOM = "\ufeff"
# The agents' own folders, in a project or at home.
_FOLDERS = frozenset({".claude", ".codex", ".cursor", ".gemini", ".vscode"})
# What Cursor's hooks have that we made, without our entries.
_CURSORS: Json = {"version": 1}


def read_text(path: Path) -> str | None:
    """The file's text with its line ends as they are; None where there is no file."""
    try:
        return regular_file.read(str(path)).decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise RefusedError("it is not UTF-8") from None


def from_json(text: str | None) -> Json:
    """The configuration that the text is. Raises RefusedError where a rewrite would lose a part."""
    if text is None or not text.removeprefix(_BOM).strip():
        return {}
    try:
        value = bounded_json.decoded(text.removeprefix(_BOM), pairs=_each_key_once)
    except ValueError as error:
        raise RefusedError(f"it is no plain JSON, perhaps for its comments: {error}") from None
    if not isinstance(value, dict):
        raise RefusedError("it is no JSON object")
    return value


def to_json(configuration: Json, like: str | None) -> str:
    """The text `like`, edited so that it says `configuration`; all else stays as it is written.

    Raises RefusedError where that can't be proven of what comes out.
    """
    if like is None or not like.removeprefix(_BOM).strip():
        return f"{like or ''}{json.dumps(configuration, indent=2, ensure_ascii=False)}\n"
    bom = _BOM if like.startswith(_BOM) else ""
    text = bom + json_text.changed(like.removeprefix(_BOM), from_json(like), configuration)
    if from_json(text) != configuration:
        raise RefusedError("it is written in a way that can't be added to")
    return text


def write(path: Path, old: str | None, text: str) -> None:
    """Put `text` in the place of `old` at once. Links stay, and the file keeps mode and owner.

    Raises RefusedError where the file is not `old` any more, and OSError where it can't be written.
    """
    if old is None:
        _make(path, text)
        return
    seen = notebook_file.read(str(path))
    is_same = seen.data == old.encode("utf-8")
    if not is_same or not notebook_file.replace(str(path), seen, text.encode("utf-8")):
        raise RefusedError("it has just changed")


def write_or_take_away(path: Path, old: str, text: str) -> bool:
    """Put `text`, which has nothing of ours, in the place of `old`, or take the file away where all
    that it had is what we write into a new one; whether it is gone. Its folder goes with it where
    that is the agent's own, and empty.

    Raises what `write` raises.
    """
    if not _is_all_ours(path, old, text) or path.is_symlink():
        write(path, old, text)
        return False
    if regular_file.read(str(path)) != old.encode("utf-8"):
        raise RefusedError("it has just changed")
    path.unlink()
    if path.parent.name in _FOLDERS and not path.parent.is_symlink():
        with contextlib.suppress(OSError):
            path.parent.rmdir()
    return True


def _is_all_ours(path: Path, old: str, text: str) -> bool:
    if path.suffix == ".toml":
        return not text
    left, form = from_json(text), to_json(from_json(old), None)
    nothing = _CURSORS if path.match(".cursor/hooks.json") else {}
    return left in ({}, nothing) and old == form


def _make(path: Path, text: str) -> None:
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    # What somebody else has made meanwhile is not written over.
    notebook_file.make(str(target), text.encode("utf-8"))


def _each_key_once(pairs: list[tuple[str, object]]) -> Json:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise RefusedError("a key stands there twice")
    return value
