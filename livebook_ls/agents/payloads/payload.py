"""An agent's payload: which agent it is, what it did or will do, and to which notebooks.

Claude Code, Codex, Gemini CLI and Cursor are told apart by what their documentation says of the
fields. Everything may be missing or of another type: then the payload says nothing to us.
"""

from __future__ import annotations

import os
from enum import Enum

from livebook_ls import bounded_json
from livebook_ls.agents.changed_notebooks import project
from livebook_ls.agents.payloads import patch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Json = dict[str, object]


class Agent(Enum):
    """Whose payload it is."""

    CLAUDE = "claude"
    CODEX = "codex"
    CURSOR = "cursor"
    GEMINI = "gemini"


class Moment(Enum):
    """When the agent asks."""

    BEFORE = "before a tool"
    AFTER = "after a tool"
    END = "at the end of a turn"


_MOMENTS = {
    "PreToolUse": Moment.BEFORE,
    "BeforeTool": Moment.BEFORE,
    "preToolUse": Moment.BEFORE,
    "PostToolUse": Moment.AFTER,
    "AfterTool": Moment.AFTER,
    "postToolUse": Moment.AFTER,
    "afterFileEdit": Moment.AFTER,
    "afterShellExecution": Moment.AFTER,
    "Stop": Moment.END,
    "SubagentStop": Moment.END,
    "AfterAgent": Moment.END,
    "stop": Moment.END,
}
_GEMINI_EVENTS = frozenset({"BeforeTool", "AfterTool", "AfterAgent"})
_SHELLS = frozenset(
    {
        "bash",
        "exec_command",
        "local_shell",
        "powershell",
        "run_shell_command",
        "shell",
        "shell_command",
    }
)
# Parts of the names of tools that write: Edit, MultiEdit, Write, StrReplace, write_file, …
_WRITERS = ("edit", "write", "replace", "patch", "create", "insert")
_PATH_KEYS = ("file_path", "path", "filePath", "target_file")
_PATCH_KEYS = ("command", "input", "patch")


class Call:
    """What an agent says of one tool call, or of its turn's end.

    `edits` has, for each notebook's absolute path, the text before and after of each place that
    is told. No dataclass: that module takes as long to load as all that a glance needs.
    """

    __slots__ = (
        *("agent", "content", "edits", "event", "folder", "is_repeat", "is_shell", "moment"),
        "original",
    )

    def __init__(self, agent: Agent, event: str, moment: Moment, folder: str) -> None:
        self.agent = agent
        self.event = event
        self.moment = moment
        self.folder = folder
        self.is_shell = False
        # The agent goes on only because a hook told it to: once is enough.
        self.is_repeat = False
        self.edits: dict[str, list[patch.Edit]] = {}
        # The one edited file as it was before, where the agent says it.
        self.original: str | None = None
        # The same, as it was written whole.
        self.content: str | None = None


def read_call(data: bytes, environ: Mapping[str, str]) -> Call | None:
    """What the payload says; None for one that isn't any agent's."""
    try:
        payload = bounded_json.decoded(data)
    except ValueError:
        return None
    if not isinstance(payload, dict):
        return None
    event = payload.get("hook_event_name")
    moment = _MOMENTS.get(event) if isinstance(event, str) else None
    if not isinstance(event, str) or moment is None:
        return None
    call = Call(_agent(payload, event), event, moment, _folder(payload, environ))
    call.is_repeat = payload.get("stop_hook_active") is True or bool(payload.get("loop_count"))
    if moment is not Moment.END:
        _read_tool(call, payload)
    return call


def _agent(payload: Json, event: str) -> Agent:
    # Cursor runs hooks that were installed for Claude Code too, with payloads of its own form.
    if "cursor_version" in payload or "workspace_roots" in payload or event[0].islower():
        return Agent.CURSOR
    if event in _GEMINI_EVENTS:
        return Agent.GEMINI
    return Agent.CODEX if "turn_id" in payload else Agent.CLAUDE


def _folder(payload: Json, environ: Mapping[str, str]) -> str:
    roots = payload.get("workspace_roots")
    first = roots[0] if isinstance(roots, list) and roots else None
    named = next((it for it in (payload.get("cwd"), first) if isinstance(it, str) and it), "")
    return project(named, environ)


def _read_tool(call: Call, payload: Json) -> None:
    name = payload.get("tool_name")
    tool = name.lower() if isinstance(name, str) else ""
    call.is_shell = tool in _SHELLS or call.event == "afterShellExecution"
    if call.is_shell or (tool and not any(it in tool for it in _WRITERS)):
        return
    given = payload.get("tool_input", payload)
    if isinstance(given, str):
        given = _from_text(given)
    if not isinstance(given, dict):
        return
    for path, edits in _edited(given):
        if path.lower().endswith(".livemd") and "\0" not in path:
            absolute = os.path.abspath(os.path.join(call.folder, os.path.expanduser(path)))
            call.edits[absolute] = edits
    response = payload.get("tool_response")
    original = response.get("originalFile") if isinstance(response, dict) else None
    if len(call.edits) == 1 and isinstance(original, str):
        call.original = original
    content = given.get("content")
    if len(call.edits) == 1 and isinstance(content, str):
        call.content = content


def _from_text(given: str) -> object:
    """A tool's input that comes as text: a patch, or JSON."""
    if patch.BEGIN in given:
        return {"patch": given}
    try:
        return bounded_json.decoded(given)
    except ValueError:
        return None


def _edited(given: Json) -> Iterator[tuple[str, list[patch.Edit]]]:
    for key in _PATCH_KEYS:
        value = given.get(key)
        if isinstance(value, list):
            value = "\n".join(it for it in value if isinstance(it, str))
        if isinstance(value, str) and patch.BEGIN in value:
            yield from patch.edits_by_file(value).items()
            return
    path = next((it for key in _PATH_KEYS if isinstance(it := given.get(key), str)), None)
    if path is not None:
        several = given.get("edits")
        places = several if isinstance(several, list) else [given]
        yield path, [edit for place in places if (edit := _edit(place))]


def _edit(place: object) -> patch.Edit | None:
    if not isinstance(place, dict):
        return None
    old, new = place.get("old_string"), place.get("new_string")
    return (old, new) if isinstance(old, str) and isinstance(new, str) else None
