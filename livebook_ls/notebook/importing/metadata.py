"""What Livebook takes from the JSON of its comments, and what it can't bear there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.elixir.json_decoding import InvalidJson, decode_base64_json
from livebook_ls.notebook.elixir.quoting import inspect_string
from livebook_ls.notebook.markdown.characters import LATIN_WORD, to_byte_view
from livebook_ls.notebook.model import Failure, ImportWarning

if TYPE_CHECKING:
    from collections.abc import Mapping

    from livebook_ls.notebook.model import JsonValue, Metadata

NOTEBOOK_DEFAULTS: Mapping[str, JsonValue] = {
    "persist_outputs": False,
    "autosave_interval_s": 5,
    "default_language": "elixir",
    "hub_id": "personal-hub",
    "deployment_group_id": None,
}
APP_DEFAULTS: Mapping[str, JsonValue] = {
    "slug": None,
    "multi_session": False,
    "zero_downtime": False,
    "show_existing_sessions": False,
    "auto_shutdown_ms": None,
    "access_type": "protected",
    "show_source": False,
    "output_type": "all",
    "app_folder_id": None,
}
CELL_DEFAULTS: Mapping[str, JsonValue] = {
    "reevaluate_automatically": False,
    "continue_on_error": False,
    "output_size": None,
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "default_language": ("elixir", "erlang"),
    "access_type": ("public", "protected"),
    "output_type": ("all", "rich"),
    "output_size": ("full", "wide"),
}
_FILE_SYSTEMS = frozenset(("local", "s3", "git"))
_FILE_NAME = re.compile(rf"[{LATIN_WORD}.]+\Z")
_FILE_EXTENSION = re.compile(rf"\.(?!-)[{LATIN_WORD.removeprefix(chr(92) + '-')}]+\Z")
# Erlang's timers take at most 32 bits of milliseconds.
_LONGEST_INTERVAL_S = 0xFFFFFFFF // 1000

# These are imported, but no session can be started with them.
OPENING_FAILURES = frozenset(("bad-autosave-interval", "no-hub"))


class NotebookAttributes(NamedTuple):
    """The notebook's own attributes, and what is wrong with them."""

    values: dict[str, JsonValue]
    warnings: list[ImportWarning]
    failures: list[Failure]


class SmartCell(NamedTuple):
    """What makes a smart cell."""

    kind: JsonValue
    attrs: JsonValue
    chunks: JsonValue
    failures: list[Failure]


def is_enumerable(value: JsonValue) -> bool:
    """Whether Livebook can go through the value: objects and, without effect, lists."""
    return isinstance(value, dict | list)


def notebook_attributes(metadata: Metadata | None) -> NotebookAttributes:
    """What the comment in front of the title says."""
    found = NotebookAttributes({}, [], [])
    if metadata is None:
        return found
    if not is_enumerable(metadata.value):
        _fail(found.failures, metadata, "no-object", "the comment must hold a JSON object")
    if not isinstance(metadata.value, dict):
        return found
    given = metadata.value
    found.values.update(_chosen(given, NOTEBOOK_DEFAULTS))
    if "app_settings" in given:
        _take_app_settings(found, metadata, given["app_settings"])
    entries = given.get("file_entries")
    if isinstance(entries, list):
        _take_file_entries(found, metadata, entries)
    _check_session(found, metadata)
    return found


def cell_attributes(value: JsonValue) -> dict[str, JsonValue]:
    """The attributes of a code cell that differ from their defaults."""
    return _chosen(value, CELL_DEFAULTS) if isinstance(value, dict) else {}


def smart_attributes(value: JsonValue) -> dict[str, JsonValue]:
    """The attributes of a smart cell that differ from their defaults."""
    return _chosen(value, {"output_size": None}) if isinstance(value, dict) else {}


