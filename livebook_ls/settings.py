"""What a user can set: one immutable value, read from an editor or the command line.

A value that makes no sense keeps its default and is told once, by name.
"""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeGuard

_ABSOLUTE = re.compile(r"[/~]|\\\\|[A-Za-z]:")


class OpenOnDidOpen(Enum):
    """Whether opening a notebook in the editor opens its session: safe means where harmless."""

    SAFE = "safe"
    ALWAYS = "always"
    NEVER = "never"


class Guard(Enum):
    """Which losses hold a save back until the user has agreed."""

    STRICT = "strict"
    BALANCED = "balanced"
    CRASH_ONLY = "crash-only"


class CanonicalOnSave(Enum):
    """Which notebooks are brought into Livebook's form while they are saved."""

    SESSION = "session"
    ALWAYS = "always"
    NEVER = "never"


class TwoStepSync(Enum):
    """Whether a sync that needs two steps to arrive whole is made without asking."""

    ASK = "ask"
    AUTO = "auto"


class MergeMode(Enum):
    """Whether a save is merged with what people edited in the browser meanwhile."""

    AUTO = "auto"
    ASK = "ask"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class PathMapping:
    """A folder as the editor knows it, and the same folder as Livebook does."""

    editor: str
    livebook: str


class Command(tuple[str, ...]):
    """A program with its arguments."""

    __slots__ = ()


_LIVEBOOK_SERVER = Command(("livebook", "server"))


class Trace(Enum):
    """How much of the traffic with the editor is logged, in LSP's own words."""

    OFF = "off"
    MESSAGES = "messages"
    VERBOSE = "verbose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a user can set; the editor's names are the same in camelCase."""

    url: str = ""
    token: str = dataclasses.field(default="", repr=False)
    password: str = dataclasses.field(default="", repr=False)
    ca_file: str = ""
    path_mappings: tuple[PathMapping, ...] = ()
    open_on_did_open: OpenOnDidOpen = OpenOnDidOpen.SAFE
    guard: Guard = Guard.BALANCED
    canonical_on_save: CanonicalOnSave = CanonicalOnSave.SESSION
    keep_file: bool = True
    two_step_sync: TwoStepSync = TwoStepSync.ASK
    merge: MergeMode = MergeMode.AUTO
    sync_on_external_change: bool = True
    code_lens: bool = True
    run_cells: bool = True
    join_on_open: bool = True
    trace: Trace = Trace.OFF
    start_command: Command = _LIVEBOOK_SERVER
    language_help: bool = True
    elixir_path: str = ""
    format_cells_on_save: bool = False
    notebook_template: str = ""
    check_links: bool = True


@dataclass(frozen=True, slots=True)
class BadSetting:
    """A value that was not taken: the setting's name as the user wrote it, and what it may be."""

    name: str
    expected: str

    @property
    def sentence(self) -> str:
        """What the user is told."""
        return f"livebook.{self.name} must be {self.expected}; its default is used instead."


def read_settings(
    values: Mapping[str, Any], defaults: Settings
) -> tuple[Settings, tuple[BadSetting, ...]]:
    """Settings from an editor's `values` (camelCase) over `defaults`, with what was not taken.

    Names that are no settings of ours are ignored: clients send their own along.
    """
    taken: dict[str, Any] = {}
    bad: list[BadSetting] = []
    for field in dataclasses.fields(Settings):
        name = _camel_case(field.name)
        current = getattr(defaults, field.name)
        if values.get(name) is None or (isinstance(current, Command) and not values[name]):
            continue
        try:
            taken[field.name] = _convert(values[name], type(current))
        except ValueError as error:
            bad.append(BadSetting(name, str(error)))
    return dataclasses.replace(defaults, **taken), tuple(bad)


def path_mappings(value: object) -> tuple[PathMapping, ...]:
    """Mappings from the editor's folders to Livebook's; the ValueError says what is right."""
    pairs = value.items() if isinstance(value, Mapping) else [(None, None)]
    mappings = []
    for editor, livebook in pairs:
        if not (_is_absolute(editor) and _is_absolute(livebook)):
            raise ValueError('an object of absolute paths, like {"/home/me/notebooks": "/data"}')
        mappings.append(PathMapping(editor, livebook))
    return tuple(mappings)


def _is_absolute(path: object) -> TypeGuard[str]:
    return isinstance(path, str) and _ABSOLUTE.match(path) is not None


def _convert(value: object, kind: type[object]) -> object:
    """`value` as a setting of `kind`; the ValueError says what would have been right."""
    if kind is tuple:
        return path_mappings(value)
    if issubclass(kind, Enum):
        try:
            return kind(value)
        except ValueError:
            choices = ", ".join(f'"{choice.value}"' for choice in kind)
            raise ValueError(f"one of {choices}") from None
    if kind is Command:
        return _to_command(value)
    if not isinstance(value, kind):
        raise ValueError("true or false" if kind is bool else "a text")
    return value


def _to_command(value: object) -> Command:
    """A program with its arguments, of a list or of a text as one types it."""
    try:
        parts = shlex.split(value, posix=os.name != "nt") if isinstance(value, str) else value
    except ValueError:
        parts = None
    if not isinstance(parts, list) or not parts or not all(isinstance(it, str) for it in parts):
        raise ValueError("a command, as a text or as a list of texts")
    return Command(parts)


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
