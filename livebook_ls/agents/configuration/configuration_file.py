"""An agent's configuration file: read strictly, written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import stat
import tempfile
from pathlib import Path

from livebook_ls.agents.configuration.entries import Json
from livebook_ls.agents.configuration.entry_merging import RefusedError
from livebook_ls.sync.disk import regular_file

_BOM = "\ufeff"
_INDENT = re.compile(r'^[\[{]\r?\n([ \t]+)"')


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
        value = json.loads(text.removeprefix(_BOM), object_pairs_hook=_each_key_once)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"it is no plain JSON, perhaps for its comments: {error}") from None
    if not isinstance(value, dict):
        raise RefusedError("it is no JSON object")
    return value


def to_json(configuration: Json, like: str | None) -> str:
    """The configuration as text, indented and ended as the text it replaces was."""
    like = like or "{\n}\n"
    bom = _BOM if like.startswith(_BOM) else ""
    found = _INDENT.match(like.removeprefix(_BOM))
    text = json.dumps(configuration, indent=found[1] if found else 2, ensure_ascii=False)
    if any("\ud800" <= it <= "\udfff" for it in text):
        text = json.dumps(configuration, indent=found[1] if found else 2)
    text += "\n" if like.endswith("\n") else ""
    return bom + (text.replace("\n", "\r\n") if "\r\n" in like else text)


def write(path: Path, text: str) -> None:
    """Put `text` in the file's place at once. A link stays one, and the file keeps its mode."""
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o644
    descriptor, new = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        Path(new).chmod(mode)
        Path(new).replace(target)
    finally:
        Path(new).unlink(missing_ok=True)


def _each_key_once(pairs: list[tuple[str, object]]) -> Json:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise RefusedError("a key stands there twice")
    return value
