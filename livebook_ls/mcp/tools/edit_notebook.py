"""`edit_notebook`: exact operations as one edit, one sync; or a notebook that is new."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from livebook_ls.mcp import telling
from livebook_ls.mcp.asking import approval
from livebook_ls.mcp.desk import Desk, OpenNotebook
from livebook_ls.mcp.edited_parts import not_read, replaced
from livebook_ls.mcp.known_texts import version_of
from livebook_ls.mcp.operation_arguments import OperationArgument
from livebook_ls.mcp.telling import Room
from livebook_ls.mcp.tool_refusal import ToolRefusal, not_written
from livebook_ls.mcp.tools.read_notebook import USUAL_CHARS, head
from livebook_ls.mcp.tools.tool import Answer, Caller, Tool, ToolArguments
from livebook_ls.notebook.exact_edits import operations
from livebook_ls.notebook.exact_edits.edit import ExactEdit, edited
from livebook_ls.notebook.exact_edits.handles import HandledText, handled
from livebook_ls.notebook.exact_edits.operations import EditOperation
from livebook_ls.notebook.exact_edits.refusal import EditRefusal
from livebook_ls.notebook.model import JsonValue
from livebook_ls.notebook.pieces.cutting import PieceKind
from livebook_ls.sync.disk import notebook_file

_META = (
    "A running session keeps its own notebook attributes, whatever the file says, so that nothing "
    "was changed. Change them in Livebook (the notebook's settings there), or close the session in "
    "Livebook and do this edit again."
)
_NO_VERSION = (
    "An edit needs the version of the notebook that it was made for. Read the notebook first, and "
    "give the version that read_notebook answers."
)
_NOT_WRITTEN = (
    "The notebook can't be read, or has just changed, so that nothing was done. Read it again; if "
    "that does not help, look at the file's permissions."
)
_CHANGED = (
    "Meanwhile somebody else has changed {parts}, so that nothing was done. `present` has what "
    "stands there now: make the edit again from that, with this version."
)
_RUNS = (
    "Meanwhile Livebook would run more because of this edit than a person has agreed to, so that "
    "nothing was done. Wait until what runs is over (get_run), and call edit_notebook again."
)


class EditArguments(ToolArguments):
    """Which notebook, in which version, and what to do to it."""

    notebook: Annotated[str, Field(description="Its path from the working folder.")]
    version: Annotated[
        str | None, Field(description="The version that was read; not for a new notebook.")
    ] = None
    create_with_title: Annotated[
        str | None, Field(description="Make a new notebook with this title.", max_length=1000)
    ] = None
    operations: Annotated[
        list[OperationArgument],
        Field(
            description="Done in this order, all or none. Handles are those of the version.",
            max_length=200,
        ),
    ]


async def _edit(desk: Desk, arguments: EditArguments, caller: Caller) -> Answer:
    wanted = [it.meant() for it in arguments.operations]
    # Whoever gives up waiting must not leave an edit halfway.
    if arguments.create_with_title is not None:
        return await asyncio.shield(_create(desk, arguments, wanted))
    if arguments.version is None:
        raise ToolRefusal("no-version", _NO_VERSION)
    opened = await desk.opened(arguments.notebook)
    agreed = await _agreed(desk, opened, arguments.version, wanted, caller)
    return await asyncio.shield(_change(desk, opened, arguments.version, wanted, agreed))


async def _create(desk: Desk, arguments: EditArguments, wanted: list[EditOperation]) -> Answer:
    path = desk.folder.new(arguments.notebook)
    title = operations.SetTitle(arguments.create_with_title or "")
    done = _made(handled(""), [title, *wanted], path)
    await asyncio.to_thread(_write_new, path, done.after.text, arguments.notebook)
    desk.texts.keep(path, done.after)
    opened = await desk.opened(arguments.notebook)
    return _answer(opened, done, None)


async def _agreed(
    desk: Desk,
    opened: OpenNotebook,
    version: str,
    wanted: list[EditOperation],
    caller: Caller,
) -> frozenset[str]:
    """The texts that a person agrees to have run by this edit; raises ToolRefusal."""
    opened, unseen = await desk.met(opened)
    if any(isinstance(it, operations.SetNotebook) for it in wanted) and opened.link.has_session:
        raise ToolRefusal("session-keeps-attributes", _META)
    if desk.may_run or not opened.link.has_session:
        return frozenset()
    before = opened.text
    _require_unchanged(desk, opened.path, version, before, wanted)
    after = _made(before, wanted, opened.path).after
    runs = {it.span.start: it for it in desk.unagreed_runs(opened.path, before, after)}
    if runs:
        parts = [it for it in after.parts() if it.cell and it.cell.span.start in runs]
        await caller.approve(approval.of_edit(opened.shown, parts, unseen))
    return frozenset(it.source for it in runs.values())


async def _change(
    desk: Desk,
    opened: OpenNotebook,
    version: str,
    wanted: list[EditOperation],
    agreed: frozenset[str],
) -> Answer:
    edits: list[ExactEdit] = []

    def change(text: str) -> str:
        before = desk.texts.see(opened.path, text)
        _require_unchanged(desk, opened.path, version, before, wanted)
        done = _made(before, wanted, opened.path)
        runs = desk.unagreed_runs(opened.path, before, done.after)
        if any(it.source not in agreed for it in runs):
            raise ToolRefusal("runs-meanwhile", _RUNS)
        edits.append(done)
        return done.after.text

    is_written = await desk.write(opened, change)
    if not is_written or not edits:
        raise ToolRefusal("not-written", _NOT_WRITTEN, session=telling.session(opened.link))
    written = desk.texts.keep(opened.path, edits[-1].after)
    now = OpenNotebook(opened.shown, opened.path, opened.link, desk.read(opened.path))
    return _answer(now, edits[-1], written)


def _made(before: HandledText, wanted: Sequence[EditOperation], path: str) -> ExactEdit:
    try:
        return edited(before, wanted)
    except EditRefusal as refusal:
        raise _refused(before, refusal, Path(path).name) from None


def _refused(before: HandledText, refusal: EditRefusal, name: str) -> ToolRefusal:
    """The refusal with the present text of the cell that it is about."""
    present = _present(before, {refusal.handle})
    more: dict[str, JsonValue] = {"present": present} if present else {}
    version = version_of(before.text)
    return ToolRefusal(
        refusal.reason.value, f"{name} is as it was. {refusal.sentence}", version=version, **more
    )


def _present(text: HandledText, handles: set[str]) -> Answer:
    room = Room(USUAL_CHARS)
    return {
        it.handle: room.take_whole(it.says.text)[0] for it in text.parts() if it.handle in handles
    }


def _require_unchanged(
    desk: Desk, path: str, version: str, before: HandledText, wanted: Sequence[EditOperation]
) -> None:
    """Require that what an operation replaces or deletes is what was read; raises ToolRefusal."""
    changed = desk.texts.changed_since(path, version)
    then, now = desk.texts.sections(path, version), before.sections()
    touched = {handle for it in wanted for handle in replaced(it, now)} & changed
    touched |= {handle for it in wanted for handle in not_read(it, then, now)}
    if touched:
        raise ToolRefusal(
            "changed-meanwhile",
            _CHANGED.format(parts=", ".join(sorted(touched))),
            version=version_of(before.text),
            present=_present(before, touched),
        )


def _write_new(path: str, text: str, named: str) -> None:
    try:
        notebook_file.make(path, text.encode("utf-8"))
    except FileExistsError:
        raise ToolRefusal("exists", f"There is a file {named} already. Read it first.") from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise not_written(named, reason) from None


def _answer(now: OpenNotebook, done: ExactEdit, written: HandledText | None) -> Answer:
    answer = head(now)
    source = now.text.pieces.draft.source
    parts = {it.handle: it for it in now.text.parts()}
    touched: list[JsonValue] = []
    for handle in done.touched:
        part = parts.get(handle)
        if part is not None and part.cell is not None:
            touched.append(telling.cell_line(part, source))
        elif part is not None and part.piece.kind is PieceKind.SECTION:
            touched.append({"section": handle, "name": part.says.text})
    answer["touched"] = touched
    findings: list[JsonValue] = [telling.finding(it, now.link.source) for it in now.link.findings]
    if findings:
        answer["findings"] = findings
    if written is not None and now.text.text != written.text:
        old, new = written.digests(), now.text.digests()
        changed: list[JsonValue] = [
            *sorted(it for it in {*old, *new} if old.get(it) != new.get(it))
        ]
        # Livebook's own form, mostly; whoever wrote, this is what the file says now.
        answer["written_anew_meanwhile"] = changed
    return answer


EDIT_NOTEBOOK = Tool(
    name="edit_notebook",
    title="Edit a notebook",
    description=(
        "Exact operations on a notebook as one edit, made whole or not at all, and synced to its "
        "session in Livebook; nothing is run by it without a person's word. Also makes new "
        "notebooks (create_with_title, then insert_section with cells). Needs the version that "
        "read_notebook answered: what somebody else has changed since is not overwritten, but "
        "answered as it is now. Prefer "
        "replace_text for small changes. Sources are given without fences; code blocks inside of "
        "Markdown cells, fences and comments in code need no escaping. In Markdown cells headings "
        "begin at ###; sections are operations of their own. The answer says what the session "
        "holds, has the new version, and names what Livebook's own form changed in the file."
    ),
    arguments=EditArguments,
    call=_edit,
    is_destructive=True,
)