def smart_cell(metadata: Metadata) -> SmartCell:
    """The kind, attributes and chunks in a smart cell's comment."""
    given = metadata.value if isinstance(metadata.value, dict) else {}
    failures: list[Failure] = []
    for key in ("kind", "attrs"):
        if key not in given:
            _fail(failures, metadata, "smart-cell-part", f'the smart cell has no "{key}"')
    attrs = given.get("attrs")
    if isinstance(attrs, str):
        try:
            attrs = decode_base64_json(attrs)
        except InvalidJson:
            _fail(failures, metadata, "smart-cell-attrs", "the attributes can't be decoded")
    elif "attrs" in given and not isinstance(attrs, dict):
        _fail(failures, metadata, "smart-cell-attrs", "the attributes must be an object or Base64")
    chunks = given.get("chunks")
    if not _are_chunks(chunks):
        _fail(failures, metadata, "smart-cell-chunks", "the chunks must be a list of lists")
    return SmartCell(given.get("kind"), attrs, chunks or None, failures)


def _are_chunks(chunks: JsonValue) -> bool:
    if chunks is None or chunks is False or chunks == {}:
        return True
    return isinstance(chunks, list) and all(isinstance(chunk, list) for chunk in chunks)


def _chosen(
    given: Mapping[str, JsonValue], defaults: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """The known keys with allowed values that are not the default, in the order of the defaults."""
    if not given.keys() & defaults.keys():
        return {}
    return {
        key: given[key]
        for key, default in defaults.items()
        if key in given and _is_allowed(key, given[key]) and not _equal(given[key], default)
    }


def _is_allowed(key: str, value: JsonValue) -> bool:
    choices = CHOICES.get(key)
    return choices is None or (isinstance(value, str) and value in choices)


def _equal(value: JsonValue, default: JsonValue) -> bool:
    # To Python 0 equals False, to Elixir it does not.
    return value == default and isinstance(value, bool) == isinstance(default, bool)


def _fail(failures: list[Failure], metadata: Metadata, code: str, message: str) -> None:
    failures.append(Failure(code, message, metadata.json_span))


def _take_app_settings(found: NotebookAttributes, metadata: Metadata, settings: JsonValue) -> None:
    if not is_enumerable(settings):
        _fail(found.failures, metadata, "no-object", '"app_settings" must be an object')
    elif isinstance(settings, dict):
        chosen = _chosen(settings, APP_DEFAULTS)
        if chosen:
            found.values["app_settings"] = chosen


def _take_file_entries(
    found: NotebookAttributes, metadata: Metadata, entries: list[JsonValue]
) -> None:
    kept: list[JsonValue] = []
    complaints: list[str] = []
    for entry in entries:
        complaint = _entry_complaint(entry)
        if complaint is not None:
            complaints.append(complaint)
            continue
        kept.append(entry)
        if not _has_file_system(entry):
            _fail(found.failures, metadata, "unknown-file-system", "unknown file system type")
    if kept:
        found.values["file_entries"] = kept[::-1]
    for complaint in reversed(complaints):
        found.warnings.append(ImportWarning(complaint, metadata.json_span))


def _entry_complaint(entry: JsonValue) -> str | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        return "discarding file entry in invalid format"
    kind, file = entry.get("type"), entry.get("file")
    if kind == "file":
        keys = ("file_system_id", "file_system_type", "path")
        is_known = isinstance(file, dict) and all(isinstance(file.get(key), str) for key in keys)
    else:
        is_known = kind == "attachment" or (kind == "url" and isinstance(entry.get("url"), str))
    if not is_known:
        return "discarding file entry in invalid format"
    name = str(entry["name"])
    view = to_byte_view(name)
    if _FILE_NAME.match(view) and _FILE_EXTENSION.search(view):
        return None
    return f"discarding file entry with invalid name: {inspect_string(name)}"


def _has_file_system(entry: JsonValue) -> bool:
    if not isinstance(entry, dict) or entry.get("type") != "file":
        return True
    file = entry.get("file")
    return isinstance(file, dict) and file.get("file_system_type") in _FILE_SYSTEMS


def _check_session(found: NotebookAttributes, metadata: Metadata) -> None:
    """A session can't be started with just any autosave interval, nor without a hub."""
    if not _is_interval(found.values.get("autosave_interval_s")):
        message = '"autosave_interval_s" must be a whole number of seconds'
        _fail(found.failures, metadata, "bad-autosave-interval", message)
    if found.values.get("hub_id", "") is None:
        _fail(found.failures, metadata, "no-hub", '"hub_id" must not be null')


def _is_interval(value: JsonValue) -> bool:
    if value is None or value is False:
        return True
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return 0 <= value <= _LONGEST_INTERVAL_S
